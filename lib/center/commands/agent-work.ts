import { nextState } from '../../domain/conversation-state.ts';
import { CenterError } from '../../domain/errors.ts';
import type { Author } from '../../domain/message.ts';
import { checkContent } from '../../domain/outbound-content.ts';
import { FEED_WAITING, type Database } from '../../store/schema.ts';
import type { CommandFunction } from './context.ts';
import { getConversation, type ConversationRow } from './conversation-rows.ts';
import { endOffer } from './offers.ts';
import { findMessage, insertMessage, viewOf } from './message-rows.ts';
import { conversationFor } from './views.ts';

/** @throws CenterError `FORBIDDEN` for a disabled agent, `UNKNOWN_AGENT` */
async function actingAgent(db: Database, agentId: string): Promise<Author & { id: string }> {
  const agent = await db.selectFrom('agents').select(['name', 'disabled']).where('id', '=', agentId).executeTakeFirst();
  if (agent === undefined) throw new CenterError('UNKNOWN_AGENT', 'There is no such agent.');
  if (agent.disabled === 1) throw new CenterError('FORBIDDEN', 'This agent is disabled.');
  return { kind: 'agent', id: agentId, name: agent.name };
}

/** The agent's own conversation. @throws CenterError `NOT_YOUR_CONVERSATION`, `UNKNOWN_CONVERSATION` */
async function ownConversation(db: Database, conversationId: string, agentId: string): Promise<ConversationRow> {
  const row = await getConversation(db, conversationId);
  if (row.agent_id !== agentId) {
    throw new CenterError(
      'NOT_YOUR_CONVERSATION',
      row.agent_name === null ? 'Accept the conversation first.' : `This conversation is with ${row.agent_name}.`,
    );
  }
  return row;
}

/** Exactly one agent wins; the same agent's second tab is told that it is there already. */
export const accept: CommandFunction<'accept'> = async (db, context, { conversationId, agentId }) => {
  const actor = await actingAgent(db, agentId);
  const row = await getConversation(db, conversationId);
  if (row.agent_id === agentId && row.state === 'active') return conversationFor(db, context, conversationId, agentId);
  if (row.agent_id !== null && row.agent_id !== agentId && row.state !== 'closed') {
    const name = row.agent_name ?? 'another agent';
    throw new CenterError('ALREADY_ACCEPTED', `${name} has accepted this conversation.`, { details: { agent: name } });
  }
  if (row.handled_by === 'flow' && row.state === 'open') {
    throw new CenterError('ILLEGAL_TRANSITION', 'The flow is handling this conversation; it is not in a queue.');
  }
  const state = nextState(row.state, row.state === 'waiting' ? 'reopen' : 'accept');
  const won = await db
    .updateTable('conversations')
    .set({ state, handled_by: 'agent', agent_id: agentId, accepted_at: context.now, ended_at: null })
    .where('id', '=', conversationId)
    .where('state', '=', row.state)
    .where((e) => e.or([e('agent_id', 'is', null), e('agent_id', '=', agentId)]))
    .executeTakeFirst();
  if (won.numUpdatedRows === 0n) throw new CenterError('ALREADY_ACCEPTED', 'Another agent has accepted this conversation.');
  const offerId = await endOffer(db, context, conversationId, 'accepted', agentId);
  context.emit({
    type: 'offer.accepted',
    actor,
    conversationId,
    queueId: row.queue_id,
    agentId,
    reason: offerId === null ? (row.state === 'waiting' ? 'reopened' : 'picked') : null,
    data: { offerId, waitedMs: row.queued_at === null ? 0 : Math.max(0, context.now - row.queued_at) },
  });
  return conversationFor(db, context, conversationId, agentId);
};

/** Keeps an agent's answer as pending; the flow of its queue takes it from there. */
export const reply: CommandFunction<'reply'> = async (db, context, { conversationId, agentId, messageId, text }) => {
  const actor = await actingAgent(db, agentId);
  const row = await ownConversation(db, conversationId, agentId);
  const known = await findMessage(db, messageId);
  if (known !== undefined) {
    if (known.conversation_id !== conversationId || known.author_id !== agentId) {
      throw new CenterError('INVALID_REQUEST', 'This message id is in use.');
    }
    return viewOf(known, await isServed(db, row.queue_id), false);
  }
  if (row.state === 'closed')
    throw new CenterError('CONVERSATION_CLOSED', 'This conversation is closed. The customer’s next message opens a new one.');
  if (row.state !== 'active')
    throw new CenterError('ILLEGAL_TRANSITION', `This conversation is in ${row.state}: open it again to answer.`);
  checkContent(text, null);
  const seq = await insertMessage(db, {
    message: {
      id: messageId,
      direction: 'outbound',
      type: 'text',
      text,
      from: row.sender,
      to: row.address,
      author: actor,
      status: 'pending',
      timestamp: new Date(context.now).toISOString(),
    },
    conversationId,
    customerId: row.customer_id,
    accountId: row.account_id,
    createdAt: context.now,
    feed: `out:${row.queue_id}`,
    feedState: FEED_WAITING,
  });
  await db
    .updateTable('conversations')
    .set({ last_message_at: context.now, last_seq: seq!, unread: 0 })
    .where('id', '=', conversationId)
    .execute();
  await db.deleteFrom('drafts').where('conversation_id', '=', conversationId).where('agent_id', '=', agentId).execute();
  context.emit({
    type: 'message.written',
    actor,
    conversationId,
    queueId: row.queue_id,
    agentId,
    messageId,
    accountId: row.account_id,
  });
  return viewOf((await findMessage(db, messageId))!, await isServed(db, row.queue_id), false);
};

async function isServed(db: Database, queueId: string | null): Promise<boolean> {
  if (queueId === null) return false;
  const queue = await db.selectFrom('queues').select('node_id').where('id', '=', queueId).executeTakeFirst();
  return queue !== undefined && queue.node_id !== null;
}

export const endConversation: CommandFunction<'endConversation'> = async (db, context, { conversationId, agentId }) => {
  const actor = await actingAgent(db, agentId);
  const row = await ownConversation(db, conversationId, agentId);
  if (row.state === 'wrap-up') return conversationFor(db, context, conversationId, agentId);
  const state = nextState(row.state, 'end');
  await db.updateTable('conversations').set({ state, ended_at: context.now }).where('id', '=', conversationId).execute();
  context.emit({ type: 'conversation.wrap-up', actor, conversationId, queueId: row.queue_id, agentId, reason: 'agent-ended' });
  return conversationFor(db, context, conversationId, agentId);
};

export const closeConversation: CommandFunction<'closeConversation'> = async (db, context, { conversationId, agentId }) => {
  const actor = await actingAgent(db, agentId);
  const row = await ownConversation(db, conversationId, agentId);
  const about = { actor, conversationId, queueId: row.queue_id, agentId };
  if (row.state === 'active') {
    const state = nextState(row.state, 'set-aside');
    await db.updateTable('conversations').set({ state }).where('id', '=', conversationId).execute();
    context.emit({ type: 'conversation.waiting', ...about, reason: 'agent-set-aside' });
  } else if (row.state !== 'closed') {
    const state = nextState(row.state, 'close');
    await db
      .updateTable('conversations')
      .set({ state, closed_at: context.now, close_reason: 'agent-closed' })
      .where('id', '=', conversationId)
      .execute();
    context.emit({ type: 'conversation.closed', ...about, reason: 'agent-closed' });
  }
  return conversationFor(db, context, conversationId, agentId);
};

export const markSeen: CommandFunction<'markSeen'> = async (db, context, { conversationId, agentId }) => {
  const row = await ownConversation(db, conversationId, agentId);
  if (row.unread === 0) return null;
  await db.updateTable('conversations').set({ unread: 0 }).where('id', '=', conversationId).execute();
  context.emit({
    type: 'conversation.seen',
    actor: { kind: 'agent', id: agentId },
    conversationId,
    queueId: row.queue_id,
    agentId,
  });
  return null;
};

export const saveDraft: CommandFunction<'saveDraft'> = async (db, context, { conversationId, agentId, text }) => {
  await ownConversation(db, conversationId, agentId);
  if (text === '') {
    await db.deleteFrom('drafts').where('conversation_id', '=', conversationId).where('agent_id', '=', agentId).execute();
    return null;
  }
  await db
    .insertInto('drafts')
    .values({ conversation_id: conversationId, agent_id: agentId, text, saved_at: context.now })
    .onConflict((conflict) => conflict.columns(['conversation_id', 'agent_id']).doUpdateSet({ text, saved_at: context.now }))
    .execute();
  return null;
};
