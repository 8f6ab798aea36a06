import { sql } from 'kysely';
import { CenterError } from '../../../domain/errors.ts';
import type { Database } from '../../../store/schema.ts';
import { SYSTEM, type CommandContext, type CommandFunction, type NewEvent } from '../context.ts';
import { endOffer, OFFER_EVENTS, partsOf, pendingOffer, setPart } from './offers.ts';
import { changePresence } from './presence.ts';
import { drainLines, routeConversation } from './routing.ts';

export const rejectOffer: CommandFunction<'rejectOffer'> = async (db, context, { offerId, agentId }) => {
  const offer = await db
    .selectFrom('offers')
    .innerJoin('offer_agents', 'offer_agents.offer_id', 'offers.id')
    .innerJoin('agents', 'agents.id', 'offer_agents.agent_id')
    .innerJoin('queues', 'queues.id', 'offers.queue_id')
    .select([
      'offers.conversation_id',
      'offers.queue_id',
      'offers.state',
      'offers.kind',
      'offer_agents.state as part',
      'agents.name',
      'queues.reject_makes_busy',
    ])
    .where('offers.id', '=', offerId)
    .where('offer_agents.agent_id', '=', agentId)
    .executeTakeFirst();
  if (offer === undefined) throw new CenterError('NOT_FOUND', 'There is no such offer for you.');
  if (offer.part === 'rejected') return { ended: offer.state !== 'pending' };
  if (offer.state !== 'pending' || offer.part !== 'pending') throw new CenterError('OFFER_ENDED', 'This offer has ended.');
  await setPart(db, offerId, agentId, 'rejected');
  const about: NewEvent = {
    type: offer.kind === 'incoming' ? 'offer.rejected' : OFFER_EVENTS[offer.kind].declined,
    actor: { kind: 'agent', id: agentId, name: offer.name },
    conversationId: offer.conversation_id,
    queueId: offer.queue_id,
    agentId,
    reason: offer.kind === 'incoming' ? null : 'rejected',
    data: { offerId },
  };
  context.emit(about);
  const ended = (await partsOf(db, offerId)).length === 0;
  if (ended) await endOffer(db, context, offer.conversation_id, 'rejected');
  if (offer.reject_makes_busy === 1) await changePresence(db, context, agentId, { type: 'offer-rejected' });
  if (ended && offer.kind === 'incoming') await routeConversation(db, context, offer.conversation_id, 'everybody-rejected');
  await drainLines(db, context);
  return { ended };
};

/** Ends the offers whose deadline has passed; the deadline is the server's, whatever a browser shows. */
export async function expireOffers(db: Database, context: CommandContext): Promise<boolean> {
  const due = await db
    .selectFrom('offers')
    .innerJoin('queues', 'queues.id', 'offers.queue_id')
    .select(['offers.id', 'offers.conversation_id', 'offers.queue_id', 'offers.kind', 'queues.missed_makes_inactive'])
    .where('offers.state', '=', sql.lit('pending' as const))
    .where('offers.expires_at', '<=', context.now)
    .orderBy('offers.created_at')
    .execute();
  for (const offer of due) {
    // Somebody made inactive by an earlier one may have ended this one, and another has taken its place.
    if ((await pendingOffer(db, offer.conversation_id))?.id !== offer.id) continue;
    const missed = await partsOf(db, offer.id);
    await endOffer(db, context, offer.conversation_id, 'expired');
    context.emit({
      type: OFFER_EVENTS[offer.kind].declined,
      actor: SYSTEM,
      conversationId: offer.conversation_id,
      queueId: offer.queue_id,
      agentId: missed.length === 1 ? missed[0]! : null,
      reason: offer.kind === 'incoming' ? null : 'deadline',
      data: { offerId: offer.id },
    });
    if (offer.missed_makes_inactive === 1) {
      for (const agentId of missed) await changePresence(db, context, agentId, { type: 'offer-missed' });
    }
    if (offer.kind === 'incoming') await routeConversation(db, context, offer.conversation_id, 'deadline');
  }
  if (due.length > 0) await drainLines(db, context);
  return due.length > 0;
}
