import { sql } from 'kysely';
import { isOpen, type BusinessHours } from '../../../domain/business-hours.ts';
import { chooseAgents, type Work } from '../../../domain/routing.ts';
import { prepared } from '../../../store/prepared.ts';
import type { Database } from '../../../store/schema.ts';
import { SYSTEM, type CommandContext } from '../context.ts';
import { createOffer, widenOffers } from './offers.ts';
import { candidatesOf, queuesOf } from './workload.ts';

/** Alerts that one agent has to look at together; what is beyond waits in the line. */
export const MOST_ALERTS = 5;
/** How far down the line is looked for work that fits an agent; reading is cheap, trying is not. */
const LINE_AHEAD = 500;
const MOST_TRIES = 20;

const lineOf = prepared((db, p: { queueId: string; limit: number }) =>
  db
    .selectFrom('conversations')
    .select(['id', 'priority', 'queued_at', 'skills', 'preferred_agent', 'preferred_only'])
    .where('queue_id', '=', p.queueId)
    .where('handled_by', '=', sql.lit('queue'))
    .where('state', '=', sql.lit('open'))
    .where('offered', '=', 0)
    .orderBy('priority', 'desc')
    .orderBy('queued_at')
    .limit(p.limit),
);

const routable = prepared((db, p: { id: string }) =>
  db
    .selectFrom('conversations')
    .innerJoin('queues', 'queues.id', 'conversations.queue_id')
    .select([
      'conversations.id',
      'conversations.queue_id',
      'conversations.queued_at',
      'conversations.skills',
      'conversations.preferred_agent',
      'conversations.preferred_only',
      'conversations.unclaimed',
      'queues.strategy',
      'queues.units',
      'queues.hours',
    ])
    .where('conversations.id', '=', p.id)
    .where('conversations.state', '=', sql.lit('open'))
    .where('conversations.handled_by', '=', sql.lit('queue'))
    .where('conversations.offered', '=', 0),
);

/** Those who said no since it is in this queue, and those who let it pass and have not changed their status since. */
const declinedBy = prepared((db, p: { conversationId: string; since: number }) =>
  db
    .selectFrom('offer_agents')
    .innerJoin('offers', 'offers.id', 'offer_agents.offer_id')
    .innerJoin('agents', 'agents.id', 'offer_agents.agent_id')
    .select('offer_agents.agent_id')
    .where('offers.conversation_id', '=', p.conversationId)
    .where('offers.kind', '=', sql.lit('incoming' as const))
    .where('offers.created_at', '>=', p.since)
    .where((e) =>
      e.or([
        e('offer_agents.state', '=', sql.lit('rejected' as const)),
        e.and([
          e('offer_agents.state', '=', sql.lit('expired' as const)),
          e('offers.ended_at', '>=', e.ref('agents.presence_since')),
        ]),
      ]),
    ),
);

/** Why nobody is asked. */
export type UnclaimedReason =
  'nobody-there' | 'everybody-busy' | 'outside-hours' | 'everybody-rejected' | 'deadline' | 'agent-absent';

/**
 * Offers a queued conversation to whom the queue's strategy and the flow's wishes choose. Nobody to ask is an event,
 * said once, and the conversation keeps its place.
 * @param because what has just ended without a taker; says more than that nobody is left
 * @returns whether somebody is asked now
 */
export async function routeConversation(
  db: Database,
  context: CommandContext,
  conversationId: string,
  because?: UnclaimedReason,
): Promise<boolean> {
  const [row] = await routable(db, { id: conversationId });
  if (row === undefined) return false;
  const queueId = row.queue_id!;
  if (!isOpen(parseHours(row.hours), context.now)) {
    await unclaimed(db, context, row, 'outside-hours', false);
    return false;
  }
  const candidates = await candidatesOf(db, context.now, queueId);
  const declined = await declinedBy(db, { conversationId, since: row.queued_at ?? 0 });
  const work: Work = {
    units: row.units,
    skills: JSON.parse(row.skills) as string[],
    preferred: row.preferred_agent,
    insist: row.preferred_only === 1,
    declined: new Set(declined.map((one) => one.agent_id)),
  };
  const chosen = chooseAgents(
    row.strategy,
    candidates.filter((agent) => agent.offers < MOST_ALERTS),
    work,
  );
  if (chosen.length > 0) {
    await createOffer(db, context, { conversationId, queueId, agentIds: chosen, kind: 'incoming', fromAgent: null, note: null });
    return true;
  }
  const reason = candidates.length === 0 ? 'nobody-there' : work.insist ? 'agent-absent' : 'everybody-busy';
  await unclaimed(db, context, row, because ?? reason, because !== undefined);
  return false;
}

async function unclaimed(
  db: Database,
  context: CommandContext,
  row: { id: string; queue_id: string | null; unclaimed: number },
  reason: UnclaimedReason,
  again: boolean,
): Promise<void> {
  if (row.unclaimed === 1 && !again) return;
  await db.updateTable('conversations').set({ unclaimed: 1 }).where('id', '=', row.id).execute();
  context.emit({ type: 'offer.unclaimed', actor: SYSTEM, conversationId: row.id, queueId: row.queue_id, reason });
}

/** Gives what waits to an agent who can work again: joins alerts that go to all, then the oldest of the line first. */
export async function drainFor(db: Database, context: CommandContext, agentId: string): Promise<void> {
  const queues = await queuesOf(db, agentId);
  await widenOffers(db, context, agentId, queues, MOST_ALERTS);
  const agent = await db.selectFrom('agents').select('skills').where('id', '=', agentId).executeTakeFirstOrThrow();
  const skills = new Set(JSON.parse(agent.skills) as string[]);
  const line = [];
  for (const queueId of queues) line.push(...(await lineOf(db, { queueId, limit: LINE_AHEAD })));
  const fitting = line
    .filter((one) => one.preferred_only === 0 || one.preferred_agent === agentId)
    .filter((one) => one.skills === '[]' || (JSON.parse(one.skills) as string[]).every((skill) => skills.has(skill)))
    .sort((a, b) => b.priority - a.priority || (a.queued_at ?? 0) - (b.queued_at ?? 0));
  let asked = 0;
  for (const { id } of fitting.slice(0, MOST_TRIES)) {
    if (asked >= MOST_ALERTS) return;
    if (await routeConversation(db, context, id)) asked++;
  }
}

/** Routes the head of a queue's line again: its hours have begun, or its members have changed. */
export async function drainQueue(db: Database, context: CommandContext, queueId: string): Promise<void> {
  for (const { id } of await lineOf(db, { queueId, limit: MOST_TRIES })) await routeConversation(db, context, id);
}

export function parseHours(json: string | null): BusinessHours | null {
  return json === null ? null : (JSON.parse(json) as BusinessHours);
}
