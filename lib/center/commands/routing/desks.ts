import type { CommandFunction } from '../context.ts';
import { actingAgent } from '../conversations/actors.ts';
import { connect, disconnect } from './presence.ts';

export const openDesk: CommandFunction<'openDesk'> = async (db, context, { deskId, agentId }) => {
  // Between asking for the stream and this, somebody may have been disabled or removed.
  await actingAgent(db, agentId);
  const there = await db.selectFrom('desks').select('id').where('agent_id', '=', agentId).executeTakeFirst();
  await db
    .insertInto('desks')
    .values({ id: deskId, agent_id: agentId, opened_at: context.now })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute();
  if (there === undefined) {
    context.emit({ type: 'desk.opened', actor: { kind: 'agent', id: agentId }, agentId });
    await connect(db, context, agentId);
  }
  return null;
};

export const closeDesk: CommandFunction<'closeDesk'> = async (db, context, { deskId }) => {
  const desk = await db.selectFrom('desks').select('agent_id').where('id', '=', deskId).executeTakeFirst();
  if (desk === undefined) return null;
  await db.deleteFrom('desks').where('id', '=', deskId).execute();
  const other = await db.selectFrom('desks').select('id').where('agent_id', '=', desk.agent_id).executeTakeFirst();
  if (other === undefined) {
    context.emit({ type: 'desk.closed', actor: { kind: 'agent', id: desk.agent_id }, agentId: desk.agent_id });
    await disconnect(db, context, desk.agent_id);
  }
  return null;
};

export const closeAllDesks: CommandFunction<'closeAllDesks'> = async (db, context) => {
  const agents = await db.selectFrom('desks').select('agent_id').distinct().execute();
  await db.deleteFrom('desks').execute();
  for (const { agent_id: agentId } of agents) await disconnect(db, context, agentId);
  return null;
};
