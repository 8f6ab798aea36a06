import { CenterError } from '../../../domain/errors.ts';
import type { CommandFunction } from '../context.ts';
import { actingAgent, authorOf } from '../conversations/actors.ts';
import { getConversation } from '../conversations/conversation-rows.ts';
import { findMessage, messageOf, viewWithMedia } from '../messages/message-rows.ts';
import { isServed, requireWriter } from './write.ts';

/**
 * A person knows what nobody could tell: the message is with the customer. It counts as sent and no further, so that a
 * callback of Twilio's that comes after all still has the last word.
 */
export const confirmArrival: CommandFunction<'confirmArrival'> = async (db, context, { messageId, agentId }) => {
  const agent = await actingAgent(db, agentId);
  const message = await findMessage(db, messageId);
  if (message === undefined || message.direction !== 'outbound' || message.conversation_id === null) {
    throw new CenterError('UNKNOWN_MESSAGE', 'There is no such message.');
  }
  const row = await getConversation(db, message.conversation_id);
  await requireWriter(db, row, agentId);
  if (message.status !== 'unknown') {
    throw new CenterError('ILLEGAL_TRANSITION', 'What became of this message is known by now.');
  }
  await db
    .updateTable('messages')
    .set({ status: 'sent', error_code: null, error_text: null, twilio_code: null })
    .where('seq', '=', message.seq)
    .execute();
  context.emit({
    type: 'message.status',
    actor: authorOf(agent),
    conversationId: row.id,
    queueId: row.queue_id,
    agentId: row.agent_id,
    messageId,
    accountId: row.account_id,
    reason: 'agent-confirmed',
    data: {
      status: 'sent',
      sid: message.sid,
      to: messageOf(message).to,
      code: null,
      errorCode: null,
      errorText: null,
      windowClosed: false,
    },
  });
  return viewWithMedia(db, (await findMessage(db, messageId))!, await isServed(db, row.queue_id), false);
};
