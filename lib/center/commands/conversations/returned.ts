import type { Database } from '../../../store/schema.ts';
import type { ReturnedView } from '../../views.ts';
import type { CommandContext, CommandFunction } from '../context.ts';
import { actingAgent } from './actors.ts';
import { named } from './conversation-rows.ts';

/** Remembers, for when the agent is back, that a conversation went on without them. */
export async function noteReturned(
  db: Database,
  context: CommandContext,
  agentId: string,
  conversationId: string,
): Promise<void> {
  await db
    .insertInto('returned')
    .values({ agent_id: agentId, conversation_id: conversationId, at: context.now })
    .onConflict((conflict) => conflict.columns(['agent_id', 'conversation_id']).doUpdateSet({ at: context.now }))
    .execute();
}

/** What went back to its queue while the agent was away; one that is theirs again is no news any more. */
export async function returnedOf(db: Database, agentId: string): Promise<ReturnedView[]> {
  const rows = await db
    .selectFrom('returned')
    .innerJoin('conversations', 'conversations.id', 'returned.conversation_id')
    .leftJoin('queues', 'queues.id', 'conversations.queue_id')
    .select([
      'returned.conversation_id',
      'returned.at',
      'conversations.state',
      'conversations.agent_id',
      'queues.id as queue_id',
      'queues.name as queue_name',
    ])
    .where('returned.agent_id', '=', agentId)
    .where((e) => e.or([e('conversations.agent_id', 'is', null), e('conversations.agent_id', '!=', agentId)]))
    .orderBy('returned.at')
    .execute();
  return rows.map((row) => ({
    conversationId: row.conversation_id,
    at: row.at,
    queue: named(row.queue_id, row.queue_name),
    waits: row.state === 'open',
  }));
}

export const dismissReturned: CommandFunction<'dismissReturned'> = async (db, _context, { agentId }) => {
  await actingAgent(db, agentId);
  await db.deleteFrom('returned').where('agent_id', '=', agentId).execute();
  return null;
};
