import { expect } from 'chai';
import { Migrator, type Migration } from 'kysely/migration';
import { readdirSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { migrate } from '../../../lib/store/migrate.ts';
import { kyselyOver, Statements } from '../../../lib/store/sqlite/dialect.ts';

const folder = new URL('../../../lib/store/migrations/', import.meta.url);
const names = readdirSync(folder).map((file) => file.replace('.ts', ''));

describe('bringing a store to this release', () => {
  it('adds what is missing, also where something later is there already', async () => {
    const without = names.filter((name) => name !== '0007-returning');
    const there: Record<string, Migration> = {};
    for (const name of without) there[name] = (await import(new URL(`${name}.ts`, folder).href)) as Migration;
    const database = new DatabaseSync(':memory:');
    try {
      const db = kyselyOver(new Statements(database));
      const { error } = await new Migrator({ db, provider: { getMigrations: async () => there } }).migrateToLatest();
      expect(error).to.equal(undefined);
      await migrate(db);
      await migrate(db);
      const applied = database.prepare('select name from kysely_migration').all() as { name: string }[];
      expect(applied.map(({ name }) => name)).to.have.members(names);
    } finally {
      database.close();
    }
  });
});
