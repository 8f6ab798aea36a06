import { sql } from 'kysely';
import { MOST_SESSIONS, type Presence } from '../../../domain/presence.ts';
import type { Candidate, Strategy } from '../../../domain/routing.ts';
import { prepared } from '../../../store/prepared.ts';
import type { Database } from '../../../store/schema.ts';
import { allWorkloads } from './workload.ts';

/** Alerts of each kind that one agent has to look at together; what is beyond waits in the line. */
const MOST_ALERTS = 5;

/** An agent who can be given work now. */
export interface Member extends Candidate {
  /** Pending alerts that went to everybody of a queue. */
  shared: number;
}

/** Everybody who can be given work now, read once for all that one command gives out. */
export interface Roster {
  agents: Member[];
  byId: Map<string, Member>;
  members: Map<string, Member[]>;
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
    .select((e) => ['agent_id', 'alone', e.fn.countAll<number>().as('pending')])
    .where('state', '=', sql.lit('pending' as const))
    .groupBy(['agent_id', 'alone']),
);

export async function loadRoster(db: Database, now: number): Promise<Roster> {
  const rows = await working(db, {});
  const roster: Roster = { agents: [], byId: new Map(), members: new Map() };
  if (rows.length === 0) return roster;
  const loads = await allWorkloads(db, now);
  for (const row of rows) {
    const load = loads.get(row.id);
    const member: Member = {
      id: row.id,
      presence: row.presence as Presence,
      free: row.capacity - (load?.used ?? 0),
      sessions: load?.sessions ?? 0,
      offers: 0,
      shared: 0,
      lastOfferedAt: row.last_offered_at,
      skills: skillsOf(row.skills),
    };
    roster.agents.push(member);
    roster.byId.set(row.id, member);
  }
  for (const { agent_id: id, alone, pending } of await pendingAlerts(db, {})) {
    const member = roster.byId.get(id);
    if (member === undefined) continue;
    if (alone === 1) member.offers = pending;
    else member.shared = pending;
  }
  return roster;
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
export async function membersOf(db: Database, roster: Roster, queueId: string): Promise<Member[]> {
  let members = roster.members.get(queueId);
  if (members === undefined) {
    const rows = await membership(db, { queueId });
    const ids = new Set(rows.map((row) => row.agent_id));
    members = rows[0]?.everyone === 1 ? roster.agents : roster.agents.filter((agent) => ids.has(agent.id));
    roster.members.set(queueId, members);
  }
  return members;
}

/** May this agent be shown another alert of a queue that offers so? */
export function hasRoom(member: Member, strategy: Strategy): boolean {
  return (strategy === 'all' ? member.shared : member.offers) < MOST_ALERTS;
}

/** Is there anything that this agent, whom nobody prefers, could be asked? */
export function isIdle(member: Member): boolean {
  return member.free > 0 && member.sessions < MOST_SESSIONS && (member.offers === 0 || member.shared < MOST_ALERTS);
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
