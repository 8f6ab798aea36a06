import { sql } from 'kysely';
import { unitsOf, usedUnits, wrapUpCapacity, type Burden } from '../../../domain/capacity.ts';
import type { Presence, Workload } from '../../../domain/presence.ts';
import type { Candidate } from '../../../domain/routing.ts';
import { prepared } from '../../../store/prepared.ts';
import type { Database } from '../../../store/schema.ts';

/** What agents have on their hands, whoever's; read through the index of live conversations. */
const allBurdens = prepared((db, _p: Record<string, never>) =>
  db
    .selectFrom('conversations')
    .innerJoin('queues', 'queues.id', 'conversations.queue_id')
    .select(['conversations.agent_id', 'conversations.state', 'conversations.ended_at', 'queues.units', 'queues.wrap_up'])
    .where('conversations.state', '!=', sql.lit('closed'))
    .where('conversations.state', 'in', [sql.lit('active' as const), sql.lit('wrap-up' as const)])
    .where('conversations.agent_id', 'is not', null),
);

const burdensOf = prepared((db, p: { agentId: string }) =>
  db
    .selectFrom('conversations')
    .innerJoin('queues', 'queues.id', 'conversations.queue_id')
    .select(['conversations.agent_id', 'conversations.state', 'conversations.ended_at', 'queues.units', 'queues.wrap_up'])
    .where('conversations.state', '!=', sql.lit('closed'))
    .where('conversations.state', 'in', [sql.lit('active' as const), sql.lit('wrap-up' as const)])
    .where('conversations.agent_id', '=', p.agentId),
);

interface BurdenRow {
  agent_id: string | null;
  state: Burden['state'];
  ended_at: number | null;
  units: number;
  wrap_up: string;
}

function burdenOf(row: BurdenRow): Burden {
  return { state: row.state, units: row.units, wrapUp: wrapUpCapacity(row.wrap_up), endedAt: row.ended_at };
}

/** How much one agent has to do. */
export async function workloadOf(db: Database, now: number, agentId: string): Promise<Workload> {
  const agent = await db.selectFrom('agents').select('capacity').where('id', '=', agentId).executeTakeFirst();
  const burdens = (await burdensOf(db, { agentId })).map(burdenOf);
  return { used: usedUnits(burdens, now), total: agent?.capacity ?? 0, sessions: burdens.length };
}

/** How much everybody has to do, for those who have anything. */
export async function allWorkloads(db: Database, now: number): Promise<Map<string, { used: number; sessions: number }>> {
  const loads = new Map<string, { used: number; sessions: number }>();
  for (const row of await allBurdens(db, {})) {
    const load = loads.get(row.agent_id!) ?? { used: 0, sessions: 0 };
    load.used += unitsOf(burdenOf(row), now);
    load.sessions += 1;
    loads.set(row.agent_id!, load);
  }
  return loads;
}

const workingMembers = prepared((db, p: { queueId: string }) =>
  db
    .selectFrom('agents')
    .select(['agents.id', 'agents.presence', 'agents.capacity', 'agents.skills', 'agents.last_offered_at'])
    .where('agents.disabled', '=', 0)
    .where('agents.presence', 'in', [sql.lit('available' as const), sql.lit('busy' as const)])
    .where((e) =>
      e.or([
        e.exists(e.selectFrom('queues').select('queues.id').where('queues.id', '=', p.queueId).where('queues.everyone', '=', 1)),
        e.exists(
          e
            .selectFrom('queue_members')
            .select('queue_members.agent_id')
            .where('queue_members.queue_id', '=', p.queueId)
            .whereRef('queue_members.agent_id', '=', 'agents.id'),
        ),
      ]),
    ),
);

const pendingOffers = prepared((db, _p: Record<string, never>) =>
  db
    .selectFrom('offer_agents')
    .select((e) => ['agent_id', e.fn.countAll<number>().as('pending')])
    .where('state', '=', sql.lit('pending' as const))
    .groupBy('agent_id'),
);

/** The agents of a queue whose presence lets them work, as routing sees them. */
export async function candidatesOf(db: Database, now: number, queueId: string): Promise<Candidate[]> {
  const members = await workingMembers(db, { queueId });
  if (members.length === 0) return [];
  const loads = await allWorkloads(db, now);
  const pending = new Map((await pendingOffers(db, {})).map((row) => [row.agent_id, row.pending]));
  return members.map((member) => ({
    id: member.id,
    presence: member.presence as Presence,
    free: member.capacity - (loads.get(member.id)?.used ?? 0),
    sessions: loads.get(member.id)?.sessions ?? 0,
    offers: pending.get(member.id) ?? 0,
    lastOfferedAt: member.last_offered_at,
    skills: skillsOf(member.skills),
  }));
}

const known = new Map<string, ReadonlySet<string>>();

/** The same few lists come again and again; each is read once. */
function skillsOf(json: string): ReadonlySet<string> {
  let skills = known.get(json);
  if (skills === undefined) {
    if (known.size > 1000) known.clear();
    skills = new Set(JSON.parse(json) as string[]);
    known.set(json, skills);
  }
  return skills;
}

/** The queues an agent belongs to. */
export async function queuesOf(db: Database, agentId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('queues')
    .select('queues.id')
    .where((e) =>
      e.or([
        e('queues.everyone', '=', 1),
        e.exists(
          e
            .selectFrom('queue_members')
            .select('queue_members.agent_id')
            .whereRef('queue_members.queue_id', '=', 'queues.id')
            .where('queue_members.agent_id', '=', agentId),
        ),
      ]),
    )
    .execute();
  return rows.map((row) => row.id);
}
