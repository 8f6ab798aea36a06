import { CenterError } from '../../../domain/errors.ts';
import { BASE_PRESENCES, type BasePresence } from '../../../domain/presence.ts';
import type { Database } from '../../../store/schema.ts';
import type { AgentWorkView } from '../../engine-contract.ts';
import type { CommandFunction, QueryFunction } from '../context.ts';
import { actingSupervisor, authorOf } from '../conversations/actors.ts';
import { afterWork, allStatuses } from '../routing/presence.ts';
import { drainFor } from '../routing/routing.ts';
import { allWorkloads } from '../routing/workload.ts';

const MOST_UNITS = 1000;
const MOST_SKILLS = 50;

/** Everybody with status, load, skills and queues. */
export async function agentWorkViews(db: Database, now: number): Promise<AgentWorkView[]> {
  const agents = await db.selectFrom('agents').selectAll().orderBy('name').execute();
  const desks = new Set((await db.selectFrom('desks').select('agent_id').distinct().execute()).map((desk) => desk.agent_id));
  const loads = await allWorkloads(db, now);
  const labels = new Map((await allStatuses(db)).map((status) => [status.id, status.label]));
  const queues = await db.selectFrom('queues').select(['id', 'everyone']).execute();
  const members = await db.selectFrom('queue_members').selectAll().execute();
  return agents.map((agent) => ({
    id: agent.id,
    username: agent.username,
    name: agent.name,
    role: agent.role,
    disabled: agent.disabled === 1,
    live: desks.has(agent.id),
    presence: agent.presence,
    label: agent.presence_status === null ? null : (labels.get(agent.presence_status) ?? null),
    used: loads.get(agent.id)?.used ?? 0,
    capacity: agent.capacity,
    sessions: loads.get(agent.id)?.sessions ?? 0,
    skills: JSON.parse(agent.skills) as string[],
    usual: usualOf(agent.usual),
    queues: queues
      .filter((queue) => queue.everyone === 1 || members.some((one) => one.queue_id === queue.id && one.agent_id === agent.id))
      .map((queue) => queue.id),
  }));
}

function usualOf(json: string | null): AgentWorkView['usual'] {
  if (json === null) return null;
  const { presence, custom } = JSON.parse(json) as { presence: BasePresence; custom: string | null };
  return { presence, statusId: custom };
}

export const teamWork: QueryFunction<'teamWork'> = async (db, context, { actorId }) => {
  await actingSupervisor(db, actorId);
  return agentWorkViews(db, context.now);
};

export const changeWork: CommandFunction<'changeWork'> = async (db, context, { actorId, agentId, change }) => {
  const actor = await actingSupervisor(db, actorId);
  const { capacity, skills, usual } = change;
  if (capacity !== undefined && (!Number.isInteger(capacity) || capacity < 0 || capacity > MOST_UNITS)) {
    throw new CenterError('INVALID_REQUEST', `Capacity is 0 to ${MOST_UNITS} units.`);
  }
  if (skills !== undefined && skills.length > MOST_SKILLS)
    throw new CenterError('INVALID_REQUEST', `At most ${MOST_SKILLS} skills.`);
  const status = usual?.statusId ? (await allStatuses(db)).find((one) => one.id === usual.statusId) : undefined;
  if (usual && (!BASE_PRESENCES.includes(usual.presence) || (usual.statusId !== null && status === undefined)))
    throw new CenterError('INVALID_REQUEST', 'There is no such status.');
  const changed = await db
    .updateTable('agents')
    .set({
      id: agentId,
      ...(capacity === undefined ? {} : { capacity }),
      ...(skills === undefined
        ? {}
        : { skills: JSON.stringify([...new Set(skills.map((skill) => skill.trim()).filter((skill) => skill !== ''))]) }),
      ...(usual === undefined
        ? {}
        : {
            usual: usual === null ? null : JSON.stringify({ presence: status?.base ?? usual.presence, custom: usual.statusId }),
          }),
    })
    .where('id', '=', agentId)
    .executeTakeFirst();
  if (changed.numUpdatedRows === 0n) throw new CenterError('UNKNOWN_AGENT', 'There is no such person in the team.');
  context.emit({
    type: 'agent.changed',
    actor: authorOf(actor),
    agentId,
    data: { changed: Object.keys(change), signedOut: false },
  });
  if (capacity === undefined) await drainFor(db, context, agentId);
  else await afterWork(db, context, agentId, 'circumstances');
  return (await agentWorkViews(db, context.now)).find((agent) => agent.id === agentId)!;
};
