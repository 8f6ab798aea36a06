import type { Kysely } from 'kysely';

/** Customers' messages that are on disk and not in their conversations yet; empty unless more come than can be entered. */
export async function up(db: Kysely<never>): Promise<void> {
  await db.schema
    .createTable('arrivals')
    .addColumn('seq', 'integer', (c) => c.primaryKey().autoIncrement())
    .addColumn('account_id', 'text', (c) => c.notNull())
    .addColumn('arrival', 'text', (c) => c.notNull())
    .addColumn('problem', 'text')
    .execute();
}
