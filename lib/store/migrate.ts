import type { Kysely } from 'kysely';
import { Migrator } from 'kysely/migration';
import { CenterError } from '../domain/errors.ts';
import * as foundation from './migrations/0001-foundation.ts';
import * as engine from './migrations/0002-engine.ts';
import * as sending from './migrations/0003-sending.ts';
import * as media from './migrations/0004-media.ts';
import * as routing from './migrations/0005-routing.ts';
import * as waiting from './migrations/0006-waiting.ts';
import * as returning from './migrations/0007-returning.ts';
import * as quickerWebhooks from './migrations/0008-quicker-webhooks.ts';
import * as arrivals from './migrations/0009-arrivals.ts';
import * as mediaLength from './migrations/0010-media-length.ts';
import * as textsToIndex from './migrations/0011-texts-to-index.ts';
import type { Schema } from './schema.ts';

/** In order of their names; a released one is never changed. */
const MIGRATIONS = {
  '0001-foundation': foundation,
  '0002-engine': engine,
  '0003-sending': sending,
  '0004-media': media,
  '0005-routing': routing,
  '0006-waiting': waiting,
  '0007-returning': returning,
  '0008-quicker-webhooks': quickerWebhooks,
  '0009-arrivals': arrivals,
  '0010-media-length': mediaLength,
  '0011-texts-to-index': textsToIndex,
};

/**
 * Brings a database to this release. Each run is one transaction: a crash leaves the old schema.
 * @throws CenterError `STORE_UNAVAILABLE` when the database was written by a newer release
 */
export async function migrate(db: Kysely<Schema>): Promise<void> {
  // Unordered: one that comes from another line of work may have a lower number than one that is applied already.
  const migrator = new Migrator({ db, provider: { getMigrations: async () => MIGRATIONS }, allowUnorderedMigrations: true });
  const applied = (await migrator.getMigrations()).filter((migration) => migration.executedAt !== undefined).length;
  const { error } = await migrator.migrateToLatest();
  if (error === undefined) return;
  if (/missing/.test(String(error)) || applied > Object.keys(MIGRATIONS).length) {
    throw new CenterError(
      'STORE_UNAVAILABLE',
      'The store was written by a newer release of this package. Install that release again.',
      {
        cause: error,
      },
    );
  }
  throw error;
}
