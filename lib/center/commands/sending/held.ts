import { sql } from 'kysely';
import { CenterError } from '../../../domain/errors.ts';
import type { HeldOutcome } from '../../../domain/delivery-status.ts';
import { sessionWindow } from '../../../domain/session-window.ts';
import { prepared } from '../../../store/prepared.ts';
import { FEED_WAITING, type Database } from '../../../store/schema.ts';
import type { CommandContext, CommandFunction } from '../context.ts';
import { actingAgent, authorOf } from '../conversations/actors.ts';
import { getConversation, type ConversationRow } from '../conversations/conversation-rows.ts';
import type { MessageRow } from '../messages/message-rows.ts';
import { endedBy, sayStatus } from '../messages/say-status.ts';
import type { Author } from '../../../domain/message.ts';
import { messageInConversation, requireWriter, viewOfWritten } from './write.ts';

const heldIn = prepared((db, p: { conversationId: string }) =>
  db
    .selectFrom('messages')
    .selectAll()
    .where('conversation_id', '=', p.conversationId)
    // Word for word the condition of the index, because SQLite uses a partial index only then.
    .where(sql<boolean>`status = 'held'`)
    .orderBy('seq'),
);

/** The customer has written: what agents wrote for this moment goes out by itself, in the order it was written. */
export async function releaseHeld(db: Database, context: CommandContext, conversationId: string): Promise<void> {
  const held = await heldIn(db, { conversationId });
  if (held.length === 0) return;
  const row = await getConversation(db, conversationId);
  const facts = { lastCustomerAt: row.last_customer_at, refusedAt: row.refused_at };
  // A message that Twilio handed in late opens no window, and somebody who wrote STOP is left alone.
  if (!sessionWindow(facts, context.now, context.sessionHours).open || row.opted_out_at !== null) return;
  for (const message of held) {
    await db
      .updateTable('messages')
      .set({ status: 'pending', feed: `out:${row.queue_id}`, feed_state: FEED_WAITING })
      .where('seq', '=', message.seq)
      .execute();
    say(context, row, message, { status: 'pending', reason: 'customer-wrote' });
  }
  await db.updateTable('conversations').set({ agent_wrote_at: context.now }).where('id', '=', conversationId).execute();
}

export const cancelHeld: CommandFunction<'cancelHeld'> = async (db, context, { messageId, agentId }) => {
  const agent = await actingAgent(db, agentId);
  const { message, row } = await messageInConversation(db, messageId);
  const reason: HeldOutcome = 'agent-canceled';
  if (await endedBy(db, message, agentId, reason)) return viewOfWritten(db, messageId, row.queue_id);
  await requireWriter(db, row, agentId);
  if (message.status !== 'held') {
    throw new CenterError('ILLEGAL_TRANSITION', 'This message does not wait for the customer any more.');
  }
  await cancel(db, context, row, message, authorOf(agent), reason);
  return viewOfWritten(db, messageId, row.queue_id);
};

/** A conversation ends, and with it what was to be said in it. */
export async function cancelAllHeld(db: Database, context: CommandContext, row: ConversationRow, actor: Author): Promise<void> {
  for (const message of await heldIn(db, { conversationId: row.id })) {
    await cancel(db, context, row, message, actor, 'conversation-closed');
  }
}

async function cancel(
  db: Database,
  context: CommandContext,
  row: ConversationRow,
  message: MessageRow,
  actor: Author,
  reason: HeldOutcome,
): Promise<void> {
  await db.updateTable('messages').set({ status: 'canceled' }).where('seq', '=', message.seq).execute();
  say(context, row, message, { status: 'canceled', actor, reason });
}

function say(
  context: CommandContext,
  row: ConversationRow,
  message: MessageRow,
  said: { status: 'pending' | 'canceled'; actor?: Author; reason: HeldOutcome },
): void {
  sayStatus(context, message, { queueId: row.queue_id, agentId: row.agent_id }, said);
}
