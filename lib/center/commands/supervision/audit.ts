import { sql } from 'kysely';
import { maskAddress } from '../../../domain/address.ts';
import { withoutAddress, type CenterEvent, type EventType } from '../../../domain/events.ts';
import type { Database } from '../../../store/schema.ts';
import type { Queries } from '../../contract.ts';
import type { QueryFunction } from '../context.ts';
import { actingSupervisor } from '../conversations/actors.ts';
import { knownName } from '../customers/known-name.ts';
import { eventOf } from '../messages/thread.ts';

const BY_THEMSELVES: EventType[] = ['conversation.seen', 'draft.saved', 'desk.opened', 'desk.closed'];

/**
 * A page of the log, newest first, read from the end of the index that fits the filter: what it costs does not grow with
 * the log. The indexes leave out what customers wrote, which is most of the log and stands in their conversations.
 */
export function auditRows(
  db: Database,
  { before, limit, by, actor, type, conversationId }: Omit<Queries['audit']['args'], 'actorId'>,
) {
  let select = db
    .selectFrom('events')
    .selectAll()
    .orderBy('seq', 'desc')
    .limit(limit + 1);
  if (before !== undefined) select = select.where('seq', '<', before);
  if (by === 'agent' || actor !== undefined) select = select.where('actor_kind', '=', sql.lit('agent'));
  // What a page does by itself is nothing that a person did.
  if (by === 'agent' && type === undefined) select = select.where('type', 'not in', BY_THEMSELVES);
  if (actor !== undefined) select = select.where('actor_id', '=', actor);
  if (type !== undefined) select = select.where('type', '=', type as EventType);
  if (conversationId !== undefined) select = select.where('conversation_id', '=', conversationId);
  const narrowed = conversationId !== undefined || type !== undefined;
  if (narrowed && type !== 'message.received') select = select.where('type', '<>', sql.lit('message.received' as const));
  return select;
}

export const audit: QueryFunction<'audit'> = async (db, _context, { actorId, ...filter }) => {
  await actingSupervisor(db, actorId);
  const { limit } = filter;
  const rows = await auditRows(db, filter).execute();
  const names = new Map((await db.selectFrom('agents').select(['id', 'name']).execute()).map((row) => [row.id, row.name]));
  const queues = new Map((await db.selectFrom('queues').select(['id', 'name']).execute()).map((row) => [row.id, row.name]));
  const page = rows.slice(0, limit).map(eventOf);
  const customers = await customersOf(db, page);
  return {
    entries: page.map((event) => ({
      seq: event.seq,
      at: event.at,
      type: event.type,
      actor: { ...event.actor, name: event.actor.name ?? names.get(event.actor.id ?? '') },
      conversationId: event.conversationId,
      customer: customers.get(event.conversationId ?? '') ?? null,
      agent: event.agentId === null ? null : (names.get(event.agentId) ?? null),
      queue: event.queueId === null ? null : (queues.get(event.queueId) ?? null),
      reason: event.reason,
      // Who did what, not to which number.
      data: withoutAddress(event.data),
    })),
    before: rows.length > limit ? page.at(-1)!.seq : null,
  };
};

/** What the customers are called whose conversations these events are about, by conversation. */
async function customersOf(db: Database, events: readonly CenterEvent[]): Promise<Map<string, string>> {
  const ids = [...new Set(events.flatMap(({ conversationId }) => conversationId ?? []))];
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom('conversations')
    .innerJoin('customers', 'customers.id', 'conversations.customer_id')
    .select(['conversations.id', 'customers.address', 'customers.name', 'customers.profile_name', 'customers.username'])
    .where('conversations.id', 'in', ids)
    .execute();
  return new Map(rows.map((row) => [row.id, knownName(row) ?? maskAddress(row.address)]));
}
