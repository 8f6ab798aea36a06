import { nextState } from '../../domain/conversation-state.ts';
import { HOUR_MS } from '../../domain/session-window.ts';
import type { Database } from '../../store/schema.ts';
import { SYSTEM, type CommandContext, type CommandFunction } from './context.ts';
import { selectConversations } from './conversations/conversation-rows.ts';
import { expireOffers } from './routing/offers.ts';

/** How long after closing the content that nobody stored is still there. */
const CONTENT_KEPT_HOURS = 24;
/** Work of one sweep, so that a long backlog does not hold up the messages between. */
const MOST_PER_SWEEP = 200;

export const sweep: CommandFunction<'sweep'> = async (db, context) => {
  const expired = await expireOffers(db, context);
  const closed = await closeWithWindow(db, context);
  const released = await releaseContent(db, context);
  return { changed: expired || closed || released };
};

/** Conversations that the flow handles alone end with their window; one that never had a window, as long after its last message. */
async function closeWithWindow(db: Database, context: CommandContext): Promise<boolean> {
  const length = context.sessionHours * HOUR_MS;
  const due = await selectConversations(db)
    .where('conversations.state', '=', 'open')
    .where('conversations.handled_by', '=', 'flow')
    .where('conversations.last_message_at', '<', context.now - length)
    .where((e) => e.or([e('windows.last_customer_at', 'is', null), e('windows.last_customer_at', '<', context.now - length)]))
    .limit(MOST_PER_SWEEP)
    .execute();
  for (const row of due) {
    await db
      .updateTable('conversations')
      .set({ state: nextState(row.state, 'window-ended'), closed_at: context.now, close_reason: 'window-ended' })
      .where('id', '=', row.id)
      .execute();
    context.emit({ type: 'conversation.closed', actor: SYSTEM, conversationId: row.id, queueId: null, reason: 'window-ended' });
  }
  return due.length > 0;
}

/** After closing only what passed a `transcript-store` stays, as it was when it passed; the rest loses its content. */
async function releaseContent(db: Database, context: CommandContext): Promise<boolean> {
  const due = await db
    .selectFrom('conversations')
    .select('id')
    .where('content_released', '=', 0)
    .where('closed_at', '<=', context.now - CONTENT_KEPT_HOURS * HOUR_MS)
    .limit(MOST_PER_SWEEP)
    .execute();
  for (const { id } of due) {
    const messages = await db
      .selectFrom('messages')
      .select(['seq', 'kept', 'kept_text', 'content'])
      .where('conversation_id', '=', id)
      .execute();
    for (const message of messages) {
      await db
        .updateTable('messages')
        .set({
          text: message.kept === 1 ? (message.kept_text ?? '') : '',
          content: essentials(message.content, message.kept === 1),
        })
        .where('seq', '=', message.seq)
        .execute();
    }
    await db.updateTable('conversations').set({ content_released: 1, first_text: null }).where('id', '=', id).execute();
    await db.deleteFrom('drafts').where('conversation_id', '=', id).execute();
    context.emit({ type: 'conversation.updated', actor: SYSTEM, conversationId: id, reason: 'content-released' });
  }
  return due.length > 0;
}

/** Addresses and time stay; Twilio's parameters hold the original text and go, and with content that was not kept everything else. */
function essentials(json: string, kept: boolean): string {
  const content = JSON.parse(json) as Record<string, unknown>;
  delete content['params'];
  if (kept) return JSON.stringify(content);
  return JSON.stringify({ from: content['from'], to: content['to'], timestamp: content['timestamp'] });
}
