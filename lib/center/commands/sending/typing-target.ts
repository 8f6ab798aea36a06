import { sql } from 'kysely';
import { sessionWindow } from '../../../domain/session-window.ts';
import type { QueryFunction } from '../context.ts';
import { getConversation } from '../conversations/conversation-rows.ts';
import { requireWriter } from './write.ts';

export const typingTarget: QueryFunction<'typingTarget'> = async (db, context, { conversationId, agentId }) => {
  const row = await getConversation(db, conversationId);
  await requireWriter(db, row, agentId);
  const facts = { lastCustomerAt: row.last_customer_at, refusedAt: row.refused_at };
  if (row.state !== 'active' || row.opted_out_at !== null) return null;
  if (!sessionWindow(facts, context.now, context.sessionHours).open) return null;
  const last = await db
    .selectFrom('messages')
    .select(['sid', 'account_id'])
    .where('conversation_id', '=', conversationId)
    .where('direction', '=', sql.lit('inbound' as const))
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  return last === undefined || last.sid === null ? null : { sid: last.sid, accountId: last.account_id };
};
