import { sql, type Selectable } from 'kysely';
import { fullAddress, maskAddress } from '../../../domain/address.ts';
import { HELD_OUTCOMES } from '../../../domain/delivery-status.ts';
import { STORY_EVENTS, type CenterEvent, type EventType } from '../../../domain/events.ts';
import type { Author } from '../../../domain/message.ts';
import { HOUR_MS } from '../../../domain/session-window.ts';
import { prepared } from '../../../store/prepared.ts';
import type { Database, EventsTable } from '../../../store/schema.ts';
import type { MessageView } from '../../views.ts';
import type { QueryFunction } from '../context.ts';
import { findConversation, snapshotOf, type ConversationRow } from '../conversations/conversation-rows.ts';
import { namesIn } from './event-names.ts';
import { messageOf, viewOf, withMedia, type MessageRow } from './message-rows.ts';
import { visibleConversation } from '../conversations/sight.ts';
import { isServed } from '../sending/write.ts';

/** What a page of messages comes with, beside what stands between the messages: who began, and what was changed since. */
const TOLD: EventType[] = ['conversation.opened', 'conversation.updated', ...STORY_EVENTS];

export const messages: QueryFunction<'messages'> = async (db, _context, { conversationId, agentId, before, limit }) => {
  const { row, sight } = await visibleConversation(db, conversationId, agentId);
  let select = db
    .selectFrom('messages')
    .selectAll()
    .where('conversation_id', '=', conversationId)
    .orderBy('seq', 'desc')
    .limit(limit + 1);
  if (before !== undefined) select = select.where('seq', '<', before);
  const rows = await select.execute();
  const more = rows.length > limit;
  const page = rows.slice(0, limit).reverse();
  const running = await isServed(db, row.queue_id);
  const viewed = (message: MessageRow): MessageView => viewOf(message, running, row.content_released === 1);
  const events = await storyBetween(db, conversationId, more ? page[0]!.created_at : null, before ?? null);
  return {
    messages: (await withMedia(db, page.map(viewed))).map((view) => (sight === 'full' ? view : maskMessage(view))),
    events: events.map(storyEventOf),
    names: await namesIn(db, events),
    before: more ? page[0]!.seq : null,
  };
};

/**
 * The story of the time that a page of messages covers, so that the pages together tell it all.
 * @param from when the page's first message was made; null for the first page of all
 * @param before the message that the page ends at; null for the newest page
 */
async function storyBetween(db: Database, conversationId: string, from: number | null, before: number | null) {
  let select = db
    .selectFrom('events')
    .selectAll()
    .where('conversation_id', '=', conversationId)
    .where((e) =>
      e.or([
        e('type', 'in', TOLD),
        // What became of held answers; other changes of a status are told by the message itself.
        e.and([e('type', '=', sql.lit('message.status')), e('reason', 'in', [...HELD_OUTCOMES])]),
      ]),
    )
    // Word for word the condition of the index, because SQLite uses a partial index only then.
    .where('type', '<>', sql.lit('message.received'))
    .orderBy('seq');
  if (from !== null) select = select.where('at', '>=', from);
  if (before !== null) {
    select = select.where('at', '<', db.selectFrom('messages').select('created_at').where('seq', '=', before));
  }
  return select.execute();
}

/** Of a change of status only what the story tells: the address is not for everybody who may read it. */
function storyEventOf(row: Selectable<EventsTable>): CenterEvent {
  const event = eventOf(row);
  return event.type === 'message.status' ? { ...event, data: { status: event.data['status'] } } : event;
}

/** A message for somebody who has not accepted the conversation: the text, and nothing that tells who the customer is. */
function maskMessage(view: MessageView): MessageView {
  const message = { ...view.message, from: maskAddress(view.message.from), to: maskAddress(view.message.to) };
  delete message.waId;
  delete message.externalUserId;
  delete message.username;
  if (message.context?.from !== undefined) message.context = { ...message.context, from: maskAddress(message.context.from) };
  return { ...view, message };
}

/** An event as it was appended. */
export function eventOf(row: Selectable<EventsTable>): CenterEvent {
  const actor: Author = { kind: row.actor_kind as Author['kind'] };
  if (row.actor_id !== null) actor.id = row.actor_id;
  if (row.actor_name !== null) actor.name = row.actor_name;
  return {
    seq: row.seq,
    id: row.id,
    type: row.type as EventType,
    at: row.at,
    actor,
    conversationId: row.conversation_id,
    queueId: row.queue_id,
    agentId: row.agent_id,
    messageId: row.message_id,
    accountId: row.account_id,
    reason: row.reason,
    data: JSON.parse(row.data) as Record<string, unknown>,
  };
}

export const eventsAfter: QueryFunction<'eventsAfter'> = async (db, _context, { seq, limit }) => {
  const rows = await db.selectFrom('events').selectAll().where('seq', '>', seq).orderBy('seq').limit(limit).execute();
  const ends = await db
    .selectFrom('events')
    .select((e) => [e.fn.min('seq').as('first'), e.fn.max('seq').as('last')])
    .executeTakeFirstOrThrow();
  const last = ends.last ?? 0;
  // A position that the log has never had, or has no more, cannot be resumed from.
  const reset = seq > last || (seq > 0 && ends.first !== null && ends.first > seq + 1);
  return { events: rows.map(eventOf), lastSeq: last, reset };
};

export const conversation: QueryFunction<'conversation'> = async (db, context, { conversationId }) => {
  const row = await findConversation(db, conversationId);
  return row === undefined ? null : snapshotOf(row, context.now, context.sessionHours);
};

const windowsOf = prepared((db, p: { address: string }) =>
  db
    .selectFrom('customer_addresses')
    .innerJoin('windows', 'windows.customer_id', 'customer_addresses.customer_id')
    .leftJoin('conversations', (join) =>
      join
        .onRef('conversations.customer_id', '=', 'windows.customer_id')
        .onRef('conversations.sender', '=', 'windows.sender')
        .on('conversations.state', '!=', sql.lit('closed')),
    )
    .select(['windows.sender', 'windows.last_customer_at', 'windows.refused_at', 'conversations.id', 'conversations.account_id'])
    .where('customer_addresses.address', '=', p.address)
    .orderBy('windows.last_customer_at', 'desc'),
);

export const sessionOf: QueryFunction<'sessionOf'> = async (db, context, { address, sender }) => {
  const rows = await windowsOf(db, { address: fullAddress(address) });
  const row = sender === null ? rows[0] : rows.find((candidate) => candidate.sender === fullAddress(sender));
  if (row === undefined) return { lastCustomerAt: null, refusedAt: null, conversation: null, sender: null, accountId: null };
  const live = row.id === null ? undefined : ((await findConversation(db, row.id)) as ConversationRow);
  return {
    lastCustomerAt: row.last_customer_at,
    refusedAt: row.refused_at,
    conversation: live === undefined ? null : snapshotOf(live, context.now, context.sessionHours),
    sender: row.sender,
    accountId: row.account_id,
  };
};

export const cursor: QueryFunction<'cursor'> = async (db, _context, { name }) => {
  const row = await db.selectFrom('cursors').select('seq').where('name', '=', name).executeTakeFirst();
  if (row !== undefined) return { seq: row.seq };
  // Who reads for the first time begins with what happens from now on.
  const { last } = await db
    .selectFrom('events')
    .select((e) => e.fn.max('seq').as('last'))
    .executeTakeFirstOrThrow();
  return { seq: last ?? 0 };
};

/** Twilio is not asked any more about what it did not know for so long; a callback, or an agent, still decides. */
const ASKED_FOR_MS = 3 * 24 * HOUR_MS;

export const unresolved: QueryFunction<'unresolved'> = async (db, _context, { before, limit, accountId }) => {
  let select = db
    .selectFrom('messages')
    .selectAll()
    .where('status', 'in', [sql.lit('submitting'), sql.lit('unknown')])
    .where('submitted_at', '<=', before)
    .where((e) => e.or([e('status', '=', sql.lit('submitting')), e('submitted_at', '>', before - ASKED_FOR_MS)]))
    // What was interrupted first: it shows as being sent until somebody has asked.
    .orderBy('status')
    .orderBy('submitted_at')
    .limit(limit);
  if (accountId !== undefined) select = select.where('account_id', '=', accountId);
  const rows = await select.execute();
  return rows.map((row) => {
    const message = messageOf(row);
    return {
      id: row.id,
      sid: row.sid,
      accountId: row.account_id,
      from: message.from,
      to: message.to,
      text: row.text,
      submittedAt: row.submitted_at!,
    };
  });
};
