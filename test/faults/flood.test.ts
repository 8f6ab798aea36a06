import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'chai';
import { newSid } from '../../lib/simulator/state.ts';
import { until } from '../../scripts/node-red-process.ts';
import { configNodes, node, recorder } from './support/flows.ts';
import { expectNoLeak } from './support/leaks.ts';
import { Load } from './support/load.ts';
import { Victim } from './support/victim.ts';
import { Webhooks } from './support/webhooks.ts';

const ATTACKERS = 48;
const CUSTOMERS = 8;
const SECONDS = 6;
const MOST_MS = 5000;
const MOST_GROWTH_MB = 100;

describe('a flood of forged webhooks (T3)', () => {
  let victim: Victim;
  let webhooks: Webhooks;

  before(async () => {
    victim = await Victim.start((publicUrl) => [
      ...configNodes({ publicUrl, apiBaseUrl: 'http://127.0.0.1:9' }),
      node('in', 'whatsapp-in', { account: 'account' }, 'end', []),
      recorder('end'),
    ]);
    webhooks = new Webhooks(victim.port);
  });

  after(async () => {
    webhooks.close();
    await victim.dispose();
  });

  /** What the process holds in memory; a system without /proc has `ps`. */
  function megabytes(): number {
    const status = `/proc/${victim.pid}/status`;
    const kilobytes = existsSync(status)
      ? /VmRSS:\s+(\d+)/.exec(readFileSync(status, 'utf8'))![1]
      : execFileSync('ps', ['-o', 'rss=', '-p', String(victim.pid)], { encoding: 'utf8' });
    return Number(kilobytes) / 1024;
  }

  it('is refused without touching the store, while customers are answered and memory stays flat', async () => {
    // Signed for another address: right in form, wrong in substance; every third one is also too large.
    const forger = new Webhooks(victim.port, 'https://somebody-else.example.com');
    const statuses = new Map<number | null, number>();
    let attacking = true;
    const attack = async (number: number): Promise<void> => {
      const fields: Record<string, string> = number % 3 === 0 ? { Body: 'x'.repeat(70_000) } : {};
      while (attacking) {
        const { status } = await forger.message(newSid('SM'), fields);
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
    };
    const load = new Load({ webhooks, senders: CUSTOMERS, pauseMs: 20 });
    load.start();
    const attackers = Array.from({ length: ATTACKERS }, (_, number) => attack(number));
    await until('the flood is there', () => (statuses.get(403) ?? 0) > 500);
    const before = megabytes();
    await pause(SECONDS * 1000);
    const growth = megabytes() - before;
    attacking = false;
    await Promise.all(attackers);
    await load.stop();
    forger.close();

    const refused = [...statuses.values()].reduce((sum, count) => sum + count, 0);
    const p99 = load.quantile(0.99);
    console.log(
      `      ${refused} forged, ${load.acked.size} genuine with p99 ${p99.toFixed(0)} ms, memory ${growth < 0 ? '' : '+'}${growth.toFixed(0)} MB`,
    );
    expect([...statuses.keys()]).to.have.members([403, 413]);
    expect(load.others).to.deep.equal([]);
    expect(p99).to.be.below(MOST_MS);
    expect(growth).to.be.below(MOST_GROWTH_MB);
    expect(victim.missing(load.acked)).to.deep.equal([]);
    expect(victim.rows('select 1 from messages')).to.have.length(load.acked.size);
  });

  it('leaves no text, name or secret in the log (I26)', () => expectNoLeak(victim));
});
