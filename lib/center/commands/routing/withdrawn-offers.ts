import { sql } from 'kysely';
import type { Database } from '../../../store/schema.ts';
import { SYSTEM, type CommandContext } from '../context.ts';
import { endOffer, OFFER_EVENTS, partsOf, setPart, type PendingOffer } from './offers.ts';
import { routeConversation } from './routing.ts';

/**
 * Takes an agent out of the alerts they cannot answer any more; what nobody is left for goes on to somebody else.
 * @param free units the agent has left: only dearer work is taken away; without it, everything
 */
export async function withdrawOffers(db: Database, context: CommandContext, agentId: string, free?: number): Promise<void> {
  let select = pendingParts(db).where('offer_agents.agent_id', '=', agentId);
  if (free !== undefined) select = select.where('queues.units', '>', free).where('offers.kind', '!=', 'consult');
  await withdraw(db, context, await select.execute(), free === undefined ? 'agent-absent' : 'agent-full');
}

/** Takes the alerts of a queue away from those who do not belong to it any more. */
export async function withdrawFromOutsiders(db: Database, context: CommandContext, queueId: string): Promise<void> {
  const parts = await pendingParts(db)
    .where('offers.queue_id', '=', queueId)
    .where('offers.kind', '=', 'incoming')
    .where('queues.everyone', '=', 0)
    .where((e) =>
      e.not(
        e.exists(
          e
            .selectFrom('queue_members')
            .select('queue_members.agent_id')
            .whereRef('queue_members.queue_id', '=', 'offers.queue_id')
            .whereRef('queue_members.agent_id', '=', 'offer_agents.agent_id'),
        ),
      ),
    )
    .execute();
  await withdraw(db, context, parts, 'not-in-queue');
}

interface PendingPart extends Omit<PendingOffer, 'from_agent'> {
  agent_id: string;
}

function pendingParts(db: Database) {
  return db
    .selectFrom('offer_agents')
    .innerJoin('offers', 'offers.id', 'offer_agents.offer_id')
    .innerJoin('queues', 'queues.id', 'offers.queue_id')
    .select(['offers.id', 'offers.conversation_id', 'offers.queue_id', 'offers.kind', 'offer_agents.agent_id'])
    .where('offer_agents.state', '=', sql.lit('pending' as const));
}

async function withdraw(db: Database, context: CommandContext, parts: PendingPart[], reason: string): Promise<void> {
  for (const part of parts) {
    await setPart(db, part.id, part.agent_id, 'withdrawn');
    context.emit({
      type: part.kind === 'incoming' ? 'offer.withdrawn' : OFFER_EVENTS[part.kind].declined,
      actor: SYSTEM,
      conversationId: part.conversation_id,
      queueId: part.queue_id,
      agentId: part.agent_id,
      reason,
      data: { offerId: part.id },
    });
    if ((await partsOf(db, part.id)).length > 0) continue;
    await endOffer(db, context, part.conversation_id, 'withdrawn');
    if (part.kind === 'incoming') await routeConversation(db, context, part.conversation_id);
  }
}
