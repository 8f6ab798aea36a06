import { sql, type Kysely } from 'kysely';

/** Presence, capacity, routing, transfer and supervision. */
export async function up(db: Kysely<never>): Promise<void> {
  const add = (table: string) => db.schema.alterTable(table);

  await add('agents')
    .addColumn('capacity', 'integer', (c) => c.notNull().defaultTo(6))
    .execute();
  await add('agents')
    .addColumn('skills', 'text', (c) => c.notNull().defaultTo('[]'))
    .execute();
  await add('agents')
    .addColumn('presence', 'text', (c) => c.notNull().defaultTo('offline'))
    .execute();
  await add('agents').addColumn('presence_status', 'text').execute();
  await add('agents')
    .addColumn('presence_by', 'text', (c) => c.notNull().defaultTo('system'))
    .execute();
  await add('agents')
    .addColumn('presence_since', 'bigint', (c) => c.notNull().defaultTo(0))
    .execute();
  /** JSON of what comes back after a short disconnect. */
  await add('agents').addColumn('presence_before', 'text').execute();
  await add('agents').addColumn('lost_at', 'bigint').execute();
  /** JSON of the status at sign-in; null for what the workload says. */
  await add('agents').addColumn('usual', 'text').execute();
  await add('agents').addColumn('last_offered_at', 'bigint').execute();

  await add('queues')
    .addColumn('strategy', 'text', (c) => c.notNull().defaultTo('all'))
    .execute();
  await add('queues')
    .addColumn('keep_agent', 'integer', (c) => c.notNull().defaultTo(0))
    .execute();
  await add('queues')
    .addColumn('everyone', 'integer', (c) => c.notNull().defaultTo(1))
    .execute();
  await add('queues')
    .addColumn('units', 'integer', (c) => c.notNull().defaultTo(1))
    .execute();
  /** "block", "free", or seconds. */
  await add('queues')
    .addColumn('wrap_up', 'text', (c) => c.notNull().defaultTo('block'))
    .execute();
  await add('queues')
    .addColumn('waiting_close_hours', 'integer', (c) => c.notNull().defaultTo(72))
    .execute();
  await add('queues').addColumn('hours', 'text').execute();
  await add('queues')
    .addColumn('dispositions', 'text', (c) => c.notNull().defaultTo('[]'))
    .execute();
  await add('queues')
    .addColumn('disposition_mandatory', 'integer', (c) => c.notNull().defaultTo(0))
    .execute();
  await add('queues')
    .addColumn('timeouts', 'text', (c) => c.notNull().defaultTo('[]'))
    .execute();
  await add('queues')
    .addColumn('missed_makes_inactive', 'integer', (c) => c.notNull().defaultTo(0))
    .execute();
  await add('queues')
    .addColumn('reject_makes_busy', 'integer', (c) => c.notNull().defaultTo(0))
    .execute();

  /** Whether it was open when last looked at, so that opening is noticed. */
  await add('queues')
    .addColumn('was_open', 'integer', (c) => c.notNull().defaultTo(1))
    .execute();

  await db.schema
    .createTable('queue_members')
    .addColumn('queue_id', 'text', (c) => c.notNull())
    .addColumn('agent_id', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('queue_members_key', ['queue_id', 'agent_id'])
    .execute();

  await add('conversations')
    .addColumn('priority', 'integer', (c) => c.notNull().defaultTo(0))
    .execute();
  await add('conversations')
    .addColumn('skills', 'text', (c) => c.notNull().defaultTo('[]'))
    .execute();
  /** The agent a flow asked for, or who had it before. */
  await add('conversations').addColumn('preferred_agent', 'text').execute();
  await add('conversations')
    .addColumn('preferred_only', 'integer', (c) => c.notNull().defaultTo(0))
    .execute();
  await add('conversations').addColumn('last_agent', 'text').execute();
  /** 1 while an offer to take it is out: keeps the line of those that wait for one short. */
  await add('conversations')
    .addColumn('offered', 'integer', (c) => c.notNull().defaultTo(0))
    .execute();
  /** 1 once "unclaimed" was said, until it is offered again. */
  await add('conversations')
    .addColumn('unclaimed', 'integer', (c) => c.notNull().defaultTo(0))
    .execute();
  await add('conversations')
    .addColumn('dispositions', 'text', (c) => c.notNull().defaultTo('[]'))
    .execute();
  await add('conversations').addColumn('customer_wrote_at', 'bigint').execute();
  await add('conversations').addColumn('agent_wrote_at', 'bigint').execute();
  await add('conversations')
    .addColumn('timeouts_acted', 'text', (c) => c.notNull().defaultTo('[]'))
    .execute();
  await db.schema
    .createIndex('conversations_in_line')
    .on('conversations')
    .columns(['queue_id', 'offered', 'priority desc', 'queued_at'])
    .where(sql.ref('handled_by'), '=', sql.lit('queue'))
    .where(sql.ref('state'), '=', sql.lit('open'))
    .execute();

  /** Whether this window's "closing" and "closed" were said; a new message of the customer begins a new window. */
  await add('windows')
    .addColumn('closing_said', 'integer', (c) => c.notNull().defaultTo(0))
    .execute();
  await add('windows')
    .addColumn('closed_said', 'integer', (c) => c.notNull().defaultTo(0))
    .execute();
  await db.schema
    .createIndex('windows_to_say')
    .on('windows')
    .columns(['last_customer_at'])
    .where(sql.ref('closed_said'), '=', sql.lit(0))
    .execute();

  /** "incoming", "transfer" or "consult". */
  await add('offers')
    .addColumn('kind', 'text', (c) => c.notNull().defaultTo('incoming'))
    .execute();
  await add('offers').addColumn('from_agent', 'text').execute();
  await add('offers').addColumn('note', 'text').execute();

  await db.schema
    .createIndex('offer_agents_pending')
    .on('offer_agents')
    .columns(['agent_id'])
    .where(sql.ref('state'), '=', sql.lit('pending'))
    .execute();

  await db.schema
    .createTable('participants')
    .addColumn('conversation_id', 'text', (c) => c.notNull())
    .addColumn('agent_id', 'text', (c) => c.notNull())
    .addColumn('role', 'text', (c) => c.notNull())
    .addColumn('since', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('participants_key', ['conversation_id', 'agent_id'])
    .execute();
  await db.schema.createIndex('participants_by_agent').on('participants').columns(['agent_id']).execute();

  await db.schema
    .createTable('remarks')
    .addColumn('seq', 'integer', (c) => c.primaryKey().autoIncrement())
    .addColumn('id', 'text', (c) => c.notNull().unique())
    .addColumn('conversation_id', 'text', (c) => c.notNull())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('text', 'text', (c) => c.notNull())
    .addColumn('author_kind', 'text', (c) => c.notNull())
    .addColumn('author_id', 'text')
    .addColumn('author_name', 'text')
    .addColumn('at', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema.createIndex('remarks_by_conversation').on('remarks').columns(['conversation_id', 'seq']).execute();

  await db.schema
    .createTable('statuses')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('label', 'text', (c) => c.notNull())
    .addColumn('base', 'text', (c) => c.notNull())
    .execute();
}
