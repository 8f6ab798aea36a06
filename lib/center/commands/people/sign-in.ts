import { isSessionAlive, SESSION_IDLE_MS, SESSION_LONGEST_MS, SESSION_TOUCH_MS } from '../../../domain/desk-session.ts';
import { CenterError } from '../../../domain/errors.ts';
import { backoffAfter, FORGET_FAILURES_AFTER, kindOfKey } from '../../../domain/sign-in-backoff.ts';
import type { Database } from '../../../store/schema.ts';
import { newId } from '../../ids.ts';
import type { CommandContext, CommandFunction, QueryFunction } from '../context.ts';
import { signedOut } from '../routing/presence.ts';
import { agentViewOf } from './people.ts';
import { usernameOf } from './usernames.ts';

/** Failure counters by key, without those that are forgotten by now. */
async function readFailures(
  db: Database,
  keys: string[],
  at: number,
): Promise<Map<string, { count: number; blockedUntil: number }>> {
  const rows = await db.selectFrom('sign_in_failures').selectAll().where('key', 'in', keys).execute();
  return new Map(
    rows
      .filter((row) => row.last_at > at - FORGET_FAILURES_AFTER)
      .map((row) => [row.key, { count: row.count, blockedUntil: row.blocked_until }]),
  );
}

export const admitSignIn: CommandFunction<'admitSignIn'> = async (db, _context, { keys, at }) => {
  await db
    .deleteFrom('sign_in_failures')
    .where('last_at', '<=', at - FORGET_FAILURES_AFTER)
    .execute();
  const failures = await readFailures(db, keys, at);
  const blockedUntil = Math.max(0, ...[...failures.values()].map((failure) => failure.blockedUntil));
  if (blockedUntil > at) return { blockedUntil };
  for (const key of keys) {
    const count = (failures.get(key)?.count ?? 0) + 1;
    const values = { count, last_at: at, blocked_until: at + backoffAfter(kindOfKey(key), count) };
    await db
      .insertInto('sign_in_failures')
      .values({ key, ...values })
      .onConflict((conflict) => conflict.column('key').doUpdateSet(values))
      .execute();
  }
  return { blockedUntil: null };
};

export const signIn: CommandFunction<'signIn'> = async (db, context, args) => {
  const { agentId, passwordHash, tokenHash, endsTokenHash, keys, at } = args;
  const row = await db.selectFrom('agents').selectAll().where('id', '=', agentId).executeTakeFirst();
  if (row === undefined || row.disabled === 1 || row.password_hash !== passwordHash) {
    throw new CenterError('SIGN_IN_FAILED', 'The username or the password is wrong.');
  }
  await forgetAttempt(db, keys, at);
  if (endsTokenHash !== null) await endSession(db, context, endsTokenHash);
  await db
    .deleteFrom('sessions')
    .where((eb) => eb.or([eb('seen_at', '<=', at - SESSION_IDLE_MS), eb('created_at', '<=', at - SESSION_LONGEST_MS)]))
    .execute();
  const id = newId();
  await db.insertInto('sessions').values({ token_hash: tokenHash, id, agent_id: agentId, created_at: at, seen_at: at }).execute();
  context.emit({
    type: 'agent.signed-in',
    actor: { kind: 'agent', id: agentId, name: row.name },
    agentId,
    data: { session: id },
  });
  return { agent: await agentViewOf(db, agentId), sessionId: id };
};

/**
 * The right password clears the account's counter. The address' counter loses only this attempt: somebody with an
 * account of their own must not be able to clear it between guesses at others.
 */
async function forgetAttempt(db: Database, keys: string[], at: number): Promise<void> {
  const failures = await readFailures(db, keys, at);
  for (const key of keys) {
    const count = (failures.get(key)?.count ?? 0) - 1;
    if (kindOfKey(key) === 'account' || count <= 0) await db.deleteFrom('sign_in_failures').where('key', '=', key).execute();
    else await db.updateTable('sign_in_failures').set({ count, blocked_until: 0 }).where('key', '=', key).execute();
  }
}

export const signOut: CommandFunction<'signOut'> = async (db, context, { tokenHash }) => {
  await endSession(db, context, tokenHash);
  return null;
};

async function endSession(db: Database, context: CommandContext, tokenHash: string): Promise<void> {
  const row = await db
    .selectFrom('sessions')
    .innerJoin('agents', 'agents.id', 'sessions.agent_id')
    .select(['sessions.id', 'agents.id as agentId', 'agents.name'])
    .where('token_hash', '=', tokenHash)
    .executeTakeFirst();
  if (row === undefined) return;
  await db.deleteFrom('sessions').where('token_hash', '=', tokenHash).execute();
  context.emit({
    type: 'agent.signed-out',
    actor: { kind: 'agent', id: row.agentId, name: row.name },
    agentId: row.agentId,
    data: { session: row.id },
  });
  await leaveWithLastSession(db, context, row.agentId);
}

async function leaveWithLastSession(db: Database, context: CommandContext, agentId: string): Promise<void> {
  const other = await db.selectFrom('sessions').select('id').where('agent_id', '=', agentId).limit(1).executeTakeFirst();
  if (other === undefined) await signedOut(db, context, agentId);
}

export const touchSession: CommandFunction<'touchSession'> = async (db, context, { tokenHash, at }) => {
  const row = await db
    .selectFrom('sessions')
    .innerJoin('agents', 'agents.id', 'sessions.agent_id')
    .select(['sessions.id', 'sessions.agent_id', 'sessions.created_at', 'sessions.seen_at', 'agents.disabled', 'agents.name'])
    .where('token_hash', '=', tokenHash)
    .executeTakeFirst();
  if (row === undefined || row.disabled === 1) return null;
  if (!isSessionAlive({ createdAt: row.created_at, seenAt: row.seen_at }, at)) {
    await db.deleteFrom('sessions').where('token_hash', '=', tokenHash).execute();
    context.emit({
      type: 'agent.signed-out',
      actor: { kind: 'system' },
      agentId: row.agent_id,
      reason: 'expired',
      data: { session: row.id },
    });
    await leaveWithLastSession(db, context, row.agent_id);
    return null;
  }
  if (at >= row.seen_at + SESSION_TOUCH_MS) {
    await db.updateTable('sessions').set({ seen_at: at }).where('token_hash', '=', tokenHash).execute();
  }
  return { agent: await agentViewOf(db, row.agent_id), sessionId: row.id };
};

export const credentials: QueryFunction<'credentials'> = async (db, _context, { username }) => {
  const row = await db
    .selectFrom('agents')
    .select(['id', 'password_hash', 'disabled'])
    .where('username', '=', usernameOf(username))
    .executeTakeFirst();
  return { agentId: row?.id ?? null, passwordHash: row?.password_hash ?? null, disabled: row?.disabled === 1 };
};
