import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { openCenter } from '../../../lib/center/open-center.ts';
import { codeOf } from '../../support/center.ts';

const OPENS = `
  const { openCenter } = await import(process.argv[1]);
  await openCenter({ file: process.argv[2] });
  console.log('open');
  setInterval(() => {}, 1000);
`;

describe('a store and a second one who wants it', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'whatsapp-lock-'));
    file = path.join(folder, 'center.sqlite');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is refused to another process while the first one lives, and free when that was killed', async () => {
    const module = new URL('../../../lib/center/open-center.ts', import.meta.url).href;
    const child = spawn(process.execPath, ['--input-type=module', '-e', OPENS, module, file], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(child, 'exit');
    try {
      await Promise.race([
        once(child.stdout, 'data'),
        ended.then(() => {
          throw new Error('It ended before it had the store open.');
        }),
      ]);
      expect(await codeOf(openCenter({ file }))).to.equal('FILE_TAKEN');
    } finally {
      child.kill('SIGKILL');
      await ended;
    }
    await (await openCenter({ file })).close();
  });

  it('is refused within a process, too, and free when it was closed', async () => {
    const first = await openCenter({ file });
    expect(await codeOf(openCenter({ file }))).to.equal('FILE_TAKEN');
    await first.run('serveQueue', { name: 'Support', nodeId: 'node', offerSeconds: 60 });
    expect(await codeOf(openCenter({ file })), 'a refusal takes nothing away').to.equal('FILE_TAKEN');
    await first.close();
    await (await openCenter({ file })).close();
  });
});
