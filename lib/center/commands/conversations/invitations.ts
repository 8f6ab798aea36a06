import { CenterError } from '../../../domain/errors.ts';
import { isWorking } from '../../../domain/routing.ts';
import type { Database } from '../../../store/schema.ts';
import type { CommandContext, CommandFunction } from '../context.ts';
import { createOffer, dropOffer, endOffer, pendingOffer } from '../routing/offers.ts';
import { afterWork } from '../routing/presence.ts';
import { drainLines } from '../routing/routing.ts';
import { agentNamed } from '../routing/names.ts';
import { workloadOf } from '../routing/workload.ts';
import { actingAgent, authorOf, movableConversation, ownConversation, refuseIfMoved, type ActingAgent } from './actors.ts';
import type { ConversationRow } from './conversation-rows.ts';
import { roleOf, takePart } from './participants.ts';
import { addNote } from './remarks.ts';
import { conversationAfter, conversationFor, readerOf } from './form.ts';
import { ownedBy } from './owner.ts';

/** Offers the conversation to a colleague; it stays with the first agent until the second one has accepted. */
export const transferToAgent: CommandFunction<'transferToAgent'> = async (
  db,
  context,
  { conversationId, by, toAgentId, note, seenWith },
) => {
  const { row, actor } = await movableConversation(db, conversationId, by);
  refuseIfMoved(row, seenWith);
  await invite(db, context, row, {
    kind: 'transfer',
    toAgentId: await agentNamed(db, toAgentId),
    fromAgent: actor.kind === 'agent' ? actor.id! : row.agent_id,
    note,
  });
  await addNote(db, context, row, note, actor);
  return conversationAfter(db, context, conversationId, readerOf(by));
};

/** Asks a colleague in for advice; costs neither of them capacity. */
export const consult: CommandFunction<'consult'> = async (db, context, { conversationId, agentId, toAgentId, note }) => {
  const actor = await actingAgent(db, agentId);
  const row = await ownConversation(db, conversationId, agentId);
  const role = await roleOf(db, conversationId, toAgentId);
  // Whoever reads along in silence can be asked to speak.
  if (role === 'consult' || role === 'join') throw new CenterError('INVALID_REQUEST', 'This colleague takes part already.');
  await invite(db, context, row, { kind: 'consult', toAgentId, fromAgent: agentId, note });
  await addNote(db, context, row, note, authorOf(actor));
  return conversationFor(db, context, conversationId, agentId);
};

async function invite(
  db: Database,
  context: CommandContext,
  row: ConversationRow,
  invitation: { kind: 'transfer' | 'consult'; toAgentId: string; fromAgent: string | null; note?: string },
): Promise<void> {
  const { kind, toAgentId, fromAgent, note } = invitation;
  if (row.state !== 'active')
    throw new CenterError('ILLEGAL_TRANSITION', `A conversation that is ${row.state} cannot be passed to a colleague.`);
  if (toAgentId === row.agent_id) throw new CenterError('INVALID_REQUEST', 'The conversation is with this agent already.');
  await checkColleague(db, context, row, toAgentId, kind);
  if ((await pendingOffer(db, row.id)) !== undefined) {
    throw new CenterError('INVITATION_PENDING', 'A colleague has been asked already. Take that back first.');
  }
  await createOffer(db, context, {
    conversationId: row.id,
    queueId: row.queue_id!,
    agentIds: [toAgentId],
    kind,
    fromAgent,
    note: note ?? null,
  });
}

/** @throws CenterError `UNKNOWN_AGENT`, `AGENT_UNAVAILABLE` for somebody absent, `AGENT_FULL` for somebody with no capacity left */
async function checkColleague(
  db: Database,
  context: CommandContext,
  row: ConversationRow,
  agentId: string,
  kind: 'transfer' | 'consult',
): Promise<void> {
  const agent = await db
    .selectFrom('agents')
    .select(['name', 'presence', 'disabled'])
    .where('id', '=', agentId)
    .executeTakeFirst();
  if (agent === undefined || agent.disabled === 1) throw new CenterError('UNKNOWN_AGENT', 'There is no such agent.');
  if (!isWorking(agent.presence)) {
    // Full is not the same as away: it says when to try again.
    const { used, total } = await workloadOf(db, context.now, agentId);
    if (kind === 'transfer' && agent.presence === 'dnd' && used >= total)
      throw new CenterError('AGENT_FULL', `${agent.name} has no capacity left.`);
    throw new CenterError('AGENT_UNAVAILABLE', `${agent.name} is not available now.`);
  }
  if (kind === 'consult') return;
  const queue = await db.selectFrom('queues').select('units').where('id', '=', row.queue_id!).executeTakeFirst();
  const { used, total } = await workloadOf(db, context.now, agentId);
  if (total - used < (queue?.units ?? 1)) throw new CenterError('AGENT_FULL', `${agent.name} has no capacity left.`);
}

/** Takes up an invitation to this agent, if there is one. */
export async function acceptInvitation(
  db: Database,
  context: CommandContext,
  row: ConversationRow,
  agent: ActingAgent,
): Promise<boolean> {
  const offer = await pendingOffer(db, row.id);
  if (offer === undefined || offer.kind === 'incoming') return false;
  const part = await db
    .selectFrom('offer_agents')
    .select('state')
    .where('offer_id', '=', offer.id)
    .where('agent_id', '=', agent.id)
    .executeTakeFirst();
  if (part?.state !== 'pending') return false;
  await endOffer(db, context, row.id, 'accepted', agent.id);
  const about = { actor: authorOf(agent), conversationId: row.id, queueId: row.queue_id, agentId: agent.id };
  if (offer.kind === 'consult') {
    await takePart(db, context, row.id, agent.id, 'consult');
    context.emit({ type: 'consult.started', ...about, data: { offerId: offer.id, from: offer.from_agent } });
    await drainLines(db, context);
    return true;
  }
  await db
    .updateTable('conversations')
    .set({
      ...ownedBy(row, agent.id, context.now),
      dispositions: '[]',
    })
    .where('id', '=', row.id)
    .execute();
  // Whoever advised before and takes over now is the owner, not a guest.
  await db.deleteFrom('participants').where('conversation_id', '=', row.id).where('agent_id', '=', agent.id).execute();
  context.emit({
    type: 'conversation.transferred',
    ...about,
    reason: 'to-agent',
    data: { offerId: offer.id, from: row.agent_id, to: agent.id },
  });
  if (row.agent_id !== null) await afterWork(db, context, row.agent_id, 'others');
  await afterWork(db, context, agent.id, 'own');
  return true;
}

export const cancelInvitation: CommandFunction<'cancelInvitation'> = async (db, context, { conversationId, agentId }) => {
  const { actor } = await movableConversation(db, conversationId, { agentId });
  const offer = await pendingOffer(db, conversationId);
  if (offer === undefined || offer.kind === 'incoming') return null;
  await dropOffer(db, context, conversationId, actor, 'taken-back');
  await drainLines(db, context);
  return null;
};
