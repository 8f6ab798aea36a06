import type { Kysely } from 'kysely';

/** How long a voice note plays, in milliseconds; what was kept before was never measured. */
export async function up(db: Kysely<never>): Promise<void> {
  await db.schema.alterTable('media').addColumn('duration_ms', 'integer').execute();
}
