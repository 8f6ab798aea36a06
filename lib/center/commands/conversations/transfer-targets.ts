import { isWorking } from '../../../domain/routing.ts';
import type { QueryFunction } from '../context.ts';
import { agentWorkViews } from '../supervision/agent-work-settings.ts';
import { queues } from '../routing/queues.ts';
import { visibleConversation } from './sight.ts';
import { selectViews, viewOfConversation, type ViewRow } from './views.ts';

export const transferTargets: QueryFunction<'transferTargets'> = async (db, context, { conversationId, agentId }) => {
  const { row } = await visibleConversation(db, conversationId, agentId);
  const agents = await agentWorkViews(db, context.now);
  const colleagues = agents.filter(
    (agent) => agent.id !== agentId && agent.id !== row.agent_id && !agent.disabled && isWorking(agent.presence),
  );
  return {
    agents: colleagues.map(({ id, name, presence, used, capacity, queues: of }) => ({
      id,
      name,
      presence,
      used,
      capacity,
      queues: of,
    })),
    queues: (await queues(db, context, {})).map((queue) => ({
      id: queue.id,
      name: queue.name,
      served: queue.served,
      open: queue.isOpen,
      opensAt: queue.opensAt,
      available: agents.filter((agent) => agent.queues.includes(queue.id) && isWorking(agent.presence)).length,
      waiting: queue.open,
    })),
  };
};

const MOST_CLOSED = 200;

export const closedToday: QueryFunction<'closedToday'> = async (db, context, { agentId, since }) => {
  const rows = (await selectViews(db)
    .where('conversations.last_agent', '=', agentId)
    .where('conversations.closed_at', '>=', since)
    .orderBy('conversations.closed_at', 'desc')
    .limit(MOST_CLOSED)
    .execute()) as ViewRow[];
  return rows.map((row) => viewOfConversation(row, context, true));
};
