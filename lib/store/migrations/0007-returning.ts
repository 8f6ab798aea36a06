import { sql, type Kysely } from 'kysely';

/** What a disconnected agent finds on return, drafts of internal messages, and the audit trail's filters. */
export async function up(db: Kysely<never>): Promise<void> {
  // What went back to its queue because its agent stayed away; kept until the agent has read of it.
  await db.schema
    .createTable('returned')
    .addColumn('agent_id', 'text', (c) => c.notNull())
    .addColumn('conversation_id', 'text', (c) => c.notNull())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('returned_key', ['agent_id', 'conversation_id'])
    .execute();
  await db.schema.createIndex('returned_by_conversation').on('returned').columns(['conversation_id']).execute();

  await db.schema
    .alterTable('drafts')
    .addColumn('internal', 'text', (c) => c.notNull().defaultTo(''))
    .execute();

  // Each filter of the audit trail reads its page from the end of an index, however long the log is.
  const index = (name: string) => db.schema.createIndex(name).on('events');
  // Customers' messages are most of the log: found without an index, and nothing to write for each of them.
  const notReceived = sql.lit('message.received');
  await index('events_by_type').columns(['type', 'seq']).where(sql.ref('type'), '<>', notReceived).execute();
  const byPeople = sql.ref('actor_kind');
  await index('events_by_people').columns(['seq']).where(byPeople, '=', sql.lit('agent')).execute();
  await index('events_by_people_and_type').columns(['type', 'seq']).where(byPeople, '=', sql.lit('agent')).execute();
  await index('events_by_actor_and_type').columns(['actor_id', 'type', 'seq']).where(byPeople, '=', sql.lit('agent')).execute();
}
