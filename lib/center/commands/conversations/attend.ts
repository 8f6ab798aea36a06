import { CenterError } from '../../../domain/errors.ts';
import type { CommandFunction } from '../context.ts';
import { actingAgent, actingSupervisor, authorOf } from './actors.ts';
import { conversationClosed, getConversation } from './conversation-rows.ts';
import { conversationFor } from './form.ts';
import { dismiss, takePart } from './participants.ts';

export const attend: CommandFunction<'attend'> = async (db, context, { conversationId, agentId, as }) => {
  const actor = await actingSupervisor(db, agentId);
  const row = await getConversation(db, conversationId);
  if (row.state === 'closed') throw conversationClosed();
  // Whoever has it takes part already.
  if (row.agent_id === agentId) return conversationFor(db, context, conversationId, agentId);
  if (as === 'join' && row.state !== 'active')
    throw new CenterError('ILLEGAL_TRANSITION', 'Only an active conversation can be joined.');
  await takePart(db, context, conversationId, agentId, as);
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
  await dismiss(db, context, { conversationId, agentId }, authorOf(actor), 'left');
  return null;
};
