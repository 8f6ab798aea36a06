import { sql } from 'kysely';
import { CenterError } from '../../../domain/errors.ts';
import type { Author, WhatsAppMessage } from '../../../domain/message.ts';
import { LIMIT_TEXT, sessionWindow } from '../../../domain/session-window.ts';
import type { Database } from '../../../store/schema.ts';
import { FEED_TAKEN } from '../../../store/schema.ts';
import type { ClaimArgs, ClaimResult } from '../../contract.ts';
import { newId } from '../../ids.ts';
import { SYSTEM, type CommandContext, type CommandFunction } from '../context.ts';
import { findConversation, getConversation, snapshotOf, type ConversationRow } from '../conversations/conversation-rows.ts';
import { takeUp } from './handover.ts';
import { findMessage, insertMessage, messageOf, type MessageRow } from './message-rows.ts';
import { addCustomer, openConversation } from './receive.ts';
import { failUnclaimed } from './delivery.ts';

/**
 * Claims a message before it is sent, so that it is sent at most once whatever happens after. This is also where
 * the 24 hour rule is enforced for good: a flow can wire around `session-guard`, but not around the claim.
 */
export const claimOutbound: CommandFunction<'claimOutbound'> = async (db, context, args) => {
  const existing = await findExisting(db, args);
  if (existing !== undefined) {
    if (args.answer !== null) {
      // Handed over again after an interruption: the answer is on its way or gone, so nothing is sent.
      await takeUp(db, args.answer.inboundId);
      return found(db, context, existing);
    }
    return claimExisting(db, context, args, existing);
  }
  return claimNew(db, context, args);
};

function answerKey(answer: NonNullable<ClaimArgs['answer']>): string {
  return `${answer.inboundId}/${answer.nodeId}/${answer.nth}`;
}

async function findExisting(db: Database, args: ClaimArgs): Promise<MessageRow | undefined> {
  if (args.answer !== null) {
    return db.selectFrom('messages').selectAll().where('answer_key', '=', answerKey(args.answer)).executeTakeFirst();
  }
  return args.messageId === null ? undefined : findMessage(db, args.messageId);
}

async function found(db: Database, context: CommandContext, row: MessageRow): Promise<ClaimResult> {
  const conversation = row.conversation_id === null ? undefined : await findConversation(db, row.conversation_id);
  return {
    verdict: 'already',
    message: messageOf(row),
    conversation: conversation === undefined ? null : snapshot(conversation, context),
  };
}

/** An agent's message that waits since it was written. */
async function claimExisting(db: Database, context: CommandContext, args: ClaimArgs, row: MessageRow): Promise<ClaimResult> {
  if (row.direction !== 'outbound' || row.status !== 'pending') {
    throw new CenterError(
      'ALREADY_SENT',
      'A message with this id was sent already. A new message needs a new msg.whatsapp.id, or none.',
    );
  }
  const conversation = row.conversation_id === null ? undefined : await findConversation(db, row.conversation_id);
  await takeUp(db, row.id);
  try {
    await checkWindow(db, context, args);
  } catch (error) {
    if (!(error instanceof CenterError)) throw error;
    await failUnclaimed(db, context, row, error);
    throw context.keepAndRefuse(error);
  }
  // The flow has the last word on the text: it may have translated or signed it.
  const text = args.text === '' ? row.text : args.text;
  await db
    .updateTable('messages')
    .set({ status: 'submitting', submitted_at: context.now, text })
    .where('seq', '=', row.seq)
    .where('status', '=', 'pending')
    .execute();
  const message = messageOf({ ...row, text, status: 'submitting' });
  return { verdict: 'send', message, conversation: conversation === undefined ? null : snapshot(conversation, context) };
}

/** A message that a flow sends: an answer to a customer's message, or one of its own. */
async function claimNew(db: Database, context: CommandContext, args: ClaimArgs): Promise<ClaimResult> {
  const named = args.conversationId === null ? undefined : await getConversation(db, args.conversationId);
  if (named?.state === 'closed' && args.template === null) {
    throw new CenterError('CONVERSATION_CLOSED', 'This conversation is closed. The customer’s next message opens a new one.');
  }
  await checkWindow(db, context, args);
  const conversation = named !== undefined && named.state !== 'closed' ? named : await liveConversation(db, context, args);

  const message: WhatsAppMessage = {
    id: args.messageId ?? newId(),
    direction: 'outbound',
    type: args.template === null ? 'text' : 'template',
    text: args.text,
    from: args.from,
    to: args.to,
    ...(args.template === null ? {} : { template: args.template }),
    author: args.author,
    status: 'submitting',
    timestamp: new Date(context.now).toISOString(),
  };
  const seq = await insertMessage(db, {
    message,
    conversationId: conversation.id,
    customerId: conversation.customer_id,
    accountId: args.accountId,
    createdAt: context.now,
    submittedAt: context.now,
    feed: null,
    feedState: FEED_TAKEN,
    answerKey: args.answer === null ? null : answerKey(args.answer),
  });
  await db
    .updateTable('conversations')
    .set({ last_message_at: context.now, last_seq: seq! })
    .where('id', '=', conversation.id)
    .execute();
  if (args.answer !== null) await takeUp(db, args.answer.inboundId);
  context.emit({
    type: 'message.written',
    actor: args.author,
    conversationId: conversation.id,
    queueId: conversation.queue_id,
    agentId: conversation.agent_id,
    messageId: message.id,
    accountId: args.accountId,
  });
  return { verdict: 'send', message, conversation: snapshot(conversation, context) };
}

/**
 * The 24 hour rule at the moment of sending; templates may always go.
 * @throws CenterError `SESSION_EXPIRED` with the limit text, `SESSION_NONE` for a customer who never wrote
 */
async function checkWindow(db: Database, context: CommandContext, args: ClaimArgs): Promise<void> {
  if (args.template !== null) return;
  const facts = await db
    .selectFrom('windows')
    .innerJoin('customers', 'customers.id', 'windows.customer_id')
    .select(['windows.last_customer_at as lastCustomerAt', 'windows.refused_at as refusedAt'])
    .where('customers.address', '=', args.to)
    .where('windows.sender', '=', args.from)
    .executeTakeFirst();
  const known = facts ?? { lastCustomerAt: null, refusedAt: null };
  if (sessionWindow(known, context.now, context.sessionHours).open) return;
  throw new CenterError(known.lastCustomerAt === null ? 'SESSION_NONE' : 'SESSION_EXPIRED', LIMIT_TEXT);
}

/** The customer's live conversation with this sender; a template to somebody new opens one. */
async function liveConversation(db: Database, context: CommandContext, args: ClaimArgs): Promise<ConversationRow> {
  const customer = await db.selectFrom('customers').select('id').where('address', '=', args.to).executeTakeFirst();
  const customerId = customer?.id ?? newId();
  if (customer === undefined) await addCustomer(db, customerId, { from: args.to }, context.now);
  const live = await db
    .selectFrom('conversations')
    .select('id')
    .where('customer_id', '=', customerId)
    .where('sender', '=', args.from)
    .where('state', '!=', sql.lit('closed'))
    .executeTakeFirst();
  if (live !== undefined) return getConversation(db, live.id);
  const id = newId();
  await openConversation(db, {
    id,
    customerId,
    accountId: args.accountId,
    sender: args.from,
    at: context.now,
    seq: null,
    text: null,
    unread: 0,
  });
  const actor: Author = args.author.kind === 'customer' ? SYSTEM : args.author;
  context.emit({ type: 'conversation.opened', actor, conversationId: id, accountId: args.accountId, reason: 'message-sent' });
  return getConversation(db, id);
}

function snapshot(row: ConversationRow, context: CommandContext) {
  return snapshotOf(row, context.now, context.sessionHours);
}
