import { CenterError } from '../../../domain/errors.ts';
import type { CommandFunction } from '../context.ts';
import { actingAgent, actingSupervisor, authorOf } from './actors.ts';
import { getConversation } from './conversation-rows.ts';
import { conversationFor } from './form.ts';

export const attend: CommandFunction<'attend'> = async (db, context, { conversationId, agentId, as }) => {
  const actor = await actingSupervisor(db, agentId);
  const row = await getConversation(db, conversationId);
  if (row.state === 'closed') throw new CenterError('CONVERSATION_CLOSED', 'This conversation is closed.');
  if (as === 'join' && row.state !== 'active')
    throw new CenterError('ILLEGAL_TRANSITION', 'Only an active conversation can be joined.');
  await db
    .insertInto('participants')
    .values({ conversation_id: conversationId, agent_id: agentId, role: as, since: context.now })
    .onConflict((conflict) => conflict.columns(['conversation_id', 'agent_id']).doUpdateSet({ role: as }))
    .execute();
  context.emit({
    type: 'supervisor.attended',
    actor: authorOf(actor),
    conversationId,
    queueId: row.queue_id,
    agentId,
    reason: as,
  });
  return conversationFor(db, context, conversationId, agentId);
};

export const leave: CommandFunction<'leave'> = async (db, context, { conversationId, agentId }) => {
  const actor = await actingAgent(db, agentId);
  const part = await db
    .selectFrom('participants')
    .select('role')
    .where('conversation_id', '=', conversationId)
    .where('agent_id', '=', agentId)
    .executeTakeFirst();
  if (part === undefined) return null;
  const row = await getConversation(db, conversationId);
  await db.deleteFrom('participants').where('conversation_id', '=', conversationId).where('agent_id', '=', agentId).execute();
  context.emit({
    type: part.role === 'consult' ? 'consult.ended' : 'supervisor.left',
    actor: authorOf(actor),
    conversationId,
    queueId: row.queue_id,
    agentId,
    reason: 'left',
  });
  return null;
};
