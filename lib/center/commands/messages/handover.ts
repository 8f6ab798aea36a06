import { sql } from 'kysely';
import { prepared } from '../../../store/prepared.ts';
import { FEED_HANDED, FEED_TAKEN, FEED_WAITING, type Database } from '../../../store/schema.ts';
import type { HandedMessage } from '../../contract.ts';
import { SYSTEM, type CommandContext, type CommandFunction, type QueryFunction } from '../context.ts';
import { findForSnapshot, snapshotOf, type SnapshotRow } from '../conversations/conversation-rows.ts';
import { arrivalsWaiting } from './arrivals.ts';
import { isTooOldForFlow, NOT_TAKEN } from './feed.ts';
import { MESSAGE_COLUMNS, messageOf, type MessageRow } from './message-rows.ts';

/** Messages that are passed over in one transaction; the next round goes on. */
const MOST_PASSED_OVER = 1_000;

/** Less than a whole row: what a flow is handed is read once for each message, and each column costs. */
const HANDED_COLUMNS = [...MESSAGE_COLUMNS, 'seq', 'conversation_id', 'account_id', 'created_at', 'opens', 'handovers'] as const;
type HandedRow = Pick<MessageRow, (typeof HANDED_COLUMNS)[number]>;

const nextOf = prepared((db, p: { feed: string; limit: number }) =>
  db
    .selectFrom('messages')
    .select(HANDED_COLUMNS)
    .where('feed', '=', p.feed)
    .where('feed_state', '=', sql.lit(FEED_WAITING))
    .where(NOT_TAKEN)
    .orderBy('seq')
    .limit(p.limit),
);

const markHanded = prepared((db, p: { seq: number; now: number; instance: string }) =>
  db
    .updateTable('messages')
    .set((e) => ({ feed_state: FEED_HANDED, handed_at: p.now, handed_by: p.instance, handovers: e('handovers', '+', 1) }))
    .where('seq', '=', p.seq),
);

const markTaken = prepared((db, p: { id: string }) =>
  db.updateTable('messages').set({ feed_state: FEED_TAKEN }).where('id', '=', p.id).where('feed_state', '<', sql.lit(FEED_TAKEN)),
);

/** The flow has done something with it: it is not handed over again. */
export async function takeUp(db: Database, messageId: string): Promise<void> {
  await markTaken(db, { id: messageId });
}

export const takeInbound: CommandFunction<'takeInbound'> = async (db, context, args) => {
  const { accountIds, instance, limit, quiet = false } = args;
  const handed: HandedMessage[] = [];
  for (const accountId of accountIds) {
    const feed = `in:${accountId}`;
    for (let passedOver = 0; handed.length < limit && passedOver < MOST_PASSED_OVER;) {
      const asked = limit - handed.length;
      const rows = await nextOf(db, { feed, limit: asked });
      for (const row of rows) {
        const message = await forFlow(db, context, row, instance, quiet);
        if (message === null) passedOver++;
        else handed.push(message);
      }
      if (rows.length < asked) break;
    }
    if (handed.length >= limit) break;
  }
  return handed;
};

/** Null for what no flow gets; then it counts as taken up. */
async function forFlow(
  db: Database,
  context: CommandContext,
  row: HandedRow,
  instance: string,
  quiet: boolean,
): Promise<HandedMessage | null> {
  // Agents see it, flows get the event.
  if (isTooOldForFlow(context, row.created_at)) {
    await expire(db, context, row);
    return null;
  }
  const conversation = (await findForSnapshot(db, row.conversation_id!))!;
  if (quiet && conversation.handled_by !== 'flow') {
    await takeUp(db, row.id);
    return null;
  }
  return handOver(db, context, row, conversation, instance);
}

export const takeReplies: CommandFunction<'takeReplies'> = async (db, context, { queueId, instance, limit }) => {
  const handed: HandedMessage[] = [];
  for (const row of await nextOf(db, { feed: `out:${queueId}`, limit })) {
    const conversation = (await findForSnapshot(db, row.conversation_id!))!;
    handed.push(await handOver(db, context, row, conversation, instance));
  }
  return handed;
};

async function handOver(
  db: Database,
  context: CommandContext,
  row: HandedRow,
  conversation: SnapshotRow,
  instance: string,
): Promise<HandedMessage> {
  await markHanded(db, { seq: row.seq, now: context.now, instance });
  return {
    seq: row.seq,
    message: messageOf(row),
    accountId: row.account_id,
    conversation: snapshotOf(conversation, context.now, context.sessionHours, row.opens === 1),
    redelivered: row.handovers > 0,
  };
}

async function expire(db: Database, context: CommandContext, row: HandedRow): Promise<void> {
  await takeUp(db, row.id);
  const conversation = await findForSnapshot(db, row.conversation_id!);
  context.emit({
    type: 'message.expired',
    actor: SYSTEM,
    conversationId: row.conversation_id,
    messageId: row.id,
    accountId: row.account_id,
    queueId: conversation?.queue_id ?? null,
    reason: 'older-than-session',
  });
}

export const settleHandovers: CommandFunction<'settleHandovers'> = async (db, _context, { instance, before }) => {
  const result = await db
    .updateTable('messages')
    .set({ feed_state: FEED_TAKEN })
    .where('feed_state', '=', sql.lit(FEED_HANDED))
    .where(NOT_TAKEN)
    .where('handed_by', '=', instance)
    .where('handed_at', '<=', before)
    .executeTakeFirst();
  return { settled: Number(result.numUpdatedRows) };
};

export const reclaimHandovers: CommandFunction<'reclaimHandovers'> = async (db, _context, { messageIds }) => {
  let reclaim = db
    .updateTable('messages')
    .set({ feed_state: FEED_WAITING, handed_at: null, handed_by: null })
    .where('feed_state', '=', sql.lit(FEED_HANDED))
    .where(NOT_TAKEN);
  if (messageIds !== undefined) reclaim = reclaim.where('id', 'in', messageIds);
  const result = await reclaim.executeTakeFirst();
  return { reclaimed: Number(result.numUpdatedRows) };
};

export const inboundWaiting: QueryFunction<'inboundWaiting'> = async (db, _context, { accountId }) => {
  const row = await db
    .selectFrom('messages')
    .select((e) => e.fn.countAll<number>().as('waiting'))
    .where('feed', '=', `in:${accountId}`)
    .where('feed_state', '=', sql.lit(FEED_WAITING))
    .where(NOT_TAKEN)
    .executeTakeFirstOrThrow();
  return { waiting: row.waiting + (await arrivalsWaiting(db, accountId)) };
};
