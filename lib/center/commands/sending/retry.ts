import { CenterError } from '../../../domain/errors.ts';
import { isFailure, type DeliveryStatus } from '../../../domain/delivery-status.ts';
import { retryOutlook } from '../../../domain/retry.ts';
import { LIMIT_TEXT, sessionWindow } from '../../../domain/session-window.ts';
import type { Database } from '../../../store/schema.ts';
import type { CommandContext, CommandFunction } from '../context.ts';
import { actingAgent, authorOf } from '../conversations/actors.ts';
import type { ConversationRow } from '../conversations/conversation-rows.ts';
import { fileOf } from '../media/media-rows.ts';
import { findMessage, messageOf, type MessageRow } from '../messages/message-rows.ts';
import { messageInConversation, requireActive, requireWriter, viewOfWritten, writeToCustomer } from './write.ts';

/** Sends a failed message of a conversation again; the first stays as it is, and the new one says which it repeats. */
export const retryMessage: CommandFunction<'retryMessage'> = async (db, context, args) => {
  const { messageId, agentId, newMessageId, sureItIsLost = false } = args;
  const agent = await actingAgent(db, agentId);
  const { message: first, row } = await messageInConversation(db, messageId);
  // As with an answer: what was sent again already is told so, whoever has the conversation now.
  const known = await findMessage(db, newMessageId);
  if (known !== undefined) {
    if (known.retry_of !== messageId || known.author_id !== agentId)
      throw new CenterError('INVALID_REQUEST', 'This message id is in use.');
    return viewOfWritten(db, newMessageId, row.queue_id);
  }
  await requireWriter(db, row, agentId);
  requireActive(row);
  requireRepeatable(context, row, first, sureItIsLost);
  await refuseRepeated(db, messageId);
  const { template = null } = messageOf(first);
  await writeToCustomer(db, context, row, newMessageId, first.text, authorOf(agent), {
    template,
    retryOf: messageId,
    file: await fileOf(db, messageId),
  });
  return viewOfWritten(db, newMessageId, row.queue_id);
};

/** @throws CenterError `NOT_REPEATABLE`, `SESSION_EXPIRED` */
function requireRepeatable(context: CommandContext, row: ConversationRow, first: MessageRow, sureItIsLost: boolean): void {
  const outlook = retryOutlook({
    status: first.status as DeliveryStatus,
    isTemplate: first.type === 'template',
    code: first.error_code,
    twilioCode: first.twilio_code,
  });
  if (outlook === 'now') return;
  if (outlook === 'if-lost') {
    if (sureItIsLost) return;
    throw new CenterError(
      'NOT_REPEATABLE',
      'The customer may have this message. Send it again only when you are sure they do not.',
    );
  }
  if (outlook === 'when-open') {
    const facts = { lastCustomerAt: row.last_customer_at, refusedAt: row.refused_at };
    if (sessionWindow(facts, context.now, context.sessionHours).open) return;
    throw new CenterError('SESSION_EXPIRED', LIMIT_TEXT);
  }
  throw new CenterError('NOT_REPEATABLE', 'This message would be refused again, or it has not failed. Write a new one.');
}

/** One repetition at a time: another only when that one has failed, too. */
async function refuseRepeated(db: Database, messageId: string): Promise<void> {
  const repetitions = await db.selectFrom('messages').select('status').where('retry_of', '=', messageId).execute();
  if (repetitions.every(({ status }) => isFailure(status as DeliveryStatus))) return;
  throw new CenterError('NOT_REPEATABLE', 'This message was sent again already.');
}
