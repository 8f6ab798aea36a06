import { sql } from 'kysely';
import type { Database } from '../../../store/schema.ts';
import { SYSTEM, type CommandContext } from '../context.ts';
import { getConversation } from '../conversations/conversation-rows.ts';
import { releaseRow } from '../conversations/moves.ts';
import { noteReturned } from '../conversations/returned.ts';

const MOST_PER_SWEEP = 100;

/**
 * Active → open with the reason "disconnected": the agent has had no desk for so long that the customer should not wait
 * for them any more. Whoever was given it while they were away has as long from then on.
 * @param minutes 0 for never
 */
export async function releaseAbsent(db: Database, context: CommandContext, minutes: number): Promise<boolean> {
  if (minutes <= 0) return false;
  const before = context.now - minutes * 60_000;
  const rows = await db
    .selectFrom('conversations')
    .innerJoin('agents', 'agents.id', 'conversations.agent_id')
    .select(['conversations.id', 'agents.id as agent_id'])
    .where('conversations.state', '!=', sql.lit('closed'))
    .where('conversations.state', '=', sql.lit('active' as const))
    .where('conversations.accepted_at', '<=', before)
    // Offline by the system is whoever has no desk, and since then.
    .where('agents.presence', '=', sql.lit('offline' as const))
    .where('agents.presence_by', '=', sql.lit('system' as const))
    .where('agents.presence_since', '<=', before)
    .limit(MOST_PER_SWEEP)
    .execute();
  for (const { id, agent_id: agentId } of rows) {
    await noteReturned(db, context, agentId!, id);
    await releaseRow(db, context, await getConversation(db, id), SYSTEM, 'disconnected');
  }
  return rows.length > 0;
}
