import { sql } from 'kysely';
import type { EventAudience } from '../../contract.ts';
import type { QueryFunction } from '../context.ts';

export const eventAudience: QueryFunction<'eventAudience'> = async (db, _context, { conversationIds, queueIds }) => {
  const audience: EventAudience = { conversations: {}, queues: {} };
  const rows =
    conversationIds.length === 0
      ? []
      : await db
          .selectFrom('conversations')
          .select(['id', 'agent_id', 'handled_by', 'queue_id'])
          .where('id', 'in', conversationIds)
          .execute();
  for (const row of rows) {
    audience.conversations[row.id] = {
      agentId: row.agent_id,
      handledBy: row.handled_by,
      queueId: row.queue_id,
      participants: [],
      offered: [],
    };
  }
  const ids = rows.map((row) => row.id);
  if (ids.length > 0) {
    const parts = await db
      .selectFrom('participants')
      .select(['conversation_id', 'agent_id'])
      .where('conversation_id', 'in', ids)
      .execute();
    for (const part of parts) audience.conversations[part.conversation_id]!.participants.push(part.agent_id);
    const offered = await db
      .selectFrom('offers')
      .innerJoin('offer_agents', 'offer_agents.offer_id', 'offers.id')
      .select(['offers.conversation_id', 'offer_agents.agent_id'])
      .where('offers.conversation_id', 'in', ids)
      .where('offers.state', '=', sql.lit('pending' as const))
      .where('offer_agents.state', '=', sql.lit('pending' as const))
      .execute();
    for (const part of offered) audience.conversations[part.conversation_id]!.offered.push(part.agent_id);
  }
  const wanted = new Set([...queueIds, ...rows.map((row) => row.queue_id)].filter((id) => id !== null));
  if (wanted.size > 0) {
    const queues = await db
      .selectFrom('queues')
      .leftJoin('queue_members', (join) => join.onRef('queue_members.queue_id', '=', 'queues.id').on('queues.everyone', '=', 0))
      .select(['queues.id', 'queues.everyone', 'queue_members.agent_id'])
      .where('queues.id', 'in', [...wanted])
      .execute();
    for (const row of queues) {
      if (row.everyone === 1) audience.queues[row.id] = null;
      else (audience.queues[row.id] ??= []).push(...(row.agent_id === null ? [] : [row.agent_id]));
    }
  }
  return audience;
};
