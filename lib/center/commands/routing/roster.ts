import { sql } from 'kysely';
import { MOST_SESSIONS, type Presence } from '../../../domain/presence.ts';
import type { Candidate } from '../../../domain/routing.ts';
import { prepared } from '../../../store/prepared.ts';
import type { Database } from '../../../store/schema.ts';
import { allWorkloads } from './workload.ts';

/** Alerts that one agent has to look at together; what is beyond waits in the line. */
export const MOST_ALERTS = 5;

/** Everybody who can be given work now, read once for all that one command gives out. */
export interface Roster {
  agents: Candidate[];
  members: Map<string, Candidate[]>;
}

const working = prepared((db, _p: Record<string, never>) =>
  db
    .selectFrom('agents')
    .select(['id', 'presence', 'capacity', 'skills', 'last_offered_at'])
    .where('disabled', '=', 0)
    .where('presence', 'in', [sql.lit('available' as const), sql.lit('busy' as const)]),
);

const pendingAlerts = prepared((db, _p: Record<string, never>) =>
  db
    .selectFrom('offer_agents')
    .select((e) => ['agent_id', e.fn.countAll<number>().as('pending')])
    .where('state', '=', sql.lit('pending' as const))
    .groupBy('agent_id'),
);

export async function loadRoster(db: Database, now: number): Promise<Roster> {
  const rows = await working(db, {});
  if (rows.length === 0) return { agents: [], members: new Map() };
  const loads = await allWorkloads(db, now);
  const alerts = new Map((await pendingAlerts(db, {})).map((row) => [row.agent_id, row.pending]));
  const agents = rows.map((row) => ({
    id: row.id,
    presence: row.presence as Presence,
    free: row.capacity - (loads.get(row.id)?.used ?? 0),
    sessions: loads.get(row.id)?.sessions ?? 0,
    offers: alerts.get(row.id) ?? 0,
    lastOfferedAt: row.last_offered_at,
    skills: skillsOf(row.skills),
  }));
  return { agents, members: new Map() };
}

const membership = prepared((db, p: { queueId: string }) =>
  db
    .selectFrom('queues')
    .leftJoin('queue_members', (join) =>
      join.onRef('queue_members.queue_id', '=', 'queues.id').on('queues.everyone', '=', sql.lit(0)),
    )
    .select(['queues.everyone', 'queue_members.agent_id'])
    .where('queues.id', '=', p.queueId),
);

/** Those of the roster who belong to a queue. */
export async function membersOf(db: Database, roster: Roster, queueId: string): Promise<Candidate[]> {
  let members = roster.members.get(queueId);
  if (members === undefined) {
    const rows = await membership(db, { queueId });
    const ids = new Set(rows.map((row) => row.agent_id));
    members = rows[0]?.everyone === 1 ? roster.agents : roster.agents.filter((agent) => ids.has(agent.id));
    roster.members.set(queueId, members);
  }
  return members;
}

/** May this agent be shown another alert? */
export function hasRoom(agent: Candidate): boolean {
  return agent.offers < MOST_ALERTS && agent.free > 0 && agent.sessions < MOST_SESSIONS;
}

const known = new Map<string, ReadonlySet<string>>();

/** The same few lists come again and again; each is read once. */
export function skillsOf(json: string): ReadonlySet<string> {
  let skills = known.get(json);
  if (skills === undefined) {
    if (known.size > 1000) known.clear();
    skills = new Set(JSON.parse(json) as string[]);
    known.set(json, skills);
  }
  return skills;
}
