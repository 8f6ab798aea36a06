import type { Selectable } from 'kysely';
import { CenterError } from '../../../domain/errors.ts';
import type { AgentsTable, Database } from '../../../store/schema.ts';
import type { AgentChange } from '../../contract.ts';
import type { AgentView } from '../../views.ts';
import type { Author } from '../../../domain/message.ts';
import { newId } from '../../ids.ts';
import { releaseAllOf } from '../conversations/moves.ts';
import { signedOut } from '../routing/presence.ts';
import { SYSTEM, type CommandContext, type CommandFunction, type QueryFunction } from '../context.ts';
import { usernameOf } from './usernames.ts';

type AgentRow = Selectable<AgentsTable> & { live: number | bigint | string };

function selectAgents(db: Database) {
  return db
    .selectFrom('agents')
    .selectAll('agents')
    .select((eb) =>
      eb
        .selectFrom('desks')
        .select((inner) => inner.fn.countAll<number>().as('open'))
        .whereRef('desks.agent_id', '=', 'agents.id')
        .as('live'),
    )
    .$castTo<AgentRow>();
}

function view(row: AgentRow): AgentView {
  return {
    id: row.id,
    username: row.username,
    name: row.name,
    role: row.role,
    disabled: row.disabled === 1,
    configured: row.configured === 1,
    live: Number(row.live) > 0,
  };
}

/** @throws CenterError `UNKNOWN_AGENT` */
export async function agentViewOf(db: Database, agentId: string): Promise<AgentView> {
  const row = await selectAgents(db).where('agents.id', '=', agentId).executeTakeFirst();
  if (row === undefined) throw new CenterError('UNKNOWN_AGENT', 'There is no such person in the team.');
  return view(row);
}

/** Ends every session of an agent; the event that goes with it closes their desks. */
async function endSessions(db: Database, context: CommandContext, agentId: string): Promise<void> {
  await db.deleteFrom('sessions').where('agent_id', '=', agentId).execute();
  await signedOut(db, context, agentId);
}

/** @throws CenterError `FORBIDDEN` for anybody but a supervisor who may sign in */
async function requireSupervisor(db: Database, actorId: string): Promise<AgentView> {
  const row = await selectAgents(db).where('agents.id', '=', actorId).executeTakeFirst();
  if (row === undefined || row.disabled === 1 || row.role !== 'supervisor') {
    throw new CenterError('FORBIDDEN', 'Only a supervisor may change the team.');
  }
  return view(row);
}

const anybody = (db: Database) => db.selectFrom('agents').select('id').limit(1).executeTakeFirst();

export const addAgent: CommandFunction<'addAgent'> = async (db, context, { actorId, agent }) => {
  const username = usernameOf(agent.username);
  if (actorId === null) {
    // The first supervisor, with the one-time code; whoever comes second finds the door shut.
    if ((await anybody(db)) !== undefined) throw new CenterError('FORBIDDEN', 'This contact center has been set up already.');
    if (agent.role !== 'supervisor') throw new CenterError('INVALID_REQUEST', 'The first person is a supervisor.');
  }
  const actor = actorId === null ? null : await requireSupervisor(db, actorId);
  const id = agent.id ?? newId();
  const known = await db.selectFrom('agents').select('username').where('id', '=', id).executeTakeFirst();
  // Sent again because the answer was lost: that person is there.
  if (known?.username === username) return agentViewOf(db, id);
  if (known !== undefined) throw new CenterError('INVALID_REQUEST', 'This id is taken. Choose another one.');
  await refuseTakenUsername(db, username);
  await db
    .insertInto('agents')
    .values({
      id,
      username,
      name: agent.name.trim(),
      role: agent.role,
      password_hash: agent.passwordHash,
      disabled: 0,
      configured: 0,
      created_at: context.now,
    })
    .execute();
  context.emit({
    type: 'agent.added',
    actor: actor === null ? SYSTEM : { kind: 'agent', id: actor.id, name: actor.name },
    agentId: id,
    reason: actor === null ? 'setup' : null,
    data: { role: agent.role },
  });
  return agentViewOf(db, id);
};

async function refuseTakenUsername(db: Database, username: string): Promise<void> {
  const taken = await db.selectFrom('agents').select('id').where('username', '=', username).executeTakeFirst();
  if (taken !== undefined) throw new CenterError('USERNAME_TAKEN', 'Somebody in the team has this username already.');
}

export const changeAgent: CommandFunction<'changeAgent'> = async (db, context, { actorId, agentId, change }) => {
  const actor = await requireSupervisor(db, actorId);
  const before = await agentViewOf(db, agentId);
  refuseChangeOfConfigured(before, change);
  if (before.role === 'supervisor' && !before.disabled && (change.disabled === true || change.role === 'agent')) {
    await refuseWithoutSupervisor(db, agentId);
  }
  const changed = Object.keys(change).filter((field) => change[field as keyof AgentChange] !== undefined);
  if (changed.length === 0) return before;
  await db
    .updateTable('agents')
    .set({
      ...(change.name === undefined ? {} : { name: change.name.trim() }),
      ...(change.role === undefined ? {} : { role: change.role }),
      ...(change.disabled === undefined ? {} : { disabled: change.disabled ? 1 : 0 }),
      ...(change.passwordHash === undefined ? {} : { password_hash: change.passwordHash }),
    })
    .where('id', '=', agentId)
    .execute();
  const signsOut =
    change.disabled === true || change.passwordHash !== undefined || (change.role !== undefined && change.role !== before.role);
  if (signsOut) await endSessions(db, context, agentId);
  const actorName: Author = { kind: 'agent', id: actor.id, name: actor.name };
  if (change.disabled === true) await releaseAllOf(db, context, agentId, actorName, 'agent-disabled');
  context.emit({
    type: 'agent.changed',
    actor: { kind: 'agent', id: actor.id, name: actor.name },
    agentId,
    // Whoever reads their name somewhere has to know.
    ...(change.name === undefined || change.name.trim() === before.name ? {} : { reason: 'renamed' }),
    data: {
      changed: changed.map((field) => (field === 'passwordHash' ? 'password' : field)),
      signedOut: signsOut,
      ...(change.disabled === undefined ? {} : { disabled: change.disabled }),
      ...(change.role === undefined ? {} : { role: change.role }),
    },
  });
  return agentViewOf(db, agentId);
};

/** Removes somebody for good. What they wrote stays with their name; what they had goes back to open. */
export const removeAgent: CommandFunction<'removeAgent'> = async (db, context, { actorId, agentId }) => {
  const actor = await requireSupervisor(db, actorId);
  const agent = await agentViewOf(db, agentId);
  refuseChangeOfConfigured(agent, { disabled: true });
  if (agent.role === 'supervisor' && !agent.disabled) await refuseWithoutSupervisor(db, agentId);
  const by: Author = { kind: 'agent', id: actor.id, name: actor.name };
  await db.updateTable('agents').set({ disabled: 1 }).where('id', '=', agentId).execute();
  await endSessions(db, context, agentId);
  await releaseAllOf(db, context, agentId, by, 'agent-removed');
  await db.deleteFrom('queue_members').where('agent_id', '=', agentId).execute();
  await db.deleteFrom('desks').where('agent_id', '=', agentId).execute();
  await db.deleteFrom('returned').where('agent_id', '=', agentId).execute();
  await db.deleteFrom('agents').where('id', '=', agentId).execute();
  context.emit({ type: 'agent.removed', actor: by, agentId, data: { name: agent.name, signedOut: true } });
  return null;
};

/** @throws CenterError `AGENT_CONFIGURED` for what the next deploy would turn back */
function refuseChangeOfConfigured(agent: AgentView, change: AgentChange): void {
  if (!agent.configured) return;
  if (change.disabled === true || change.passwordHash !== undefined || change.role === 'agent') {
    throw new CenterError(
      'AGENT_CONFIGURED',
      'This supervisor comes from the contact-center node in Node-RED and is changed there.',
    );
  }
}

/** @throws CenterError `LAST_SUPERVISOR` */
async function refuseWithoutSupervisor(db: Database, leaving: string): Promise<void> {
  const other = await db
    .selectFrom('agents')
    .select('id')
    .where('role', '=', 'supervisor')
    .where('disabled', '=', 0)
    .where('id', '!=', leaving)
    .limit(1)
    .executeTakeFirst();
  if (other === undefined) throw new CenterError('LAST_SUPERVISOR', 'The team needs a supervisor: make somebody else one first.');
}

export const applySupervisor: CommandFunction<'applySupervisor'> = async (db, context, { supervisor }) => {
  if (supervisor === null) return { changed: await releaseConfigured(db, context, null) };
  const username = usernameOf(supervisor.username);
  const released = await releaseConfigured(db, context, username);
  const known = await db.selectFrom('agents').selectAll().where('username', '=', username).executeTakeFirst();
  if (known === undefined) {
    const id = newId();
    await db
      .insertInto('agents')
      .values({
        id,
        username,
        name: supervisor.username.trim(),
        role: 'supervisor',
        password_hash: supervisor.passwordHash,
        disabled: 0,
        configured: 1,
        created_at: context.now,
      })
      .execute();
    context.emit({ type: 'agent.added', actor: SYSTEM, agentId: id, reason: 'configuration', data: { role: 'supervisor' } });
    return { changed: true };
  }
  const same =
    known.configured === 1 &&
    known.disabled === 0 &&
    known.role === 'supervisor' &&
    known.password_hash === supervisor.passwordHash;
  if (same) return { changed: released };
  await db
    .updateTable('agents')
    .set({ role: 'supervisor', disabled: 0, configured: 1, password_hash: supervisor.passwordHash })
    .where('id', '=', known.id)
    .execute();
  await endSessions(db, context, known.id);
  context.emit({
    type: 'agent.changed',
    actor: SYSTEM,
    agentId: known.id,
    reason: 'configuration',
    data: { changed: ['password'], signedOut: true },
  });
  return { changed: true };
};

/**
 * Lets go of a supervisor the configuration names no more. Where another one takes the place, the old sign-in ends with
 * it; where nobody does, the account stays as it is, or nobody could open the Team page any more.
 */
async function releaseConfigured(db: Database, context: CommandContext, except: string | null): Promise<boolean> {
  const query = db.selectFrom('agents').selectAll().where('configured', '=', 1);
  const rows = await (except === null ? query : query.where('username', '!=', except)).execute();
  for (const row of rows) {
    const disabled = except !== null;
    await db
      .updateTable('agents')
      .set({ configured: 0, disabled: disabled ? 1 : row.disabled })
      .where('id', '=', row.id)
      .execute();
    if (disabled) {
      await endSessions(db, context, row.id);
      await releaseAllOf(db, context, row.id, SYSTEM, 'agent-disabled');
    }
    context.emit({
      type: 'agent.changed',
      actor: SYSTEM,
      agentId: row.id,
      reason: 'configuration',
      data: { changed: disabled ? ['disabled'] : [], signedOut: disabled, ...(disabled ? { disabled } : {}) },
    });
  }
  return rows.length > 0;
}

export const team: QueryFunction<'team'> = async (db) => {
  const rows = await selectAgents(db).orderBy('agents.name').orderBy('agents.username').execute();
  return rows.map(view);
};

export const agentCount: QueryFunction<'agentCount'> = async (db) => {
  const row = await db
    .selectFrom('agents')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return { count: Number(row.count) };
};

export const supervisorVerifier: QueryFunction<'supervisorVerifier'> = async (db) => {
  const row = await db.selectFrom('agents').select(['username', 'password_hash']).where('configured', '=', 1).executeTakeFirst();
  return { username: row?.username ?? null, verifier: row?.password_hash ?? null };
};
