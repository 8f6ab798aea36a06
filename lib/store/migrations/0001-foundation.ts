import { sql, type Kysely } from 'kysely';
import { createFullText } from '../full-text.ts';

/** Everything the first release keeps. Each table is described in `../schema.ts`. */
export async function up(db: Kysely<never>): Promise<void> {
  const table = (name: string) => db.schema.createTable(name);

  await table('settings')
    .addColumn('key', 'text', (c) => c.primaryKey())
    .addColumn('value', 'text', (c) => c.notNull())
    .execute();

  await table('customers')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('address', 'text', (c) => c.notNull().unique())
    .addColumn('name', 'text')
    .addColumn('profile_name', 'text')
    .addColumn('wa_id', 'text')
    .addColumn('external_user_id', 'text')
    .addColumn('username', 'text')
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .execute();

  await table('windows')
    .addColumn('customer_id', 'text', (c) => c.notNull())
    .addColumn('sender', 'text', (c) => c.notNull())
    .addColumn('last_customer_at', 'bigint')
    .addColumn('refused_at', 'bigint')
    .addPrimaryKeyConstraint('windows_key', ['customer_id', 'sender'])
    .execute();

  await table('conversations')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('customer_id', 'text', (c) => c.notNull())
    .addColumn('account_id', 'text', (c) => c.notNull())
    .addColumn('sender', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('handled_by', 'text', (c) => c.notNull())
    .addColumn('queue_id', 'text')
    .addColumn('agent_id', 'text')
    .addColumn('authenticated', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('identified_by', 'text')
    .addColumn('records', 'text', (c) => c.notNull().defaultTo('[]'))
    .addColumn('attributes', 'text', (c) => c.notNull().defaultTo('{}'))
    .addColumn('tags', 'text', (c) => c.notNull().defaultTo('[]'))
    .addColumn('language', 'text')
    .addColumn('sentiment', 'text')
    .addColumn('opened_at', 'bigint', (c) => c.notNull())
    .addColumn('queued_at', 'bigint')
    .addColumn('accepted_at', 'bigint')
    .addColumn('ended_at', 'bigint')
    .addColumn('closed_at', 'bigint')
    .addColumn('close_reason', 'text')
    .addColumn('last_message_at', 'bigint', (c) => c.notNull())
    .addColumn('last_seq', 'bigint')
    .addColumn('first_text', 'text')
    .addColumn('unread', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('content_released', 'integer', (c) => c.notNull().defaultTo(0))
    .execute();
  // One live conversation per customer and sender, decided by the database.
  await db.schema
    .createIndex('conversations_live')
    .on('conversations')
    .unique()
    .columns(['customer_id', 'sender'])
    .where(sql.ref('state'), '!=', sql.lit('closed'))
    .execute();
  await db.schema.createIndex('conversations_by_customer').on('conversations').columns(['customer_id', 'opened_at']).execute();
  await db.schema
    .createIndex('conversations_by_state')
    .on('conversations')
    .columns(['state', 'handled_by', 'last_message_at'])
    .where(sql.ref('state'), '!=', sql.lit('closed'))
    .execute();
  await db.schema
    .createIndex('conversations_by_agent')
    .on('conversations')
    .columns(['agent_id'])
    .where(sql.ref('state'), '!=', sql.lit('closed'))
    .execute();
  await db.schema
    .createIndex('conversations_to_release')
    .on('conversations')
    .columns(['closed_at'])
    .where(sql.ref('content_released'), '=', sql.lit(0))
    .execute();

  await table('messages')
    .addColumn('seq', 'integer', (c) => c.primaryKey().autoIncrement())
    .addColumn('id', 'text', (c) => c.notNull().unique())
    .addColumn('sid', 'text')
    .addColumn('conversation_id', 'text')
    .addColumn('customer_id', 'text')
    .addColumn('account_id', 'text', (c) => c.notNull())
    .addColumn('direction', 'text', (c) => c.notNull())
    .addColumn('type', 'text', (c) => c.notNull())
    .addColumn('text', 'text', (c) => c.notNull())
    .addColumn('content', 'text', (c) => c.notNull())
    .addColumn('author_kind', 'text', (c) => c.notNull())
    .addColumn('author_id', 'text')
    .addColumn('author_name', 'text')
    .addColumn('status', 'text', (c) => c.notNull())
    .addColumn('error_code', 'text')
    .addColumn('error_text', 'text')
    .addColumn('twilio_code', 'integer')
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('submitted_at', 'bigint')
    .addColumn('opens', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('feed', 'text')
    .addColumn('feed_state', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('handed_at', 'bigint')
    .addColumn('handed_by', 'text')
    .addColumn('handovers', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('answer_key', 'text')
    .addColumn('kept', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('kept_text', 'text')
    .execute();
  await db.schema
    .createIndex('messages_by_sid')
    .on('messages')
    .unique()
    .columns(['sid'])
    .where(sql.ref('direction'), '=', sql.lit('outbound'))
    .execute();
  await db.schema
    .createIndex('messages_by_answer')
    .on('messages')
    .unique()
    .columns(['answer_key'])
    .where(sql.ref('answer_key'), 'is not', sql.lit(null))
    .execute();
  await db.schema.createIndex('messages_by_conversation').on('messages').columns(['conversation_id', 'seq']).execute();
  // Holds only what is not taken up yet, so it stays small whatever the history.
  await db.schema
    .createIndex('messages_to_feed')
    .on('messages')
    .columns(['feed', 'feed_state', 'seq'])
    .where(sql.ref('feed_state'), '<', sql.lit(2))
    .execute();
  await db.schema
    .createIndex('messages_unresolved')
    .on('messages')
    .columns(['submitted_at'])
    .where(sql.ref('status'), 'in', [sql.lit('submitting'), sql.lit('unknown')])
    .execute();

  await table('early_statuses')
    .addColumn('seq', 'integer', (c) => c.primaryKey().autoIncrement())
    .addColumn('sid', 'text', (c) => c.notNull())
    .addColumn('status', 'text', (c) => c.notNull())
    .addColumn('error_code', 'integer')
    .addColumn('error_text', 'text')
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addUniqueConstraint('early_statuses_once', ['sid', 'status'])
    .execute();

  await table('queues')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('name', 'text', (c) => c.notNull().unique())
    .addColumn('offer_seconds', 'integer', (c) => c.notNull())
    .addColumn('node_id', 'text')
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .execute();

  await table('offers')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('conversation_id', 'text', (c) => c.notNull())
    .addColumn('queue_id', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('expires_at', 'bigint', (c) => c.notNull())
    .addColumn('ended_at', 'bigint')
    .execute();
  // One pending offer per conversation, and the next deadline at hand.
  await db.schema
    .createIndex('offers_pending')
    .on('offers')
    .unique()
    .columns(['conversation_id'])
    .where(sql.ref('state'), '=', sql.lit('pending'))
    .execute();
  await db.schema
    .createIndex('offers_deadline')
    .on('offers')
    .columns(['expires_at'])
    .where(sql.ref('state'), '=', sql.lit('pending'))
    .execute();
  await db.schema.createIndex('offers_by_conversation').on('offers').columns(['conversation_id']).execute();

  await table('offer_agents')
    .addColumn('offer_id', 'text', (c) => c.notNull())
    .addColumn('agent_id', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('offer_agents_key', ['offer_id', 'agent_id'])
    .execute();
  await db.schema.createIndex('offer_agents_by_agent').on('offer_agents').columns(['agent_id', 'state']).execute();

  await table('agents')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('username', 'text', (c) => c.notNull().unique())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('role', 'text', (c) => c.notNull())
    .addColumn('password_hash', 'text', (c) => c.notNull())
    .addColumn('disabled', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('configured', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .execute();

  await table('sessions')
    .addColumn('token_hash', 'text', (c) => c.primaryKey())
    .addColumn('id', 'text', (c) => c.notNull().unique())
    .addColumn('agent_id', 'text', (c) => c.notNull())
    .addColumn('created_at', 'bigint', (c) => c.notNull())
    .addColumn('seen_at', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema.createIndex('sessions_by_agent').on('sessions').columns(['agent_id']).execute();

  await table('sign_in_failures')
    .addColumn('key', 'text', (c) => c.primaryKey())
    .addColumn('count', 'integer', (c) => c.notNull())
    .addColumn('last_at', 'bigint', (c) => c.notNull())
    .addColumn('blocked_until', 'bigint', (c) => c.notNull())
    .execute();

  await table('desks')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('agent_id', 'text', (c) => c.notNull())
    .addColumn('opened_at', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema.createIndex('desks_by_agent').on('desks').columns(['agent_id']).execute();

  await table('drafts')
    .addColumn('conversation_id', 'text', (c) => c.notNull())
    .addColumn('agent_id', 'text', (c) => c.notNull())
    .addColumn('text', 'text', (c) => c.notNull())
    .addColumn('saved_at', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('drafts_key', ['conversation_id', 'agent_id'])
    .execute();

  await table('events')
    .addColumn('seq', 'integer', (c) => c.primaryKey().autoIncrement())
    .addColumn('id', 'text', (c) => c.notNull())
    .addColumn('type', 'text', (c) => c.notNull())
    .addColumn('at', 'bigint', (c) => c.notNull())
    .addColumn('actor_kind', 'text', (c) => c.notNull())
    .addColumn('actor_id', 'text')
    .addColumn('actor_name', 'text')
    .addColumn('conversation_id', 'text')
    .addColumn('queue_id', 'text')
    .addColumn('agent_id', 'text')
    .addColumn('message_id', 'text')
    .addColumn('account_id', 'text')
    .addColumn('reason', 'text')
    .addColumn('data', 'text', (c) => c.notNull())
    .execute();
  await db.schema
    .createIndex('events_by_conversation')
    .on('events')
    .columns(['conversation_id', 'seq'])
    .where(sql.ref('conversation_id'), 'is not', sql.lit(null))
    .execute();

  await table('cursors')
    .addColumn('name', 'text', (c) => c.primaryKey())
    .addColumn('seq', 'bigint', (c) => c.notNull())
    .execute();

  await createFullText(db);
}
