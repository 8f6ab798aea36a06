import { sql } from 'kysely';
import { isOpen, opensAt } from '../../../domain/business-hours.ts';
import { HOUR_MS } from '../../../domain/session-window.ts';
import { isWorking } from '../../../domain/routing.ts';
import type { Database } from '../../../store/schema.ts';
import type { SupervisionView } from '../../engine-contract.ts';
import type { QueryFunction } from '../context.ts';
import { actingSupervisor } from '../conversations/actors.ts';
import { selectViews, viewOfConversation, type ReadContext, type ViewRow } from '../conversations/views.ts';
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
    // Where there are more than a page holds, what the bot has alone can wait.
    .orderBy((e) => e('conversations.handled_by', '=', sql.lit('flow')))
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
  const { total } = await db
    .selectFrom('conversations')
    .select((e) => e.fn.countAll<number>().as('total'))
    .where('state', '!=', sql.lit('closed'))
    .executeTakeFirstOrThrow();
  return { now, total, conversations, agents, queues: await figures(db, context, agents) };
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

/** What is going on in each queue, counted in the database: there may be more than the list shows. */
async function countsByQueue(db: Database, { now, sessionHours }: ReadContext) {
  const length = sessionHours * HOUR_MS;
  const waits = sql<boolean>`conversations.state = 'open' and handled_by = 'queue'`;
  const opens = sql<boolean>`(refused_at is null or refused_at < last_customer_at)`;
  const soon = sql<boolean>`last_customer_at >= ${now - length} and last_customer_at < ${now - length + HOUR_MS}`;
  const rows = await db
    .selectFrom('conversations')
    .leftJoin('windows', (join) =>
      join.onRef('windows.customer_id', '=', 'conversations.customer_id').onRef('windows.sender', '=', 'conversations.sender'),
    )
    .select([
      'queue_id',
      sql<number>`sum(${waits})`.as('waiting'),
      sql<number | null>`min(case when ${waits} then queued_at end)`.as('oldest'),
      sql<number>`sum(conversations.state = 'active')`.as('active'),
      sql<number>`sum(conversations.state = 'wrap-up')`.as('wrapUp'),
      sql<number>`sum(coalesce(${opens} and ${soon}, 0))`.as('closingSoon'),
    ])
    .where('conversations.state', '!=', sql.lit('closed'))
    .where('queue_id', 'is not', null)
    .groupBy('queue_id')
    .execute();
  return new Map(rows.map((row) => [row.queue_id, row]));
}

async function figures(
  db: Database,
  context: ReadContext,
  agents: SupervisionView['agents'],
): Promise<SupervisionView['queues']> {
  const { now } = context;
  const counts = await countsByQueue(db, context);
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
    const own = counts.get(queue.id);
    const members = agents.filter((agent) => !agent.disabled && agent.queues.includes(queue.id));
    const average = averages.get(queue.id) ?? null;
    return {
      id: queue.id,
      name: queue.name,
      served: queue.node_id !== null,
      open: isOpen(parseHours(queue.hours), now),
      opensAt: opensAt(parseHours(queue.hours), now),
      waiting: own?.waiting ?? 0,
      longestWaitMs: Math.max(0, now - (own?.oldest ?? now)),
      active: own?.active ?? 0,
      wrapUp: own?.wrapUp ?? 0,
      closingSoon: own?.closingSoon ?? 0,
      available: members.filter((agent) => agent.presence === 'available').length,
      busy: members.filter((agent) => isWorking(agent.presence) && agent.presence !== 'available').length,
      averageHandleMs: average === null ? null : Math.round(average),
    };
  });
}
