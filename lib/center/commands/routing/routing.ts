import { sql } from 'kysely';
import { isOpen, opensAt, type BusinessHours } from '../../../domain/business-hours.ts';
import { chooseAgents, isEligible, type Strategy, type Work } from '../../../domain/routing.ts';
import { prepared } from '../../../store/prepared.ts';
import type { Database } from '../../../store/schema.ts';
import { SYSTEM, type CommandContext } from '../context.ts';
import { createOffer } from './offers.ts';
import { hasRoom, isIdle, loadRoster, membersOf, skillsOf, type Member, type Roster } from './roster.ts';

/** What a conversation in a line asks, as its queue and the flow have said. */
const ASKED = [
  'conversations.id',
  'conversations.queue_id',
  'conversations.queued_at',
  'conversations.skills',
  'conversations.preferred_agent',
  'conversations.preferred_only',
  'queues.strategy',
  'queues.units',
] as const;

const routable = prepared((db, p: { id: string }) =>
  db
    .selectFrom('conversations')
    .innerJoin('queues', 'queues.id', 'conversations.queue_id')
    .select([...ASKED, 'conversations.unclaimed', 'queues.hours'])
    .where('conversations.id', '=', p.id)
    .where('conversations.state', '=', sql.lit('open'))
    .where('conversations.handled_by', '=', sql.lit('queue'))
    .where('conversations.offered', '=', 0),
);

/** Those who said no since it is in this queue, and those who let it pass and have not changed their status since. */
const declinedBy = prepared((db, p: { conversationId: string; since: number }) =>
  db
    .selectFrom('offers')
    .innerJoin('offer_agents', 'offer_agents.offer_id', 'offers.id')
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

/** A conversation in a queue's line, with what its queue asks. */
interface Waiting {
  id: string;
  queue_id: string | null;
  queued_at: number | null;
  skills: string;
  preferred_agent: string | null;
  preferred_only: number;
  strategy: Strategy;
  units: number;
}

/** Why nobody is asked. */
type UnclaimedReason = 'nobody-there' | 'everybody-busy' | 'outside-hours' | 'everybody-rejected' | 'deadline' | 'agent-absent';

/** What a conversation asks of an agent; `declined` is read only when somebody could take it. */
async function workOf(db: Database, row: Waiting, candidates: readonly Member[]): Promise<Work> {
  const work: Work = {
    units: row.units,
    skills: [...skillsOf(row.skills)],
    preferred: row.preferred_agent,
    insist: row.preferred_only === 1,
    declined: new Set(),
  };
  if (!candidates.some((agent) => isEligible(agent, work))) return work;
  const declined = await declinedBy(db, { conversationId: row.id, since: row.queued_at ?? 0 });
  return { ...work, declined: new Set(declined.map((one) => one.agent_id)) };
}

/** Asks whom the strategy chooses; false when there is nobody. */
async function offerTo(
  db: Database,
  context: CommandContext,
  roster: Roster,
  row: Waiting,
  candidates: readonly Member[],
): Promise<boolean> {
  const free = candidates.filter((member) => hasRoom(member, row.strategy));
  const agentIds = chooseAgents(row.strategy, free, await workOf(db, row, free));
  if (agentIds.length === 0) return false;
  await createOffer(db, context, {
    conversationId: row.id,
    queueId: row.queue_id!,
    agentIds,
    kind: 'incoming',
    fromAgent: null,
    note: null,
  });
  for (const id of agentIds) {
    const member = roster.byId.get(id)!;
    if (row.strategy === 'all') member.shared += 1;
    else member.offers += 1;
    member.lastOfferedAt = context.now;
  }
  return true;
}

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
  const hours = parseHours(row.hours);
  if (!isOpen(hours, context.now)) {
    const begins = opensAt(hours, context.now);
    const facts = { opensAt: begins === null ? null : new Date(begins).toISOString() };
    await unclaimed(db, context, row, 'outside-hours', false, facts);
    return false;
  }
  const roster = await loadRoster(db, context.now);
  const candidates = await membersOf(db, roster, row.queue_id!);
  if (await offerTo(db, context, roster, row, candidates)) return true;
  const reason = candidates.length === 0 ? 'nobody-there' : row.preferred_only === 1 ? 'agent-absent' : 'everybody-busy';
  await unclaimed(db, context, row, because ?? reason, because !== undefined);
  return false;
}

async function unclaimed(
  db: Database,
  context: CommandContext,
  row: { id: string; queue_id: string | null; unclaimed: number },
  reason: UnclaimedReason,
  again: boolean,
  data: Record<string, unknown> = {},
): Promise<void> {
  if (row.unclaimed === 1 && !again) return;
  await db.updateTable('conversations').set({ unclaimed: 1 }).where('id', '=', row.id).execute();
  context.emit({ type: 'offer.unclaimed', actor: SYSTEM, conversationId: row.id, queueId: row.queue_id, reason, data });
}

/** How far down each line is looked; further where the head was nothing for those who are idle. */
const LOOK_AHEAD = [50, 200, 1000];

const queuesWithLine = prepared((db, _p: Record<string, never>) =>
  db
    .selectFrom('queues')
    .select(['queues.id', 'queues.hours'])
    .where((e) =>
      e.exists(
        e
          .selectFrom('conversations')
          .select('conversations.id')
          .whereRef('conversations.queue_id', '=', 'queues.id')
          .where('conversations.handled_by', '=', sql.lit('queue'))
          .where('conversations.state', '=', sql.lit('open'))
          .where('conversations.offered', '=', 0),
      ),
    ),
);

/** The head of a line: the most urgent and longest waiting first; who insists on somebody absent is passed over. */
function selectLine(db: Database, p: { queueId: string; limit: number }) {
  return db
    .selectFrom('conversations')
    .innerJoin('queues', 'queues.id', 'conversations.queue_id')
    .leftJoin('agents', 'agents.id', 'conversations.preferred_agent')
    .select([...ASKED, 'conversations.priority'])
    .where('conversations.queue_id', '=', p.queueId)
    .where('conversations.handled_by', '=', sql.lit('queue'))
    .where('conversations.state', '=', sql.lit('open'))
    .where('conversations.offered', '=', 0)
    .where((e) => e.or([e('conversations.preferred_only', '=', 0), e('agents.presence', 'in', ['available', 'busy'])]))
    .orderBy('conversations.priority', 'desc')
    .orderBy('conversations.queued_at')
    .limit(p.limit);
}

const headOfLine = prepared(selectLine);

const preferringLine = prepared((db, p: { queueId: string; limit: number }) =>
  selectLine(db, p).where('conversations.preferred_agent', 'is not', sql.lit(null)),
);

/** The same without those who ask for skills that nobody idle has, unless they ask for somebody by name. */
function lineBeyond(db: Database, p: { queueId: string; limit: number; hopeless: string[] }) {
  return selectLine(db, p)
    .where((e) => e.or([e('conversations.skills', 'not in', p.hopeless), e('conversations.preferred_agent', 'is not', null)]))
    .execute();
}

/**
 * Gives out what waits, to whoever has room: called wherever room may have been made. Costs next to nothing while no
 * line has anybody in it.
 */
export async function drainLines(db: Database, context: CommandContext, known?: Roster): Promise<void> {
  const open = (await queuesWithLine(db, {})).filter((queue) => isOpen(parseHours(queue.hours), context.now));
  if (open.length === 0) return;
  const roster = known ?? (await loadRoster(db, context.now));
  if (roster.agents.length === 0) return;
  const tried = new Set<string>();
  /** By queue, the skills for which nobody is left. */
  const hopeless = new Map<string, Set<string>>(open.map((queue) => [queue.id, new Set()]));
  for (const limit of LOOK_AHEAD) {
    const anybody = roster.agents.some(isIdle);
    const lines = [];
    for (const { id: queueId } of open) {
      const skills = [...hopeless.get(queueId)!];
      if (!anybody) lines.push(await preferringLine(db, { queueId, limit }));
      else if (skills.length === 0) lines.push(await headOfLine(db, { queueId, limit }));
      else lines.push(await lineBeyond(db, { queueId, limit, hopeless: skills }));
    }
    const all = lines.flat().sort((a, b) => b.priority - a.priority || (a.queued_at ?? 0) - (b.queued_at ?? 0));
    for (const row of all) {
      const none = hopeless.get(row.queue_id!)!;
      if (tried.has(row.id) || (row.preferred_agent === null && none.has(row.skills))) continue;
      tried.add(row.id);
      const members = await membersOf(db, roster, row.queue_id!);
      if (members.some((member) => couldTake(member, row))) await offerTo(db, context, roster, row, members);
      else if (row.preferred_agent === null) none.add(row.skills);
    }
    if (lines.every((line) => line.length < limit)) return;
  }
}

/** Could this agent be asked, as far as can be told without looking who has declined? */
function couldTake(member: Member, row: Waiting): boolean {
  const work = { units: row.units, skills: [...skillsOf(row.skills)], preferred: null, insist: false, declined: NOBODY };
  const isNext = row.strategy === 'all' || row.preferred_agent === member.id || member.offers === 0;
  return isNext && hasRoom(member, row.strategy) && isEligible(member, work);
}

const NOBODY: ReadonlySet<string> = new Set();

/** Alerts to all of a queue that are out and that this agent has no part in, with what their conversations ask. */
const alertsWithout = prepared((db, p: { agentId: string }) =>
  db
    .selectFrom('offers')
    .innerJoin('queues', 'queues.id', 'offers.queue_id')
    .innerJoin('conversations', 'conversations.id', 'offers.conversation_id')
    .select([...ASKED, 'offers.id as offer_id'])
    .where('offers.state', '=', sql.lit('pending' as const))
    .where('offers.kind', '=', sql.lit('incoming' as const))
    .where('queues.strategy', '=', sql.lit('all' as const))
    .where((e) =>
      e.not(
        e.exists(
          e
            .selectFrom('offer_agents')
            .select('offer_agents.agent_id')
            .whereRef('offer_agents.offer_id', '=', 'offers.id')
            .where('offer_agents.agent_id', '=', p.agentId),
        ),
      ),
    )
    // An alert to the preferred agent alone stays theirs until they have answered.
    .where((e) =>
      e.not(
        e.exists(
          e
            .selectFrom('offer_agents')
            .select('offer_agents.agent_id')
            .whereRef('offer_agents.offer_id', '=', 'offers.id')
            .whereRef('offer_agents.agent_id', '=', 'conversations.preferred_agent')
            .where('offer_agents.state', '=', sql.lit('pending' as const)),
        ),
      ),
    )
    .orderBy('offers.created_at')
    .limit(sql.lit(LOOK_AHEAD[1]!)),
);

/** Lets somebody who has just come, or has room again, join the alerts that go to everybody of a queue. */
async function joinAlerts(db: Database, context: CommandContext, roster: Roster, agentId: string): Promise<void> {
  const agent = roster.byId.get(agentId);
  if (agent === undefined || !hasRoom(agent, 'all')) return;
  for (const alert of await alertsWithout(db, { agentId })) {
    if (!hasRoom(agent, 'all')) return;
    if (!(await membersOf(db, roster, alert.queue_id!)).includes(agent)) continue;
    const work = await workOf(db, alert, [agent]);
    if (!isEligible(agent, work) || (work.insist && work.preferred !== agentId)) continue;
    await db.insertInto('offer_agents').values({ offer_id: alert.offer_id, agent_id: agentId, state: 'pending' }).execute();
    agent.shared += 1;
    context.emit({
      type: 'offer.widened',
      actor: SYSTEM,
      conversationId: alert.id,
      queueId: alert.queue_id,
      agentId,
      data: { offerId: alert.offer_id },
    });
  }
}

/** Gives work to agents who can work again: they join the alerts that go to all, then the lines are given out. */
export async function drainFor(db: Database, context: CommandContext, ...agentIds: string[]): Promise<void> {
  const roster = await loadRoster(db, context.now);
  for (const agentId of agentIds) await joinAlerts(db, context, roster, agentId);
  await drainLines(db, context, roster);
}

export function parseHours(json: string | null): BusinessHours | null {
  return json === null ? null : (JSON.parse(json) as BusinessHours);
}
