import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { openDatabase } from '../../../lib/store/sqlite/serve.ts';

describe('the files of a store', () => {
  it('are for the user alone who runs Node-RED', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'store-rights-'));
    try {
      const db = openDatabase(join(folder, 'center.sqlite'));
      db.exec('create table words (text)');
      for (const name of ['center.sqlite', 'center.sqlite-wal']) {
        const { mode } = await stat(join(folder, name));
        // Windows knows no such rights.
        if (process.platform !== 'win32') expect(mode & 0o777, name).to.equal(0o600);
      }
      db.close();
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
