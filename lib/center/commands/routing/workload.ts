import { sql } from 'kysely';
import { unitsOf, usedUnits, wrapUpCapacity, type Burden } from '../../../domain/capacity.ts';
import type { Workload } from '../../../domain/presence.ts';
import { prepared } from '../../../store/prepared.ts';
import type { Database } from '../../../store/schema.ts';

/** What agents have on their hands; read through the index of live conversations. */
function selectBurdens(db: Database) {
  return db
    .selectFrom('conversations')
    .innerJoin('queues', 'queues.id', 'conversations.queue_id')
    .select(['conversations.agent_id', 'conversations.state', 'conversations.ended_at', 'queues.units', 'queues.wrap_up'])
    .where('conversations.state', '!=', sql.lit('closed'))
    .where('conversations.state', 'in', [sql.lit('active' as const), sql.lit('wrap-up' as const)]);
}

const allBurdens = prepared((db, _p: Record<string, never>) => selectBurdens(db).where('conversations.agent_id', 'is not', null));

const burdensOf = prepared((db, p: { agentId: string }) => selectBurdens(db).where('conversations.agent_id', '=', p.agentId));

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

const capacityOf = prepared((db, p: { agentId: string }) =>
  db.selectFrom('agents').select('capacity').where('id', '=', p.agentId),
);

/** How much one agent has to do. */
export async function workloadOf(db: Database, now: number, agentId: string): Promise<Workload> {
  const [agent] = await capacityOf(db, { agentId });
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
