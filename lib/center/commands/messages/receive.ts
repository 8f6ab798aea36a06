import { sql } from 'kysely';
import { nextState } from '../../../domain/conversation-state.ts';
import type { WhatsAppMessage } from '../../../domain/message.ts';
import { prepared } from '../../../store/prepared.ts';
import { FEED_HANDED, FEED_TAKEN, FEED_WAITING, type Database } from '../../../store/schema.ts';
import type { ReceiveArgs } from '../../contract.ts';
import { newId } from '../../ids.ts';
import type { CommandContext, CommandFunction } from '../context.ts';
import { findForSnapshot, snapshotOf } from '../conversations/conversation-rows.ts';
import { addressesOf, rememberAddress } from '../customers/addresses.ts';
import { joinCustomers } from '../customers/join.ts';
import { isAnyWaiting, isTooOldForFlow } from './feed.ts';
import { insertMessage } from './message-rows.ts';
import { expectMedia, withMediaIds } from '../media/media-rows.ts';
import { enterQueue } from '../routing/line.ts';
import { afterWork } from '../routing/presence.ts';
import { releaseHeld } from '../sending/held.ts';
import { noteWish } from '../sending/opt-out.ts';

/** What receiving needs to know of whoever is known by an address, in one look. */
const standing = prepared((db, p: { address: string; sender: string }) =>
  db
    .selectFrom('customer_addresses')
    .innerJoin('customers', 'customers.id', 'customer_addresses.customer_id')
    .leftJoin('conversations', (join) =>
      join
        .onRef('conversations.customer_id', '=', 'customers.id')
        .on('conversations.sender', '=', p.sender)
        .on('conversations.state', '!=', sql.lit('closed')),
    )
    .select([
      'customer_addresses.address as known_by',
      'customers.id as customer',
      'customers.address',
      'customers.username',
      'customers.profile_name',
      'customers.external_user_id',
      'customers.opted_out_at',
      'customers.opt_out_reason',
      'customers.opted_in_at',
      'conversations.id as conversation',
      'conversations.state',
      'conversations.handled_by',
      'conversations.queue_id',
      'conversations.agent_id',
    ])
    .where('customer_addresses.address', '=', p.address),
);

const isKnown = prepared((db, p: { id: string }) => db.selectFrom('messages').select('conversation_id').where('id', '=', p.id));

const moveWindow = prepared((db, p: { customer: string; sender: string; at: number }) =>
  db
    .insertInto('windows')
    .values({ customer_id: p.customer, sender: p.sender, last_customer_at: p.at, refused_at: null })
    .onConflict((conflict) =>
      conflict
        .columns(['customer_id', 'sender'])
        // Only ever forward: a message that Twilio hands in late must not shorten the window.
        .doUpdateSet({ last_customer_at: p.at, closing_said: 0, closed_said: 0 })
        .where((or) => or.or([or('windows.last_customer_at', 'is', null), or('windows.last_customer_at', '<', p.at)])),
    ),
);

const touchConversation = prepared((db, p: { id: string; at: number; seq: number }) =>
  db
    .updateTable('conversations')
    .set((e) => ({
      last_message_at: p.at,
      last_seq: p.seq,
      unread: e('unread', '+', 1),
      customer_wrote_at: p.at,
      timeouts_acted: '[]',
    }))
    .where('id', '=', p.id),
);

/**
 * A customer's message: kept once whatever the number of webhooks, with its conversation, window and place in the
 * flow's feed. A closed conversation stays closed, so a new one begins; a waiting one is offered again.
 */
export const receive: CommandFunction<'receive'> = async (db, context, args) => {
  const { accountId, message: arrived, routed } = args;
  if (!routed) return receiveUnrouted(db, context, accountId, arrived);

  const message = withMediaIds(arrived);
  const receivedAt = Date.parse(message.timestamp);
  const rows = await whoWrites(db, context, message);
  const known = rows[0];
  const customerId = known?.customer ?? newId();
  const conversationId = known?.conversation ?? newId();
  const opens = known?.conversation === undefined || known.conversation === null;
  const feed = `in:${accountId}`;
  const handed = (await isHandedAtOnce(db, context, args, known, feed)) ? { at: context.now, by: args.handTo! } : null;
  const seq = await insertMessage(db, {
    message,
    conversationId,
    customerId,
    accountId,
    createdAt: receivedAt,
    opens,
    feed,
    feedState: handed === null ? FEED_WAITING : FEED_HANDED,
    handed,
  });
  if (seq === undefined) {
    const [first] = await isKnown(db, { id: message.id });
    return { duplicate: true, messageId: message.id, conversationId: first?.conversation_id ?? null, handed: null };
  }

  if (known === undefined) await addCustomer(db, customerId, message, context.now);
  else await learn(db, rows, message, receivedAt);
  const files = message.media?.length ?? 0;
  if (files > 0) await expectMedia(db, message, { conversationId, customerId, accountId }, context.now);
  await moveWindow(db, { customer: customerId, sender: message.to, at: receivedAt });

  const actor = { kind: 'customer' as const, id: customerId };
  if (opens) {
    await openConversation(db, {
      id: conversationId,
      customerId,
      accountId,
      sender: message.to,
      at: context.now,
      seq,
      text: message.text,
      unread: 1,
    });
    context.emit({
      type: 'conversation.opened',
      actor,
      conversationId,
      accountId,
      messageId: message.id,
      reason: 'customer-wrote',
    });
  } else {
    await touchConversation(db, { id: conversationId, at: context.now, seq });
  }
  context.emit({
    type: 'message.received',
    actor,
    conversationId,
    accountId,
    messageId: message.id,
    queueId: known?.queue_id ?? null,
    agentId: known?.agent_id ?? null,
    data: { type: message.type, ...(files === 0 ? {} : { media: files }) },
    handed: handed !== null,
  });
  const optStanding = known ?? { opted_out_at: null, opt_out_reason: null, opted_in_at: null };
  await noteWish(db, context, { ...optStanding, id: customerId }, message, {
    conversationId,
    accountId,
    messageId: message.id,
    queueId: known?.queue_id ?? null,
    agentId: known?.agent_id ?? null,
  });
  if (!opens && known?.state) await wakeConversation(db, context, conversationId, known.state, known.agent_id);
  if (!opens) await releaseHeld(db, context, conversationId);
  if (handed === null) return { duplicate: false, messageId: message.id, conversationId, handed: null };
  const conversation = (await findForSnapshot(db, conversationId))!;
  return {
    duplicate: false,
    messageId: message.id,
    conversationId,
    handed: { seq, conversation: snapshotOf(conversation, context.now, context.sessionHours, opens) },
  };
};

/**
 * Whether the flow gets a message with the commit that receives it: one that waits, of a conversation in the flow's hands, with
 * nothing before it. Everything else goes by the feed, where the rules for it are: what agents handle, what is too old, files.
 */
async function isHandedAtOnce(
  db: Database,
  context: CommandContext,
  { message, handTo }: ReceiveArgs,
  known: Standing | undefined,
  feed: string,
): Promise<boolean> {
  if (handTo === undefined || (message.media?.length ?? 0) > 0) return false;
  if ((known?.handled_by ?? 'flow') !== 'flow') return false;
  if (isTooOldForFlow(context, Date.parse(message.timestamp))) return false;
  return !(await isAnyWaiting(db, feed));
}

/** What the customer's message does to the state: a waiting conversation is open again, one in wrap-up is active again. */
async function wakeConversation(
  db: Database,
  context: CommandContext,
  conversationId: string,
  state: 'open' | 'active' | 'waiting' | 'wrap-up' | 'closed',
  agentId: string | null,
): Promise<void> {
  const next = nextState(state, 'customer-wrote');
  if (next === state) return;
  if (next === 'active') {
    await db.updateTable('conversations').set({ state: next, ended_at: null }).where('id', '=', conversationId).execute();
    context.emit({
      type: 'conversation.updated',
      actor: { kind: 'customer' },
      conversationId,
      reason: 'customer-wrote',
      data: { state: next },
    });
    if (agentId !== null) await afterWork(db, context, agentId, 'circumstances');
    return;
  }
  const row = await db
    .selectFrom('conversations')
    .leftJoin('queues', 'queues.id', 'conversations.queue_id')
    .select(['conversations.queue_id', 'conversations.last_agent', 'queues.keep_agent'])
    .where('conversations.id', '=', conversationId)
    .executeTakeFirstOrThrow();
  await enterQueue(db, context, {
    conversationId,
    queueId: row.queue_id!,
    actor: { kind: 'customer' },
    event: 'conversation.queued',
    reason: 'customer-wrote',
    preferred: row.keep_agent === 1 && row.last_agent !== null ? { agentId: row.last_agent, only: false } : null,
  });
}

/** A message to a number that is not the account's sender is kept, belongs to no conversation and is fed to no flow. */
async function receiveUnrouted(db: Database, context: CommandContext, accountId: string, message: WhatsAppMessage) {
  const seq = await insertMessage(db, {
    message,
    conversationId: null,
    customerId: null,
    accountId,
    createdAt: Date.parse(message.timestamp),
    feed: null,
    feedState: FEED_TAKEN,
  });
  if (seq !== undefined) {
    context.emit({
      type: 'message.unrouted',
      actor: { kind: 'customer' },
      messageId: message.id,
      accountId,
      reason: 'unknown-sender',
    });
  }
  return { duplicate: seq === undefined, messageId: message.id, conversationId: null, handed: null };
}

type Standing = Awaited<ReturnType<typeof standing>>[number];

async function standingOf(db: Database, message: WhatsAppMessage): Promise<Standing[]> {
  const [address, other] = addressesOf(message);
  const rows = await standing(db, { address, sender: message.to });
  return other === null ? rows : [...rows, ...(await standing(db, { address: other, sender: message.to }))];
}

/**
 * The customer who wrote, once for each address of the message that is known; none for somebody new. Two customers whose
 * addresses come in one message turn out to be one; that is settled before the message is kept, and only when it is not here yet.
 */
async function whoWrites(db: Database, context: CommandContext, message: WhatsAppMessage): Promise<Standing[]> {
  const rows = await standingOf(db, message);
  const [one, another] = rows;
  if (one === undefined || another === undefined || one.customer === another.customer) return rows;
  const [duplicate] = await isKnown(db, { id: message.id });
  if (duplicate !== undefined) return rows;
  await joinCustomers(db, context, one.customer, another.customer);
  return standingOf(db, message);
}

/** Takes over what a message says about its sender that was not known. */
async function learn(db: Database, rows: Standing[], message: WhatsAppMessage, receivedAt: number): Promise<void> {
  const known = rows[0]!;
  for (const address of addressesOf(message)) {
    if (address === null || rows.some(({ known_by }) => known_by === address)) continue;
    await rememberAddress(db, known.customer, address);
  }
  if (hasNews(known, message)) await updateCustomer(db, known.customer, message);
  // Answers go to the address the customer wrote from last; a message that comes late says nothing about that.
  if (known.address !== message.from && !(await wroteSince(db, known.customer, receivedAt))) {
    await db.updateTable('customers').set({ address: message.from }).where('id', '=', known.customer).execute();
  }
}

async function wroteSince(db: Database, customerId: string, at: number): Promise<boolean> {
  const later = await db
    .selectFrom('windows')
    .select('sender')
    .where('customer_id', '=', customerId)
    .where('last_customer_at', '>', at)
    .executeTakeFirst();
  return later !== undefined;
}

function hasNews(known: Standing, message: WhatsAppMessage): boolean {
  return (
    (message.profileName !== undefined && message.profileName !== known.profile_name) ||
    (message.username !== undefined && message.username !== known.username) ||
    (message.externalUserId !== undefined && message.externalUserId !== known.external_user_id)
  );
}

const insertConversation = prepared((db, p: NewConversation) =>
  db.insertInto('conversations').values({
    id: p.id,
    customer_id: p.customerId,
    account_id: p.accountId,
    sender: p.sender,
    state: 'open',
    handled_by: 'flow',
    authenticated: 0,
    records: '[]',
    attributes: '{}',
    tags: '[]',
    opened_at: p.at,
    last_message_at: p.at,
    last_seq: p.seq,
    first_text: p.text,
    unread: p.unread,
    content_released: 0,
  }),
);

/** What a conversation begins with. */
export interface NewConversation {
  id: string;
  customerId: string;
  accountId: string;
  sender: string;
  at: number;
  seq: number | null;
  text: string | null;
  unread: number;
}

/** Opens a conversation that the flow handles; its customer may have written or be written to first. */
export async function openConversation(db: Database, entry: NewConversation): Promise<void> {
  await insertConversation(db, { ...entry });
}

type NewCustomer = Pick<WhatsAppMessage, 'from' | 'profileName' | 'waId' | 'externalUserId' | 'username'>;

const insertCustomer = prepared(
  (
    db,
    p: {
      id: string;
      address: string;
      profileName: string | null;
      waId: string | null;
      externalUserId: string | null;
      username: string | null;
      now: number;
    },
  ) =>
    db.insertInto('customers').values({
      id: p.id,
      address: p.address,
      profile_name: p.profileName,
      wa_id: p.waId,
      external_user_id: p.externalUserId,
      username: p.username,
      created_at: p.now,
    }),
);

/** Makes a customer known by address. */
export async function addCustomer(db: Database, id: string, message: NewCustomer, now: number): Promise<void> {
  await insertCustomer(db, {
    id,
    address: message.from,
    profileName: message.profileName ?? null,
    waId: message.waId ?? null,
    externalUserId: message.externalUserId ?? null,
    username: message.username ?? null,
    now,
  });
  for (const address of addressesOf(message)) if (address !== null) await rememberAddress(db, id, address);
}

async function updateCustomer(db: Database, id: string, message: WhatsAppMessage): Promise<void> {
  await db
    .updateTable('customers')
    .set({
      ...(message.profileName === undefined ? {} : { profile_name: message.profileName }),
      ...(message.externalUserId === undefined ? {} : { external_user_id: message.externalUserId }),
      ...(message.username === undefined ? {} : { username: message.username }),
    })
    .where('id', '=', id)
    .execute();
}
