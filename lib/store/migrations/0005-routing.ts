import { sql, type Kysely } from 'kysely';

/** What routing, the sweep and the desk's lists look up, so that none of it grows with the line or with what is closed. */
export async function up(db: Kysely<never>): Promise<void> {
  const index = (name: string) => db.schema.createIndex(name).on('conversations');

  // Who waits for somebody by name; few, and looked at even while everybody else has enough to do.
  await index('conversations_preferring')
    .columns(['queue_id', 'offered', 'priority desc', 'queued_at'])
    .where(sql.ref('handled_by'), '=', sql.lit('queue'))
    .where(sql.ref('state'), '=', sql.lit('open'))
    .where(sql.ref('preferred_agent'), 'is not', sql.lit(null))
    .execute();
  await index('conversations_closed').columns(['closed_at']).where(sql.ref('closed_at'), 'is not', sql.lit(null)).execute();
  await index('conversations_of_agent')
    .columns(['last_agent', 'closed_at'])
    .where(sql.ref('last_agent'), 'is not', sql.lit(null))
    .execute();

  // Alerts to somebody alone, as opposed to those that go to everybody of a queue, are counted apart.
  await db.schema
    .alterTable('offer_agents')
    .addColumn('alone', 'integer', (c) => c.notNull().defaultTo(0))
    .execute();
  await db.schema.dropIndex('offer_agents_pending').execute();
  await db.schema
    .createIndex('offer_agents_pending')
    .on('offer_agents')
    .columns(['agent_id', 'alone'])
    .where(sql.ref('state'), '=', sql.lit('pending'))
    .execute();

  // Who did what; customers' messages are most of the log and nobody's doing.
  await db.schema
    .createIndex('events_by_actor')
    .on('events')
    .columns(['actor_id', 'seq'])
    .where(sql.ref('actor_kind'), '=', sql.lit('agent'))
    .execute();
}
