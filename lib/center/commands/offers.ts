import { CenterError } from '../../domain/errors.ts';
import type { Database, OfferState } from '../../store/schema.ts';
import { newId } from '../ids.ts';
import { SYSTEM, type CommandContext, type CommandFunction } from './context.ts';

/** Alerts that somebody who has just come to the desk gets at once; the rest stands in the list on Home. */
const MOST_AT_ARRIVAL = 5;

/** Offers a queued conversation to every agent with a live desk; nobody there is an event, and it keeps its place. */
export async function offerConversation(
  db: Database,
  context: CommandContext,
  conversationId: string,
  queueId: string,
): Promise<void> {
  const agents = await db
    .selectFrom('agents')
    .select('id')
    .where('disabled', '=', 0)
    .where('id', 'in', db.selectFrom('desks').select('agent_id'))
    .execute();
  if (agents.length === 0) {
    context.emit({ type: 'offer.unclaimed', actor: SYSTEM, conversationId, queueId, reason: 'nobody-there' });
    return;
  }
  await createOffer(
    db,
    context,
    conversationId,
    queueId,
    agents.map((agent) => agent.id),
  );
}

async function createOffer(
  db: Database,
  context: CommandContext,
  conversationId: string,
  queueId: string,
  agentIds: string[],
): Promise<void> {
  const queue = await db.selectFrom('queues').select('offer_seconds').where('id', '=', queueId).executeTakeFirstOrThrow();
  const id = newId();
  const expiresAt = context.now + queue.offer_seconds * 1000;
  await db
    .insertInto('offers')
    .values({
      id,
      conversation_id: conversationId,
      queue_id: queueId,
      state: 'pending',
      created_at: context.now,
      expires_at: expiresAt,
    })
    .execute();
  await db
    .insertInto('offer_agents')
    .values(agentIds.map((agentId) => ({ offer_id: id, agent_id: agentId, state: 'pending' as const })))
    .execute();
  context.emit({
    type: 'offer.created',
    actor: SYSTEM,
    conversationId,
    queueId,
    data: { offerId: id, expiresAt, agents: agentIds },
  });
}

/** Somebody has come to the desk: what waits is offered, oldest first, but not what this agent has rejected. */
export async function offerWaiting(db: Database, context: CommandContext, agentId: string): Promise<void> {
  const waiting = await db
    .selectFrom('conversations')
    .leftJoin('offers', (join) =>
      join.onRef('offers.conversation_id', '=', 'conversations.id').on('offers.state', '=', 'pending'),
    )
    .select(['conversations.id', 'conversations.queue_id', 'offers.id as offer_id'])
    .where('conversations.state', '=', 'open')
    .where('conversations.handled_by', '=', 'queue')
    .where('conversations.queue_id', 'is not', null)
    .where((e) =>
      e.not(
        e.exists(
          e
            .selectFrom('offer_agents')
            .innerJoin('offers as past', 'past.id', 'offer_agents.offer_id')
            .select('past.id')
            .whereRef('past.conversation_id', '=', 'conversations.id')
            .whereRef('past.created_at', '>=', 'conversations.queued_at')
            .where('offer_agents.agent_id', '=', agentId)
            .where('offer_agents.state', 'in', ['pending', 'rejected']),
        ),
      ),
    )
    .orderBy('conversations.queued_at')
    .limit(MOST_AT_ARRIVAL)
    .execute();
  for (const conversation of waiting) {
    if (conversation.offer_id === null) {
      await createOffer(db, context, conversation.id, conversation.queue_id!, [agentId]);
      continue;
    }
    await db
      .insertInto('offer_agents')
      .values({ offer_id: conversation.offer_id, agent_id: agentId, state: 'pending' })
      .execute();
    context.emit({
      type: 'offer.widened',
      actor: SYSTEM,
      conversationId: conversation.id,
      queueId: conversation.queue_id,
      agentId,
      data: { offerId: conversation.offer_id },
    });
  }
}

/** Ends a conversation's pending offer, if there is one, with everybody's part in it. Returns its id. */
export async function endOffer(
  db: Database,
  context: CommandContext,
  conversationId: string,
  state: Exclude<OfferState, 'pending'>,
  winner: string | null = null,
): Promise<string | null> {
  const offer = await db
    .selectFrom('offers')
    .select('id')
    .where('conversation_id', '=', conversationId)
    .where('state', '=', 'pending')
    .executeTakeFirst();
  if (offer === undefined) return null;
  await db.updateTable('offers').set({ state, ended_at: context.now }).where('id', '=', offer.id).execute();
  if (winner !== null) {
    await db
      .updateTable('offer_agents')
      .set({ state: 'accepted' })
      .where('offer_id', '=', offer.id)
      .where('agent_id', '=', winner)
      .execute();
  }
  await db
    .updateTable('offer_agents')
    .set({ state: state === 'accepted' ? 'withdrawn' : state })
    .where('offer_id', '=', offer.id)
    .where('state', '=', 'pending')
    .execute();
  return offer.id;
}

export const rejectOffer: CommandFunction<'rejectOffer'> = async (db, context, { offerId, agentId }) => {
  const offer = await db
    .selectFrom('offers')
    .innerJoin('offer_agents', 'offer_agents.offer_id', 'offers.id')
    .innerJoin('agents', 'agents.id', 'offer_agents.agent_id')
    .select(['offers.conversation_id', 'offers.queue_id', 'offers.state', 'offer_agents.state as part', 'agents.name'])
    .where('offers.id', '=', offerId)
    .where('offer_agents.agent_id', '=', agentId)
    .executeTakeFirst();
  if (offer === undefined) throw new CenterError('NOT_FOUND', 'There is no such offer for you.');
  if (offer.part === 'rejected') return { ended: offer.state !== 'pending' };
  if (offer.state !== 'pending') throw new CenterError('OFFER_ENDED', 'This offer has ended.');
  await db
    .updateTable('offer_agents')
    .set({ state: 'rejected' })
    .where('offer_id', '=', offerId)
    .where('agent_id', '=', agentId)
    .execute();
  const about = { conversationId: offer.conversation_id, queueId: offer.queue_id };
  context.emit({
    type: 'offer.rejected',
    actor: { kind: 'agent', id: agentId, name: offer.name },
    ...about,
    agentId,
    data: { offerId },
  });
  const left = await db
    .selectFrom('offer_agents')
    .select('agent_id')
    .where('offer_id', '=', offerId)
    .where('state', '=', 'pending')
    .executeTakeFirst();
  if (left !== undefined) return { ended: false };
  await endOffer(db, context, offer.conversation_id, 'rejected');
  context.emit({ type: 'offer.unclaimed', actor: SYSTEM, ...about, reason: 'everybody-rejected', data: { offerId } });
  return { ended: true };
};

/** Ends the offers whose deadline has passed; the deadline is the server's, whatever a browser shows. */
export async function expireOffers(db: Database, context: CommandContext): Promise<boolean> {
  const due = await db
    .selectFrom('offers')
    .select(['id', 'conversation_id', 'queue_id'])
    .where('state', '=', 'pending')
    .where('expires_at', '<=', context.now)
    .execute();
  for (const offer of due) {
    await endOffer(db, context, offer.conversation_id, 'expired');
    const about = { conversationId: offer.conversation_id, queueId: offer.queue_id, data: { offerId: offer.id } };
    context.emit({ type: 'offer.expired', actor: SYSTEM, ...about });
    context.emit({ type: 'offer.unclaimed', actor: SYSTEM, ...about, reason: 'deadline' });
  }
  return due.length > 0;
}
