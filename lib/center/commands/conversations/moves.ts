import { sql } from 'kysely';
import { nextState } from '../../../domain/conversation-state.ts';
import { CenterError } from '../../../domain/errors.ts';
import type { Author } from '../../../domain/message.ts';
import type { Database } from '../../../store/schema.ts';
import { newId } from '../../ids.ts';
import type { CommandContext, CommandFunction } from '../context.ts';
import { enterQueue } from '../routing/line.ts';
import { dropOffer } from '../routing/offers.ts';
import { afterLeaving, afterWork } from '../routing/presence.ts';
import { agentNamed, queueNamed } from '../routing/names.ts';
import { writeToCustomer } from '../sending/write.ts';
import { closeRow, setAsideRow } from './agent-work.ts';
import { actingAgent, authorOf, movableConversation, refuseIfMoved } from './actors.ts';
import { type ConversationRow, getConversation, ofConversation } from './conversation-rows.ts';
import { dismiss } from './participants.ts';
import { addNote } from './remarks.ts';
import { conversationAfter, readerOf } from './form.ts';
import { visibleConversation } from './sight.ts';
import { ownedBy } from './owner.ts';

/** Gives a conversation to another queue with a word to whoever takes it there. */
export const transferToQueue: CommandFunction<'transferToQueue'> = async (
  db,
  context,
  { conversationId, by, queueId, note, seenWith },
) => {
  const { row, actor } = await movableConversation(db, conversationId, by);
  refuseIfMoved(row, seenWith);
  const to = await queueNamed(db, queueId);
  // What waits there already keeps its place: somebody else was quicker, or the request was sent again.
  if (row.state === 'open' && row.handled_by === 'queue' && row.queue_id === to)
    return conversationAfter(db, context, conversationId, readerOf(by));
  nextState(row.state, 'release');
  await addNote(db, context, row, note, actor);
  await leaveAgent(db, context, row, actor, 'transferred');
  await enterQueue(db, context, {
    conversationId,
    queueId: to,
    actor,
    event: 'conversation.transferred',
    reason: 'to-queue',
    data: { from: row.agent_id, fromQueue: row.queue_id },
  });
  await afterLeaving(db, context, row.agent_id, actor);
  return conversationAfter(db, context, conversationId, readerOf(by));
};

export const release: CommandFunction<'release'> = async (db, context, { conversationId, by, reason }) => {
  const { row, actor } = await movableConversation(db, conversationId, by);
  // What waits in its queue keeps its place there.
  if (row.state !== 'open' || row.handled_by !== 'queue') await releaseRow(db, context, row, actor, reason ?? 'agent-released');
  return conversationAfter(db, context, conversationId, readerOf(by));
};

/** Back to open in its own queue; the agent who had it is not asked first. */
export async function releaseRow(
  db: Database,
  context: CommandContext,
  row: ConversationRow,
  actor: Author,
  reason: string,
): Promise<void> {
  if (row.queue_id === null) throw new CenterError('ILLEGAL_TRANSITION', 'This conversation belongs to no queue.');
  if (row.state !== 'open') nextState(row.state, 'release');
  await leaveAgent(db, context, row, actor, 'released');
  await enterQueue(db, context, {
    conversationId: row.id,
    queueId: row.queue_id,
    actor,
    event: 'conversation.released',
    reason,
    data: { from: row.agent_id },
  });
  await afterLeaving(db, context, row.agent_id, actor);
}

export const handBack: CommandFunction<'handBack'> = async (db, context, { conversationId, by, note }) => {
  const { row, actor } = await movableConversation(db, conversationId, by);
  const state = nextState(row.state, 'hand-back');
  if (row.handled_by === 'flow') return conversationAfter(db, context, conversationId, readerOf(by));
  await addNote(db, context, row, note, actor);
  await leaveAgent(db, context, row, actor, 'handed-back');
  await db
    .updateTable('conversations')
    .set({
      state,
      handled_by: 'flow',
      agent_id: null,
      queued_at: null,
      accepted_at: null,
      ended_at: null,
      offered: 0,
      unclaimed: 0,
    })
    .where('id', '=', conversationId)
    .execute();
  context.emit({
    type: 'conversation.handed-back',
    reason: actor.kind === 'flow' ? 'flow-took-back' : 'agent-handed-back',
    actor,
    ...ofConversation(row),
    data: { from: row.agent_id },
  });
  await afterLeaving(db, context, row.agent_id, actor);
  return conversationAfter(db, context, conversationId, readerOf(by));
};

export const assign: CommandFunction<'assign'> = async (db, context, { conversationId, by, toAgentId, seenWith }) => {
  const agentId = await agentNamed(db, toAgentId);
  const itself = 'agentId' in by && by.agentId === agentId;
  const before = await getConversation(db, conversationId);
  // "Assign to me" is for everybody who may see the conversation in its queue; giving it to others is not.
  if (itself && before.agent_id === null && before.state !== 'closed') await visibleConversation(db, conversationId, agentId);
  const { row, actor } =
    itself && before.agent_id === null
      ? { row: before, actor: authorOf(await actingAgent(db, agentId)) }
      : await movableConversation(db, conversationId, by);
  refuseIfMoved(row, seenWith);
  if (row.queue_id === null)
    throw new CenterError('ILLEGAL_TRANSITION', 'Queue the conversation first: the flow is handling it.');
  if (row.agent_id === agentId && row.state === 'active') return conversationAfter(db, context, conversationId, readerOf(by));
  const state = row.state === 'active' ? row.state : nextState(row.state, row.state === 'waiting' ? 'reopen' : 'accept');
  await leaveAgent(db, context, row, actor, 'assigned');
  await db
    .updateTable('conversations')
    .set({
      state,
      ...ownedBy(row, agentId, context.now),
      offered: 0,
      unclaimed: 0,
    })
    .where('id', '=', conversationId)
    .execute();
  context.emit({
    type: 'conversation.assigned',
    actor,
    conversationId,
    queueId: row.queue_id,
    agentId,
    reason: itself ? 'assigned-to-self' : actor.kind === 'flow' ? 'assigned-by-flow' : 'assigned-by-supervisor',
    data: { from: row.agent_id, to: agentId },
  });
  if (row.agent_id !== agentId) await afterLeaving(db, context, row.agent_id, actor);
  await afterWork(db, context, agentId, actor);
  return conversationAfter(db, context, conversationId, readerOf(by));
};

export const setAside: CommandFunction<'setAside'> = async (db, context, { conversationId, by, reason }) => {
  const { row, actor } = await movableConversation(db, conversationId, by);
  await setAsideRow(db, context, row, actor, reason ?? 'set-aside');
  return conversationAfter(db, context, conversationId, readerOf(by));
};

export const forceClose: CommandFunction<'forceClose'> = async (db, context, { conversationId, by, reason }) => {
  if ('agentId' in by) {
    const agent = await actingAgent(db, by.agentId);
    if (!agent.supervisor)
      throw new CenterError('FORBIDDEN', 'Only a supervisor may close a conversation that somebody else has.');
  }
  const { row, actor } = await movableConversation(db, conversationId, by);
  await closeRow(db, context, row, 'force-close', actor, reason ?? (actor.kind === 'flow' ? 'closed-by-flow' : 'force-closed'));
  return conversationAfter(db, context, conversationId, readerOf(by));
};

export const sayFromFlow: CommandFunction<'sayFromFlow'> = async (db, context, { conversationId, nodeId, text, messageId }) => {
  const { row } = await movableConversation(db, conversationId, { flow: { nodeId } });
  if (row.queue_id === null)
    throw new CenterError('ILLEGAL_TRANSITION', 'This conversation belongs to no queue, so no notify-agent can send for it.');
  const id = messageId ?? newId();
  await writeToCustomer(db, context, row, id, text, { kind: 'flow', id: nodeId });
  return { messageId: id };
};

/** Ends what the conversation has to do with the agent who had it. */
async function leaveAgent(
  db: Database,
  context: CommandContext,
  row: ConversationRow,
  actor: Author,
  reason: string,
): Promise<void> {
  await dropOffer(db, context, row.id, actor, reason);
  await dismiss(db, context, { conversationId: row.id }, actor, reason);
}

/** A conversation that waits for the customer waits on, with nobody's name on it. */
async function letGo(db: Database, context: CommandContext, row: ConversationRow, actor: Author, reason: string): Promise<void> {
  await dismiss(db, context, { conversationId: row.id }, actor, reason);
  await db.updateTable('conversations').set({ agent_id: null }).where('id', '=', row.id).execute();
  context.emit({
    type: 'conversation.updated',
    actor,
    ...ofConversation(row),
    reason,
  });
}

/** Everything an agent had goes back to open, and their part in others' work ends: they were disabled or removed. */
export async function releaseAllOf(
  db: Database,
  context: CommandContext,
  agentId: string,
  actor: Author,
  reason: string,
): Promise<number> {
  const rows = await db
    .selectFrom('conversations')
    .select(['id', 'state'])
    .where('agent_id', '=', agentId)
    .where('state', '!=', sql.lit('closed' as const))
    .execute();
  for (const { id, state } of rows) {
    const row = await getConversation(db, id);
    if (state === 'wrap-up') await closeRow(db, context, row, 'close', actor, reason);
    else if (state === 'waiting') await letGo(db, context, row, actor, reason);
    else await releaseRow(db, context, row, actor, reason);
  }
  await dismiss(db, context, { agentId }, actor, reason);
  return rows.length;
}
