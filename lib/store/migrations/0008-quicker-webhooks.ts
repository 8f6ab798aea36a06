import { sql, type Kysely } from 'kysely';

/**
 * Fewer index pages for a customer's message: what is looked up by conversation is its story, which says nothing of the
 * messages that came in, and those are most of the log.
 */
export async function up(db: Kysely<never>): Promise<void> {
  await db.schema.dropIndex('events_by_conversation').execute();
  await db.schema
    .createIndex('events_by_conversation')
    .on('events')
    .columns(['conversation_id', 'seq'])
    .where(sql.ref('conversation_id'), 'is not', sql.lit(null))
    .where(sql.ref('type'), '<>', sql.lit('message.received'))
    .execute();
}
