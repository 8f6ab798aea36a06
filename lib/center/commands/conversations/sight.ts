import { sql } from 'kysely';
import { CenterError } from '../../../domain/errors.ts';
import type { Database } from '../../../store/schema.ts';
import { isAsked } from '../routing/offers.ts';
import { queuesOf } from '../routing/workload.ts';
import type { ConversationRow } from './conversation-rows.ts';
import { roleOf } from './participants.ts';
import { selectViews, type ViewRow } from './views.ts';

/**
 * What an agent may see of a conversation: their own, and those they take part in, in full; what waits in a queue of
 * theirs or is offered to them with the address masked; past ones of a customer as they may see the present one.
 * Supervisors see everything.
 */
export type Sight = 'full' | 'masked';

export async function sightOf(db: Database, row: ConversationRow, agentId: string): Promise<Sight | null> {
  if (row.agent_id === agentId) return 'full';
  const reader = await db.selectFrom('agents').select(['role', 'disabled']).where('id', '=', agentId).executeTakeFirst();
  if (reader === undefined || reader.disabled === 1) return null;
  if (reader.role === 'supervisor') return row.state === 'open' ? 'masked' : 'full';
  if ((await roleOf(db, row.id, agentId)) !== undefined) return 'full';
  if (await isAsked(db, row.id, agentId)) return 'masked';
  const queues = await queuesOf(db, agentId);
  if (row.state === 'open' && row.handled_by === 'queue') return queues.includes(row.queue_id ?? '') ? 'masked' : null;
  if (row.state !== 'closed') return null;
  const live = await db
    .selectFrom('conversations')
    .select(['id', 'agent_id', 'state', 'handled_by', 'queue_id'])
    .where('customer_id', '=', row.customer_id)
    .where('state', '!=', sql.lit('closed'))
    .execute();
  for (const present of live) {
    if (present.agent_id === agentId || (await roleOf(db, present.id, agentId)) !== undefined) return 'full';
    if (present.state === 'open' && present.handled_by === 'queue' && queues.includes(present.queue_id ?? '')) return 'masked';
  }
  return null;
}

/** Whether an agent may know whose a conversation is: who may see it, and who is in its queue. */
export async function knowsWhoHas(db: Database, row: ConversationRow, agentId: string): Promise<boolean> {
  if ((await sightOf(db, row, agentId)) !== null) return true;
  return row.queue_id !== null && (await queuesOf(db, agentId)).includes(row.queue_id);
}

/**
 * A conversation that this agent may see, and how. One answer for what is not there and what is not theirs.
 * @throws CenterError `UNKNOWN_CONVERSATION`
 */
export async function visibleConversation(db: Database, id: string, agentId: string): Promise<{ row: ViewRow; sight: Sight }> {
  const row = (await selectViews(db).where('conversations.id', '=', id).executeTakeFirst()) as ViewRow | undefined;
  const sight = row === undefined ? null : await sightOf(db, row, agentId);
  if (row === undefined || sight === null) {
    throw new CenterError('UNKNOWN_CONVERSATION', 'There is no such conversation for you.');
  }
  return { row, sight };
}
