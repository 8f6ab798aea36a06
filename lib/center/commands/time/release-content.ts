import { HOUR_MS } from '../../../domain/session-window.ts';
import type { Database } from '../../../store/schema.ts';
import { forgetMedia } from '../media/media-rows.ts';
import { SYSTEM, type CommandContext } from '../context.ts';

/** How long after closing the content that nobody stored is still there. */
const CONTENT_KEPT_HOURS = 24;
/** Work of one sweep, so that a long backlog does not hold up the messages between. */
const MOST_PER_SWEEP = 200;

/** After closing only what passed a `transcript-store` stays, as it was when it passed; the rest loses its content. */
export async function releaseContent(db: Database, context: CommandContext): Promise<boolean> {
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
      .select(['id', 'seq', 'kept', 'kept_text', 'content'])
      .where('conversation_id', '=', id)
      .execute();
    for (const message of messages) {
      if (message.kept === 0) await releaseFiles(db, message.id);
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
    await db.deleteFrom('remarks').where('conversation_id', '=', id).where('kind', '=', 'internal').execute();
    context.emit({ type: 'conversation.updated', actor: SYSTEM, conversationId: id, reason: 'content-released' });
  }
  return due.length > 0;
}

async function releaseFiles(db: Database, messageId: string): Promise<void> {
  await forgetMedia(db, await db.selectFrom('media').select(['id', 'file']).where('message_id', '=', messageId).execute());
}

/** Addresses and time stay; Twilio's parameters hold the original text and go, and with content that was not kept everything else. */
function essentials(json: string, kept: boolean): string {
  const content = JSON.parse(json) as Record<string, unknown>;
  delete content['params'];
  if (kept) return JSON.stringify(content);
  return JSON.stringify({ from: content['from'], to: content['to'], timestamp: content['timestamp'] });
}
