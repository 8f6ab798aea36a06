import { sql, type Kysely } from 'kysely';

/** Opt-out of customers, held answers and messages that repeat others. */
export async function up(db: Kysely<never>): Promise<void> {
  const add = (table: string) => db.schema.alterTable(table);

  await add('customers').addColumn('opted_out_at', 'bigint').execute();
  /** "stop" or "blocked". */
  await add('customers').addColumn('opt_out_reason', 'text').execute();
  await add('customers').addColumn('opted_in_at', 'bigint').execute();

  await add('messages').addColumn('retry_of', 'text').execute();
  await db.schema
    .createIndex('messages_retry')
    .on('messages')
    .columns(['retry_of'])
    .where(sql.ref('retry_of'), 'is not', null)
    .execute();
  await db.schema
    .createIndex('messages_held')
    .on('messages')
    .columns(['conversation_id', 'seq'])
    .where(sql.ref('status'), '=', sql.lit('held'))
    .execute();
}
