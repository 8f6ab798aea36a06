import { CenterError } from '../../../domain/errors.ts';
import type { CommandFunction } from '../context.ts';
import { actingAgent, authorOf } from '../conversations/actors.ts';
import { applyStatus } from '../messages/delivery.ts';
import { endedBy } from '../messages/say-status.ts';
import { messageInConversation, requireWriter, viewOfWritten } from './write.ts';

const REASON = 'agent-confirmed';

/**
 * A person knows what nobody could tell: the message is with the customer. It counts as sent and no further, so that a
 * callback of Twilio's that comes after all still has the last word.
 */
export const confirmArrival: CommandFunction<'confirmArrival'> = async (db, context, { messageId, agentId }) => {
  const agent = await actingAgent(db, agentId);
  const { message, row } = await messageInConversation(db, messageId);
  if (await endedBy(db, message, agentId, REASON)) return viewOfWritten(db, messageId, row.queue_id);
  await requireWriter(db, row, agentId);
  if (message.status !== 'unknown') {
    throw new CenterError('ILLEGAL_TRANSITION', 'What became of this message is known by now.');
  }
  await applyStatus(db, context, message, 'sent', null, { actor: authorOf(agent), reason: REASON });
  return viewOfWritten(db, messageId, row.queue_id);
};
