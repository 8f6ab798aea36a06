import { sql } from 'kysely';
import { isOpen, opensAt } from '../../../domain/business-hours.ts';
import { HOUR_MS } from '../../../domain/session-window.ts';
import { isWorking } from '../../../domain/routing.ts';
import type { Database } from '../../../store/schema.ts';
import type { SupervisionView } from '../../engine-contract.ts';
import type { QueryFunction } from '../context.ts';
import { actingSupervisor } from '../conversations/actors.ts';
import { selectViews, viewOfConversation, type ViewRow } from '../conversations/views.ts';
import { parseHours } from '../routing/routing.ts';
import { agentWorkViews } from './agent-work-settings.ts';

/** Live conversations on one page. */
const MOST_SHOWN = 1000;
const DAY_MS = 24 * HOUR_MS;

export const supervision: QueryFunction<'supervision'> = async (db, context, { actorId }) => {
  await actingSupervisor(db, actorId);
  const { now } = context;
  const rows = (await selectViews(db)
    .where('conversations.state', '!=', sql.lit('closed'))
    .orderBy('conversations.last_message_at', 'desc')
    .limit(MOST_SHOWN)
    .execute()) as ViewRow[];
  const attending = await attendingByConversation(db);
  const conversations = rows.map((row) => ({
    ...viewOfConversation(row, context, row.state !== 'open'),
    waitingMs:
      row.state === 'open' && row.handled_by === 'queue'
        ? now - (row.queued_at ?? now)
        : (row.accepted_at ?? now) - (row.queued_at ?? row.accepted_at ?? now),
    handleMs: row.accepted_at === null ? 0 : (row.ended_at ?? now) - row.accepted_at,
    attending: attending.get(row.id) ?? [],
  }));
  const agents = await agentWorkViews(db, now);
  return { now, conversations, agents, queues: await figures(db, now, conversations, agents) };
};

async function attendingByConversation(db: Database): Promise<Map<string, string[]>> {
  const rows = await db
    .selectFrom('participants')
    .innerJoin('agents', 'agents.id', 'participants.agent_id')
    .select(['participants.conversation_id', 'agents.name'])
    .execute();
  const names = new Map<string, string[]>();
  for (const row of rows) names.set(row.conversation_id, [...(names.get(row.conversation_id) ?? []), row.name]);
  return names;
}

async function figures(
  db: Database,
  now: number,
  conversations: SupervisionView['conversations'],
  agents: SupervisionView['agents'],
): Promise<SupervisionView['queues']> {
  const queues = await db.selectFrom('queues').select(['id', 'name', 'node_id', 'hours']).orderBy('name').execute();
  const handled = await db
    .selectFrom('conversations')
    .select((e) => ['queue_id', e.fn.avg<number>(sql`coalesce(ended_at, closed_at) - accepted_at`).as('average')])
    .where('closed_at', '>=', now - DAY_MS)
    .where('accepted_at', 'is not', null)
    .groupBy('queue_id')
    .execute();
  const averages = new Map(handled.map((row) => [row.queue_id, row.average]));
  return queues.map((queue) => {
    const own = conversations.filter((one) => one.queue?.id === queue.id);
    const line = own.filter((one) => one.state === 'open' && one.handledBy === 'queue');
    const members = agents.filter((agent) => !agent.disabled && agent.queues.includes(queue.id));
    const average = averages.get(queue.id) ?? null;
    return {
      id: queue.id,
      name: queue.name,
      served: queue.node_id !== null,
      open: isOpen(parseHours(queue.hours), now),
      opensAt: opensAt(parseHours(queue.hours), now),
      waiting: line.length,
      longestWaitMs: line.reduce((longest, one) => Math.max(longest, one.waitingMs), 0),
      active: own.filter((one) => one.state === 'active').length,
      wrapUp: own.filter((one) => one.state === 'wrap-up').length,
      closingSoon: own.filter((one) => one.session.open && one.session.remainingMs < HOUR_MS).length,
      available: members.filter((agent) => agent.presence === 'available').length,
      busy: members.filter((agent) => isWorking(agent.presence) && agent.presence !== 'available').length,
      averageHandleMs: average === null ? null : Math.round(average),
    };
  });
}
