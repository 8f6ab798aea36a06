import type { Kysely } from 'kysely';

/** Messages whose texts are kept and not in the full-text index yet; it is empty but for the last second's. */
export async function up(db: Kysely<never>): Promise<void> {
  await db.schema
    .createTable('texts_to_index')
    .addColumn('seq', 'integer', (c) => c.primaryKey())
    .execute();
}
