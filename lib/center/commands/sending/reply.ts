import { CenterError } from '../../../domain/errors.ts';
import { sessionWindow } from '../../../domain/session-window.ts';
import type { CommandFunction } from '../context.ts';
import { actingAgent, authorOf } from '../conversations/actors.ts';
import { forgetDraft } from '../conversations/drafts.ts';
import { getConversation } from '../conversations/conversation-rows.ts';
import { uploadedFile } from '../media/fetching.ts';
import { findMessage } from '../messages/message-rows.ts';
import { requireActive, requireWriter, viewOfWritten, writeToCustomer } from './write.ts';

/** Keeps an agent's answer as pending; the flow of its queue takes it from there. */
export const reply: CommandFunction<'reply'> = async (db, context, args) => {
  const { conversationId, agentId, messageId, text, template = null } = args;
  const agent = await actingAgent(db, agentId);
  const row = await getConversation(db, conversationId);
  // Before it is asked whose it is: the answer to the first request got lost, and the conversation went on to a colleague.
  const known = await findMessage(db, messageId);
  if (known !== undefined) {
    if (known.conversation_id !== conversationId || known.author_id !== agentId) {
      throw new CenterError('INVALID_REQUEST', 'This message id is in use.');
    }
    return viewOfWritten(db, messageId, row.queue_id);
  }
  await requireWriter(db, row, agentId);
  requireActive(row);
  const file = args.mediaId === undefined ? null : await uploadedFile(db, args.mediaId, conversationId, agentId);
  const facts = { lastCustomerAt: row.last_customer_at, refusedAt: row.refused_at };
  const held = args.hold === true && template === null && !sessionWindow(facts, context.now, context.sessionHours).open;
  await writeToCustomer(db, context, row, messageId, text, authorOf(agent), { template, held, file });
  await db.updateTable('conversations').set({ unread: 0 }).where('id', '=', conversationId).execute();
  // A template is no answer that was typed: what was being typed stays.
  if (template === null) await forgetDraft(db, conversationId, agentId);
  return viewOfWritten(db, messageId, row.queue_id);
};
