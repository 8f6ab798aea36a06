import { sql, type Kysely } from 'kysely';

/** Messages that wait because Twilio cannot be reached. */
export async function up(db: Kysely<never>): Promise<void> {
  const add = () => db.schema.alterTable('messages');
  await add().addColumn('postponed_at', 'bigint').execute();
  await add().addColumn('postponed_by', 'text').execute();
  await db.schema
    .createIndex('messages_postponed')
    .on('messages')
    .columns(['account_id', 'seq'])
    .where(sql<boolean>`status = 'pending' and postponed_at is not null`)
    .execute();
  // Reports about messages that never became ours are forgotten by their age.
  await db.schema.createIndex('early_statuses_age').on('early_statuses').columns(['at']).execute();
}
