import { sql } from 'kysely';
import { CenterError, isCenterError } from '../../../domain/errors.ts';
import type { WhatsAppMessage } from '../../../domain/message.ts';
import { waitsUntil } from '../../../domain/postponed.ts';
import type { Database } from '../../../store/schema.ts';
import type { CommandContext, CommandFunction, QueryFunction } from '../context.ts';
import { findConversation } from '../conversations/conversation-rows.ts';
import { failUnclaimed } from '../messages/delivery.ts';
import { sayPostponed } from '../messages/say-status.ts';
import { getOutbound, messageOf, type MessageRow } from '../messages/message-rows.ts';
import { alreadySent, judge, snapshot, withMore } from '../messages/outbound.ts';

/** Word for word the condition of the index. */
const WAITS = sql<boolean>`status = 'pending' and postponed_at is not null`;

export const postponeOutbound: CommandFunction<'postponeOutbound'> = async (db, context, { messageId, nodeId }) => {
  const row = await getOutbound(db, messageId);
  // A commit that was reported as failed may be in the file all the same.
  if (row.status === 'pending' && row.postponed_at !== null) return null;
  // A callback was quicker: then it did get there.
  if (row.status !== 'submitting' || row.sid !== null) throw alreadySent();
  await db
    .updateTable('messages')
    .set({ status: 'pending', submitted_at: null, postponed_at: row.postponed_at ?? context.now, postponed_by: nodeId })
    .where('seq', '=', row.seq)
    .execute();
  if (row.postponed_at === null) await sayPostponed(db, context, row);
  return null;
};

export const claimPostponed: CommandFunction<'claimPostponed'> = async (db, context, { messageId, fallback }) => {
  const row = await getOutbound(db, messageId);
  if (row.status !== 'pending' || row.postponed_at === null) throw alreadySent();
  const own = messageOf(row);
  let instead: WhatsAppMessage['template'];
  let text = row.text;
  try {
    if (context.now > waitsUntil(row.postponed_at, own.template !== undefined)) throw waitedTooLong();
    const { from, to, template = null } = own;
    const what = await judge(db, context, { from, to, text, template, fallback });
    if (template === null && what.template !== null) {
      instead = what.template;
      text = what.text ?? '';
    }
  } catch (error) {
    if (!isCenterError(error)) throw error;
    await failUnclaimed(db, context, row, error);
    throw context.keepAndRefuse(error);
  }
  const message: WhatsAppMessage = {
    ...own,
    text,
    ...(instead === undefined ? {} : { type: 'template', template: instead }),
    status: 'submitting',
  };
  if (instead !== undefined) delete message.media;
  await db
    .updateTable('messages')
    .set({
      status: 'submitting',
      submitted_at: context.now,
      text,
      type: message.type,
      ...(instead === undefined ? {} : { content: withMore(row.content, { template: instead, media: undefined }) }),
    })
    .where('seq', '=', row.seq)
    .execute();
  return { verdict: 'send', message, conversation: await snapshotOfMessage(db, context, row) };
};

function waitedTooLong(): CenterError {
  return new CenterError(
    'TWILIO_UNREACHABLE',
    'Twilio could not be reached for so long that this message was given up. It was not sent.',
  );
}

async function snapshotOfMessage(db: Database, context: CommandContext, row: MessageRow) {
  const conversation = row.conversation_id === null ? undefined : await findConversation(db, row.conversation_id);
  return conversation === undefined ? null : snapshot(conversation, context);
}

export const stillSendable: QueryFunction<'stillSendable'> = async (db, context, { from, to, template }) => {
  await judge(db, context, { from, to, text: '', template, fallback: null });
  return null;
};

export const postponed: QueryFunction<'postponed'> = async (db, _context, { accountId }) => {
  const rows = await db
    .selectFrom('messages')
    .selectAll()
    .where('account_id', '=', accountId)
    .where(WAITS)
    .orderBy('seq')
    .execute();
  return rows.map((row) => {
    const { from, to, template } = messageOf(row);
    const mailing = row.author_kind === 'flow' && template !== undefined && row.answer_key === null;
    return { id: row.id, from, to, conversationId: row.conversation_id, nodeId: row.postponed_by, mailing };
  });
};
