import { sql } from 'kysely';
import { CenterError } from '../../../domain/errors.ts';
import type { MediaKind } from '../../../domain/media-type.ts';
import type { Author, TemplateRef, WhatsAppMessage } from '../../../domain/message.ts';
import { LIMIT_TEXT, sessionWindow } from '../../../domain/session-window.ts';
import type { Database } from '../../../store/schema.ts';
import { FEED_TAKEN } from '../../../store/schema.ts';
import type { AnswerKey, ClaimArgs, ClaimResult } from '../../sending-contract.ts';
import { newId } from '../../ids.ts';
import { SYSTEM, type CommandContext, type CommandFunction } from '../context.ts';
import {
  conversationClosed,
  type ConversationRow,
  findConversation,
  getConversation,
  snapshotOf,
} from '../conversations/conversation-rows.ts';
import { knownAuthor } from '../conversations/actors.ts';
import { customerAt } from '../customers/addresses.ts';
import { storedFile } from '../media/files.ts';
import { attachLink, attachMedia } from '../media/media-rows.ts';
import { takeUp } from './handover.ts';
import { findMessage, insertMessage, messageOf, type MessageRow } from './message-rows.ts';
import { addCustomer, openConversation } from './receive.ts';
import { failUnclaimed } from './delivery.ts';
import { sayPostponed } from './say-status.ts';
import { refuseOptedOut } from '../sending/opt-out.ts';

/**
 * Claims a message before it is sent, so that it is sent at most once whatever happens after. This is also where
 * the 24 hour rule is enforced for good: a flow can wire around `session-guard`, but not around the claim.
 */
export const claimOutbound: CommandFunction<'claimOutbound'> = async (db, context, args) => {
  const existing = await findExisting(db, args);
  if (existing !== undefined) {
    if (args.answer !== null) {
      // Handed over again after an interruption: the answer is on its way or gone, so nothing is sent.
      if (args.more !== true) await takeUp(db, args.answer.inboundId);
      return found(db, context, existing);
    }
    return claimExisting(db, context, args, existing);
  }
  return claimNew(db, context, args, { answerKey: args.answer === null ? null : answerKey(args.answer), retryOf: null });
};

function answerKey(answer: AnswerKey): string {
  const { inboundId, nodeId, nth, part = 1 } = answer;
  return `${inboundId}/${nodeId}/${nth}${part === 1 ? '' : `/${part}`}`;
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
    if (wasTooLate(row) && (args.template !== null || args.fallback)) return claimInstead(db, context, args, row);
    return secondCopy(db, context, row);
  }
  // It came this far before and waits for Twilio.
  if (row.postponed_at !== null) return secondCopy(db, context, row);
  const conversation = row.conversation_id === null ? undefined : await findConversation(db, row.conversation_id);
  const own = messageOf(row);
  await takeUp(db, row.id);
  let what: What;
  try {
    what = await judge(db, context, { ...args, template: args.template ?? own.template ?? null });
  } catch (error) {
    if (!(error instanceof CenterError)) throw error;
    await failUnclaimed(db, context, row, error);
    throw context.keepAndRefuse(error);
  }
  // The flow has the last word on the text: it may have translated or signed it, or have added a file to it.
  const bare = own.media === undefined && own.location === undefined && what.template === null;
  const added =
    bare && args.attachment && conversation !== undefined ? await attach(db, context, args, row.id, conversation) : null;
  const message: WhatsAppMessage = {
    ...own,
    ...added,
    text: what.text === null ? row.text : what.text,
    ...(what.template === null ? {} : { type: 'template', template: what.template }),
    status: args.wait === true ? 'pending' : 'submitting',
  };
  await db
    .updateTable('messages')
    .set({
      ...(args.wait === true
        ? { postponed_at: context.now, postponed_by: args.nodeId ?? null }
        : { status: 'submitting', submitted_at: context.now }),
      // The conversation may have begun with an account that is not there any more; who waits or asks goes by this one.
      account_id: args.accountId,
      text: message.text,
      type: message.type,
      ...(what.template === null ? {} : { content: withMore(row.content, { template: what.template }) }),
      ...(added === null ? {} : { content: withMore(row.content, { media: added.media, location: added.location }) }),
    })
    .where('seq', '=', row.seq)
    .where('status', '=', 'pending')
    .execute();
  if (args.wait === true) await sayPostponed(db, context, row);
  return {
    verdict: args.wait === true ? 'wait' : 'send',
    message,
    conversation: conversation === undefined ? null : snapshot(conversation, context),
  };
}

/** Handed over again while the flow still held the first copy: one of the two was claimed, and nothing is wrong. */
async function secondCopy(db: Database, context: CommandContext, row: MessageRow): Promise<ClaimResult> {
  if (row.handovers > 1) return found(db, context, row);
  throw alreadySent();
}

export function alreadySent(): CenterError {
  return new CenterError(
    'ALREADY_SENT',
    'A message with this id was sent already. A new message needs a new msg.whatsapp.id, or none.',
  );
}

/** Stopped by `session-guard` or here because the window had closed, and never sent. */
function wasTooLate(row: MessageRow): boolean {
  const tooLate = row.error_code === 'SESSION_EXPIRED' || row.error_code === 'SESSION_NONE';
  return row.direction === 'outbound' && row.status === 'failed' && row.submitted_at === null && tooLate;
}

/** A template in the place of a text that came too late: once, as a message of its own that names the first. */
async function claimInstead(db: Database, context: CommandContext, args: ClaimArgs, row: MessageRow): Promise<ClaimResult> {
  const key = `instead/${row.id}`;
  const before = await db.selectFrom('messages').select('id').where('answer_key', '=', key).executeTakeFirst();
  if (before !== undefined) throw alreadySent();
  const claim = { ...args, messageId: null, answer: null, conversationId: row.conversation_id };
  return claimNew(db, context, claim, { answerKey: key, retryOf: row.id });
}

export function withMore(content: string, more: Pick<WhatsAppMessage, 'template' | 'media' | 'location'>): string {
  return JSON.stringify({ ...(JSON.parse(content) as object), ...more });
}

/** A message that a flow sends: an answer to a customer's message, or one of its own. */
async function claimNew(
  db: Database,
  context: CommandContext,
  args: ClaimArgs,
  origin: { answerKey: string | null; retryOf: string | null },
): Promise<ClaimResult> {
  const named = args.conversationId === null ? undefined : await getConversation(db, args.conversationId);
  const closed = named?.state === 'closed';
  if (closed && args.template === null && !args.fallback) throw conversationClosed();
  const author = await knownAuthor(db, args.author);
  const what = await judge(db, context, args);
  if (closed && what.template === null) throw conversationClosed();
  const conversation =
    named !== undefined && !closed ? named : await liveConversation(db, context, { ...args, author, reason: 'message-sent' });

  const id = args.messageId ?? newId();
  const attached = what.template === null && args.attachment ? await attach(db, context, args, id, conversation) : {};
  const message: WhatsAppMessage = {
    id,
    direction: 'outbound',
    type: what.template === null ? 'text' : 'template',
    ...attached,
    text: what.text ?? '',
    from: args.from,
    to: args.to,
    ...(what.template === null ? {} : { template: what.template }),
    author,
    status: args.wait === true ? 'pending' : 'submitting',
    timestamp: new Date(context.now).toISOString(),
  };
  const seq = await insertMessage(db, {
    message,
    conversationId: conversation.id,
    customerId: conversation.customer_id,
    accountId: args.accountId,
    createdAt: context.now,
    ...(args.wait === true ? { postponed: { at: context.now, nodeId: args.nodeId ?? null } } : { submittedAt: context.now }),
    feed: null,
    feedState: FEED_TAKEN,
    ...origin,
  });
  await db
    .updateTable('conversations')
    .set({ last_message_at: context.now, last_seq: seq! })
    .where('id', '=', conversation.id)
    .execute();
  // A template that goes instead goes instead of all parts.
  if (args.answer !== null && (args.more !== true || what.template !== null)) await takeUp(db, args.answer.inboundId);
  context.emit({
    type: 'message.written',
    actor: author,
    conversationId: conversation.id,
    queueId: conversation.queue_id,
    agentId: conversation.agent_id,
    messageId: message.id,
    accountId: args.accountId,
  });
  if (args.wait === true) await sayPostponed(db, context, (await findMessage(db, id))!);
  return { verdict: args.wait === true ? 'wait' : 'send', message, conversation: snapshot(conversation, context) };
}

/** What the message carries, written down before the message itself. */
async function attach(
  db: Database,
  context: CommandContext,
  { attachment, accountId }: ClaimArgs,
  messageId: string,
  conversation: ConversationRow,
): Promise<Pick<WhatsAppMessage, 'type' | 'media' | 'location'> | Record<string, never>> {
  if (!attachment) return {};
  if (attachment.kind === 'location') return { type: 'location', location: attachment.location };
  const belongs = { conversationId: conversation.id, customerId: conversation.customer_id, accountId };
  if (attachment.kind === 'link') {
    const { item, kind } = await attachLink(db, attachment, messageId, belongs, context.now);
    return { type: kind, media: [item] };
  }
  const row = await storedFile(db, attachment.mediaId);
  return { type: row.kind as MediaKind, media: [await attachMedia(db, row, messageId, belongs, context.now)] };
}

/** What goes out; `text` is null where the flow gave none. */
interface What {
  template: TemplateRef | null;
  text: string | null;
}

/**
 * The rules at the moment of sending: nothing to somebody who opted out; templates at any time; free text within the
 * 24 hours, and after them the fallback instead, where there is one.
 * @throws CenterError `OPTED_OUT`, `SESSION_EXPIRED` with the limit text, `SESSION_NONE` for a customer who never wrote
 */
export async function judge(
  db: Database,
  context: Pick<CommandContext, 'now' | 'sessionHours'>,
  args: Pick<ClaimArgs, 'from' | 'to' | 'text' | 'template' | 'fallback'>,
): Promise<What> {
  await refuseOptedOut(db, args.to);
  const asked: What = { template: args.template, text: args.text === '' ? null : args.text };
  if (args.template !== null) return asked;
  const facts = await db
    .selectFrom('windows')
    .innerJoin('customer_addresses', 'customer_addresses.customer_id', 'windows.customer_id')
    .select(['windows.last_customer_at as lastCustomerAt', 'windows.refused_at as refusedAt'])
    .where('customer_addresses.address', '=', args.to)
    .where('windows.sender', '=', args.from)
    .executeTakeFirst();
  const known = facts ?? { lastCustomerAt: null, refusedAt: null };
  if (sessionWindow(known, context.now, context.sessionHours).open) return asked;
  if (args.fallback) return args.fallback;
  throw new CenterError(known.lastCustomerAt === null ? 'SESSION_NONE' : 'SESSION_EXPIRED', LIMIT_TEXT);
}

/** Who writes to whom, and why that opens a conversation. */
type Beginning = Pick<ClaimArgs, 'to' | 'from' | 'accountId' | 'author'> & { reason: string };

/** The customer's live conversation with this sender; a template to somebody new opens one. */
export async function liveConversation(db: Database, context: CommandContext, args: Beginning): Promise<ConversationRow> {
  const known = await customerAt(db, args.to);
  const customerId = known ?? newId();
  if (known === null) await addCustomer(db, customerId, { from: args.to }, context.now);
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
  context.emit({ type: 'conversation.opened', actor, conversationId: id, accountId: args.accountId, reason: args.reason });
  return getConversation(db, id);
}

export function snapshot(row: ConversationRow, context: CommandContext) {
  return snapshotOf(row, context.now, context.sessionHours);
}
