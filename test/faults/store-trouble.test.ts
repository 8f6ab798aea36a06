import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { newSid } from '../../lib/simulator/state.ts';
import { until } from '../../scripts/node-red-process.ts';
import { configNodes, node, recorder } from './support/flows.ts';
import { expectNoLeak } from './support/leaks.ts';
import { Load } from './support/load.ts';
import { Victim } from './support/victim.ts';
import { Webhooks } from './support/webhooks.ts';

const SENDERS = 16;
const PAUSE_MS = 10;
/** Webhooks before, in and after the trouble. */
const ENOUGH = 100;

describe('a store that cannot be written (I3)', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'whatsapp-trouble-'));
  const fullDisk = path.join(folder, 'full');
  let victim: Victim;
  let webhooks: Webhooks;

  before(async () => {
    const preload = new URL('./support/full-disk.mjs', import.meta.url).href;
    victim = await Victim.start(
      (publicUrl) => [
        ...configNodes({ publicUrl, apiBaseUrl: 'http://127.0.0.1:9' }),
        node('in', 'whatsapp-in', { account: 'account' }, 'end', []),
        recorder('end'),
      ],
      { env: { NODE_OPTIONS: `--import=${preload}`, FULL_DISK: fullDisk } },
    );
    webhooks = new Webhooks(victim.port);
  });

  after(async () => {
    webhooks.close();
    await victim.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Webhooks go on while something happens to the store; then everything must be as if it had not. */
  async function survives(trouble: { begin(): void | Promise<void>; end(): void | Promise<void> }): Promise<void> {
    const load = new Load({ webhooks, senders: SENDERS, pauseMs: PAUSE_MS });
    load.start();
    await until('all is well', () => load.acked.size >= ENOUGH);
    await trouble.begin();
    await until('webhooks are refused', () => load.others.length >= ENOUGH);
    await trouble.end();
    const acked = load.acked.size;
    await until('webhooks are taken again', () => load.acked.size >= acked + ENOUGH);
    await load.stop();
    expect(new Set(load.others.map(({ status }) => status)), 'what a refusal says').to.deep.equal(new Set([503]));
    expect(victim.alive, 'Node-RED runs').to.equal(true);
    expect(victim.missing(load.acked), 'lost').to.deep.equal([]);
    expect(victim.integrity()).to.equal('ok');
    const reached = (): Set<string | undefined> => new Set(victim.toldAt('end').map(({ id }) => id));
    await until('the flow has got everything', () => [...load.acked].every((sid) => reached().has(sid)));
  }

  it('answers 503 while the disk is full, and 200 as soon as there is room again', () =>
    survives({
      begin: () => writeFileSync(fullDisk, ''),
      end: () => rmSync(fullDisk),
    }));

  it('waits for a store that another process holds, answers 503 when that takes too long, and goes on after', async () => {
    const [kept, late, after] = [newSid('SM'), newSid('SM'), newSid('SM')];
    const db = victim.openStore();
    db.exec('begin immediate');
    expect((await webhooks.message(late)).status).to.equal(503);
    const waiting = webhooks.message(kept);
    db.exec('rollback');
    db.close();
    expect((await waiting).status).to.equal(200);
    expect((await webhooks.message(after)).status).to.equal(200);
    expect(victim.missing([kept, after])).to.deep.equal([]);
  });

  if (canTrace()) {
    it('answers 503 while writes fail with ENOSPC, and recovers', () => survives(failing('pwrite64', 'ENOSPC')));
    it('answers 503 while syncs fail with EIO, and recovers', () => survives(failing('fsync,fdatasync', 'EIO')));
  }

  it('leaves no text, name or secret in the log (I26)', () => expectNoLeak(victim));

  /** System calls of the running Node-RED fail for a while. */
  function failing(calls: string, error: string): { begin(): Promise<void>; end(): Promise<void> } {
    let strace: ReturnType<typeof spawn>;
    return {
      begin: async () => {
        const inject = ['-e', `trace=${calls}`, '-e', `inject=${calls}:error=${error}`];
        strace = spawn('strace', ['-f', '-p', String(victim.pid), '-o', '/dev/null', ...inject], { stdio: 'ignore' });
        await once(strace, 'spawn');
      },
      end: async () => {
        const ended = once(strace, 'exit');
        strace.kill('SIGINT');
        await ended;
      },
    };
  }
});

/** Whether strace is there and may look at a process that is not its child. */
function canTrace(): boolean {
  const scope = '/proc/sys/kernel/yama/ptrace_scope';
  const allowed = process.getuid?.() === 0 || !existsSync(scope) || readFileSync(scope, 'utf8').trim() === '0';
  return process.platform === 'linux' && allowed && spawnSync('strace', ['-V']).status === 0;
}
