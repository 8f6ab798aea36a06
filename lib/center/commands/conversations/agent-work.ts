import { nextState } from '../../../domain/conversation-state.ts';
import { CenterError } from '../../../domain/errors.ts';
import type { Author } from '../../../domain/message.ts';
import type { Database } from '../../../store/schema.ts';
import type { CommandContext, CommandFunction } from '../context.ts';
import { dropOffer, endOffer, isAsked } from '../routing/offers.ts';
import { afterLeaving, afterWork } from '../routing/presence.ts';
import { cancelAllHeld } from '../sending/held.ts';
import { actingAgent, authorOf, ownConversation } from './actors.ts';
import { type ConversationRow, getConversation, ofConversation } from './conversation-rows.ts';
import { acceptInvitation } from './invitations.ts';
import { conversationFor } from './form.ts';
import { dismiss } from './participants.ts';
import { visibleConversation } from './sight.ts';
import { ownedBy } from './owner.ts';

/** Exactly one agent wins; the same agent's second tab is told that it is there already. */
export const accept: CommandFunction<'accept'> = async (db, context, { conversationId, agentId }) => {
  const actor = await actingAgent(db, agentId);
  const row = await getConversation(db, conversationId);
  if (row.agent_id === agentId && row.state === 'active') return conversationFor(db, context, conversationId, agentId);
  if (await acceptInvitation(db, context, row, actor)) return conversationFor(db, context, conversationId, agentId);
  refuseTaken(row, agentId);
  if (row.agent_id !== agentId && row.state !== 'closed') await visibleConversation(db, conversationId, agentId);
  const state = nextState(row.state, row.state === 'waiting' ? 'reopen' : 'accept');
  const won = await db
    .updateTable('conversations')
    .set({
      state,
      ...ownedBy(row, agentId, context.now),
    })
    .where('id', '=', conversationId)
    .where('state', '=', row.state)
    .where((e) => e.or([e('agent_id', 'is', null), e('agent_id', '=', agentId)]))
    .executeTakeFirst();
  if (won.numUpdatedRows === 0n) throw new CenterError('ALREADY_ACCEPTED', 'Another agent has accepted this conversation.');
  // Who opens again what was set aside kept nobody waiting.
  const inQueueSince = row.accepted_at === null ? row.queued_at : null;
  const wasAsked = await isAsked(db, conversationId, agentId);
  const offer = await endOffer(db, context, conversationId, 'accepted', agentId);
  context.emit({
    type: 'offer.accepted',
    actor: authorOf(actor),
    conversationId,
    queueId: row.queue_id,
    agentId,
    reason: row.state === 'waiting' ? 'reopened' : wasAsked ? 'offered' : 'picked',
    data: { offerId: offer?.id ?? null, waitedMs: inQueueSince === null ? 0 : Math.max(0, context.now - inQueueSince) },
  });
  // Whoever read along and has it now is the owner, not a guest.
  await dismiss(db, context, { conversationId, agentId }, authorOf(actor), 'accepted');
  await afterWork(db, context, agentId, 'own');
  return conversationFor(db, context, conversationId, agentId);
};

function refuseTaken(row: ConversationRow, agentId: string): void {
  if (row.agent_id !== null && row.agent_id !== agentId && row.state !== 'closed') {
    const name = row.agent_name ?? 'another agent';
    throw new CenterError('ALREADY_ACCEPTED', `${name} has accepted this conversation.`, { details: { agent: name } });
  }
  if (row.handled_by === 'flow' && row.state === 'open') {
    throw new CenterError('ILLEGAL_TRANSITION', 'The flow is handling this conversation; it is not in a queue.');
  }
}

export const endConversation: CommandFunction<'endConversation'> = async (db, context, { conversationId, agentId }) => {
  const actor = await actingAgent(db, agentId);
  const row = await ownConversation(db, conversationId, agentId);
  if (row.state === 'wrap-up') return conversationFor(db, context, conversationId, agentId);
  const state = nextState(row.state, 'end');
  await dropOffer(db, context, conversationId, authorOf(actor), 'ended');
  await db.updateTable('conversations').set({ state, ended_at: context.now }).where('id', '=', conversationId).execute();
  context.emit({
    type: 'conversation.wrap-up',
    actor: authorOf(actor),
    conversationId,
    queueId: row.queue_id,
    agentId,
    reason: 'agent-ended',
  });
  await afterWork(db, context, agentId, 'own');
  return conversationFor(db, context, conversationId, agentId);
};

export const closeConversation: CommandFunction<'closeConversation'> = async (db, context, { conversationId, agentId }) => {
  const actor = authorOf(await actingAgent(db, agentId));
  const row = await ownConversation(db, conversationId, agentId);
  if (row.state === 'active') await setAsideRow(db, context, row, actor, 'agent-set-aside');
  else if (row.state === 'wrap-up') {
    await requireDisposition(db, row);
    await closeRow(db, context, row, 'close', actor, 'agent-closed');
  } else if (row.state !== 'closed') nextState(row.state, 'close');
  return conversationFor(db, context, conversationId, agentId);
};

/** @throws CenterError `DISPOSITION_REQUIRED` where the queue wants a code and none was chosen */
async function requireDisposition(db: Database, row: ConversationRow): Promise<void> {
  if (row.dispositions !== '[]' || row.queue_id === null) return;
  const queue = await db
    .selectFrom('queues')
    .select(['disposition_mandatory', 'dispositions'])
    .where('id', '=', row.queue_id)
    .executeTakeFirst();
  if (queue?.disposition_mandatory === 1 && queue.dispositions !== '[]') {
    throw new CenterError('DISPOSITION_REQUIRED', 'Choose how this conversation ended before you close it.');
  }
}

/** Active → waiting: the agent is free again, and the customer’s next message brings it back. */
export async function setAsideRow(
  db: Database,
  context: CommandContext,
  row: ConversationRow,
  actor: Author,
  reason: string,
): Promise<void> {
  const state = nextState(row.state, 'set-aside');
  // What was asked of a colleague ends with the session it was asked in.
  await dropOffer(db, context, row.id, actor, 'set-aside');
  await dismiss(db, context, { conversationId: row.id, role: 'consult' }, actor, 'set-aside');
  await db.updateTable('conversations').set({ state }).where('id', '=', row.id).execute();
  context.emit({
    type: 'conversation.waiting',
    actor,
    ...ofConversation(row),
    reason,
  });
  if (row.agent_id !== null) await afterWork(db, context, row.agent_id, actor);
}

/** The one way to closed, from whatever state allows it. */
export async function closeRow(
  db: Database,
  context: CommandContext,
  row: ConversationRow,
  transition: 'close' | 'window-ended' | 'time-out' | 'force-close',
  actor: Author,
  reason: string,
): Promise<void> {
  const state = nextState(row.state, transition);
  await dropOffer(db, context, row.id, actor, 'closed');
  await cancelAllHeld(db, context, row, actor);
  await db
    .updateTable('conversations')
    .set({ state, closed_at: context.now, close_reason: reason })
    .where('id', '=', row.id)
    .execute();
  await dismiss(db, context, { conversationId: row.id }, actor, 'closed');
  context.emit({
    type: 'conversation.closed',
    actor,
    ...ofConversation(row),
    reason,
  });
  await afterLeaving(db, context, row.agent_id, actor);
}

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
