import type { QueryFunction } from './context.ts';

export const eventAudience: QueryFunction<'eventAudience'> = async (db, _context, { conversationIds }) => {
  if (conversationIds.length === 0) return {};
  const rows = await db
    .selectFrom('conversations')
    .select(['id', 'agent_id', 'handled_by'])
    .where('id', 'in', conversationIds)
    .execute();
  return Object.fromEntries(rows.map((row) => [row.id, { agentId: row.agent_id, handledBy: row.handled_by }]));
};
