import { sql } from 'kysely';
import { CenterError } from '../../../domain/errors.ts';
import type { Author } from '../../../domain/message.ts';
import {
  BASE_PRESENCES,
  isGone,
  nextPresence,
  type BasePresence,
  type PresenceState,
  type PresenceTrigger,
  type WorkCause,
} from '../../../domain/presence.ts';
import { isWorking } from '../../../domain/routing.ts';
import { prepared } from '../../../store/prepared.ts';
import type { Database } from '../../../store/schema.ts';
import type { PresenceView, StatusView } from '../../views.ts';
import { SYSTEM, type CommandContext, type CommandFunction, type QueryFunction } from '../context.ts';
import { drainFor, drainLines } from './routing.ts';
import { withdrawOffers } from './withdrawn-offers.ts';
import { workloadOf } from './workload.ts';

const statusOf = prepared((db, p: { agentId: string }) =>
  db
    .selectFrom('agents')
    .select(['presence', 'presence_status', 'presence_by', 'presence_before', 'lost_at', 'usual'])
    .where('id', '=', p.agentId),
);

async function stateOf(db: Database, agentId: string): Promise<PresenceState & { usual: string | null }> {
  const [row] = await statusOf(db, { agentId });
  if (row === undefined) throw new CenterError('UNKNOWN_AGENT', 'There is no such agent.');
  return {
    presence: row.presence,
    custom: row.presence_status,
    by: row.presence_by,
    before: row.presence_before === null ? null : (JSON.parse(row.presence_before) as PresenceState['before']),
    lostAt: row.lost_at,
    usual: row.usual,
  };
}

/** The one place where a status changes. Returns whether it did. */
async function change(
  db: Database,
  context: CommandContext,
  agentId: string,
  trigger: PresenceTrigger,
  actor: Author,
): Promise<boolean> {
  const state = await stateOf(db, agentId);
  const next = nextPresence(state, trigger);
  const same = next.presence === state.presence && next.custom === state.custom;
  if (same && next.by === state.by && next.lostAt === state.lostAt && next.before === state.before) return false;
  await db
    .updateTable('agents')
    .set({
      presence: next.presence,
      presence_status: next.custom,
      presence_by: next.by,
      presence_before: next.before === null ? null : JSON.stringify(next.before),
      lost_at: next.lostAt,
      // Also for somebody who had chosen offline and leaves now: how long they are away counts from here.
      ...(same && isGone(state) === isGone(next) ? {} : { presence_since: context.now }),
    })
    .where('id', '=', agentId)
    .execute();
  if (same) return false;
  context.emit({
    type: 'presence.changed',
    actor,
    agentId,
    reason: trigger.type,
    data: { presence: next.presence, statusId: next.custom, before: state.presence },
  });
  if (isWorking(state.presence) && !isWorking(next.presence)) await withdrawOffers(db, context, agentId);
  return true;
}

/** A status changes by one of the rules; somebody who can work again is given what waits. */
export async function changePresence(
  db: Database,
  context: CommandContext,
  agentId: string,
  trigger: PresenceTrigger,
  actor: Author = SYSTEM,
): Promise<void> {
  if (await change(db, context, agentId, trigger, actor)) await drainFor(db, context, agentId);
}

/**
 * An agent has more or less to do than before: the status follows, alerts that do not fit go, and work that waits comes.
 * @param by whoever brought it about, or what did
 */
export async function afterWork(db: Database, context: CommandContext, agentId: string, by: Author | WorkCause): Promise<void> {
  const workload = await workloadOf(db, context.now, agentId);
  const cause = typeof by === 'string' ? by : by.kind === 'agent' && by.id === agentId ? 'own' : 'others';
  await change(db, context, agentId, { type: 'work-changed', workload, cause }, SYSTEM);
  await withdrawOffers(db, context, agentId, workload.total - workload.used);
  await drainFor(db, context, agentId);
}

/** A conversation has left whoever had it: they have room again. One that nobody had leaves its place to those behind it. */
export async function afterLeaving(
  db: Database,
  context: CommandContext,
  agentId: string | null,
  by: Author | WorkCause,
): Promise<void> {
  if (agentId !== null) await afterWork(db, context, agentId, by);
  else await drainLines(db, context);
}

/** What the conversations of a queue cost has changed, and with it how much its agents have to do. */
export async function recheckWork(db: Database, context: CommandContext, queueId: string): Promise<void> {
  const holders = await db
    .selectFrom('conversations')
    .select('agent_id')
    .distinct()
    .where('queue_id', '=', queueId)
    .where('state', 'in', [sql.lit('active' as const), sql.lit('wrap-up' as const)])
    .where('agent_id', 'is not', null)
    .execute();
  const asked = await db
    .selectFrom('offer_agents')
    .innerJoin('offers', 'offers.id', 'offer_agents.offer_id')
    .select('offer_agents.agent_id')
    .distinct()
    .where('offers.queue_id', '=', queueId)
    .where('offer_agents.state', '=', 'pending')
    .execute();
  for (const agentId of new Set([...holders, ...asked].map((row) => row.agent_id!)))
    await afterWork(db, context, agentId, 'circumstances');
}

/** A live connection: after a short break as before, otherwise as at sign-in. */
export async function connect(db: Database, context: CommandContext, agentId: string): Promise<void> {
  const { usual, lostAt } = await stateOf(db, agentId);
  await changePresence(db, context, agentId, {
    type: 'connected',
    at: context.now,
    signedIn: lostAt === null,
    usual: usual === null ? null : (JSON.parse(usual) as { presence: BasePresence; custom: string | null }),
    workload: await workloadOf(db, context.now, agentId),
  });
}

export async function disconnect(db: Database, context: CommandContext, agentId: string): Promise<void> {
  await changePresence(db, context, agentId, { type: 'disconnected', at: context.now });
}

/** The last session has ended: nothing that was chosen in it comes back. */
export async function signedOut(db: Database, context: CommandContext, agentId: string): Promise<void> {
  await changePresence(db, context, agentId, { type: 'signed-out' });
}

export const setPresence: CommandFunction<'setPresence'> = async (db, context, { agentId, presence, statusId = null }) => {
  const agent = await db.selectFrom('agents').select(['name', 'disabled']).where('id', '=', agentId).executeTakeFirst();
  if (agent === undefined || agent.disabled === 1) throw new CenterError('UNKNOWN_AGENT', 'There is no such agent.');
  const status = statusId === null ? undefined : (await statuses(db, context, {})).find((one) => one.id === statusId);
  if (statusId !== null && status === undefined) throw new CenterError('INVALID_REQUEST', 'This status does not exist any more.');
  const base = status?.base ?? presence;
  if (!BASE_PRESENCES.includes(base)) throw new CenterError('INVALID_REQUEST', 'There is no such status.');
  await changePresence(
    db,
    context,
    agentId,
    { type: 'chosen', at: context.now, presence: base, custom: statusId },
    { kind: 'agent', id: agentId, name: agent.name },
  );
  return presenceView(db, context.now, agentId);
};

/** A custom status that is no more: whoever has chosen it keeps its base. */
export async function forgetStatus(db: Database, context: CommandContext, statusId: string, actor: Author): Promise<void> {
  const agents = await db.selectFrom('agents').select(['id', 'presence']).where('presence_status', '=', statusId).execute();
  await db.updateTable('agents').set({ presence_status: null }).where('presence_status', '=', statusId).execute();
  for (const column of ['usual', 'presence_before'] as const) {
    const rows = await db.selectFrom('agents').select(['id', column]).where(column, 'is not', null).execute();
    for (const row of rows) {
      const kept = JSON.parse(row[column]!) as { custom: string | null };
      if (kept.custom !== statusId) continue;
      await db
        .updateTable('agents')
        .set({ [column]: JSON.stringify({ ...kept, custom: null }) })
        .where('id', '=', row.id)
        .execute();
    }
  }
  for (const { id, presence } of agents) {
    context.emit({
      type: 'presence.changed',
      actor,
      agentId: id,
      reason: 'status-removed',
      data: { presence, statusId: null, before: presence },
    });
  }
}

/** The agent's status with everything the menu needs. */
export async function presenceView(db: Database, now: number, agentId: string): Promise<PresenceView> {
  const state = await stateOf(db, agentId);
  const workload = await workloadOf(db, now, agentId);
  const all = await allStatuses(db);
  return {
    agentId,
    presence: state.presence,
    statusId: state.custom,
    label: all.find((status) => status.id === state.custom)?.label ?? null,
    by: state.by,
    used: workload.used,
    capacity: workload.total,
    sessions: workload.sessions,
    statuses: all,
  };
}

export async function allStatuses(db: Database): Promise<StatusView[]> {
  return (await db.selectFrom('statuses').selectAll().orderBy('label').execute()) as StatusView[];
}

export const presence: QueryFunction<'presence'> = (db, context, { agentId }) => presenceView(db, context.now, agentId);
export const statuses: QueryFunction<'statuses'> = (db) => allStatuses(db);
