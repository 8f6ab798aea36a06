import { sql } from 'kysely';
import { CenterError } from '../../../domain/errors.ts';
import type { EventType } from '../../../domain/events.ts';
import { prepared } from '../../../store/prepared.ts';
import type { Database, OfferKind, OfferState } from '../../../store/schema.ts';
import { newId } from '../../ids.ts';
import type { Author } from '../../../domain/message.ts';
import { SYSTEM, type CommandContext, type CommandFunction, type NewEvent } from '../context.ts';
import { changePresence } from './presence.ts';
import { drainLines, routeConversation } from './routing.ts';

/** What is asked of agents: to take a conversation from the line, to take it over, or to give advice. */
export interface NewOffer {
  conversationId: string;
  queueId: string;
  agentIds: string[];
  kind: OfferKind;
  fromAgent: string | null;
  note: string | null;
}

interface PendingOffer {
  id: string;
  conversation_id: string;
  queue_id: string;
  kind: OfferKind;
  from_agent: string | null;
}

/** What each kind is called in the event log when it begins and when nobody takes it. */
const NAMES: Record<OfferKind, { created: EventType; declined: EventType }> = {
  incoming: { created: 'offer.created', declined: 'offer.expired' },
  transfer: { created: 'transfer.offered', declined: 'transfer.declined' },
  consult: { created: 'consult.offered', declined: 'consult.ended' },
};

/** Asks agents, with the queue's deadline, which the server keeps. */
export async function createOffer(db: Database, context: CommandContext, offer: NewOffer): Promise<string> {
  const { conversationId, queueId, agentIds, kind, fromAgent } = offer;
  const queue = await db
    .selectFrom('queues')
    .select(['offer_seconds', 'strategy'])
    .where('id', '=', queueId)
    .executeTakeFirstOrThrow();
  const alone = kind === 'incoming' && queue.strategy === 'all' ? 0 : 1;
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
      kind,
      from_agent: fromAgent,
      note: offer.note,
    })
    .execute();
  await db
    .insertInto('offer_agents')
    .values(agentIds.map((agentId) => ({ offer_id: id, agent_id: agentId, state: 'pending' as const, alone })))
    .execute();
  await db.updateTable('agents').set({ last_offered_at: context.now }).where('id', 'in', agentIds).execute();
  if (kind === 'incoming')
    await db.updateTable('conversations').set({ offered: 1, unclaimed: 0 }).where('id', '=', conversationId).execute();
  context.emit({
    type: NAMES[kind].created,
    actor: fromAgent === null ? SYSTEM : { kind: 'agent', id: fromAgent },
    conversationId,
    queueId,
    agentId: agentIds.length === 1 ? agentIds[0]! : null,
    data: { offerId: id, expiresAt, agents: agentIds },
  });
  return id;
}

const pending = prepared((db, p: { conversationId: string }) =>
  db
    .selectFrom('offers')
    .select(['id', 'conversation_id', 'queue_id', 'kind', 'from_agent'])
    .where('conversation_id', '=', p.conversationId)
    .where('state', '=', sql.lit('pending' as const)),
);

export async function pendingOffer(db: Database, conversationId: string): Promise<PendingOffer | undefined> {
  const [offer] = await pending(db, { conversationId });
  return offer;
}

const setEnded = prepared((db, p: { id: string; state: OfferState; now: number }) =>
  db.updateTable('offers').set({ state: p.state, ended_at: p.now }).where('id', '=', p.id),
);

const setPendingParts = prepared((db, p: { offerId: string; state: OfferState }) =>
  db
    .updateTable('offer_agents')
    .set({ state: p.state })
    .where('offer_id', '=', p.offerId)
    .where('state', '=', sql.lit('pending' as const)),
);

const setPartState = prepared((db, p: { offerId: string; agentId: string; state: OfferState }) =>
  db.updateTable('offer_agents').set({ state: p.state }).where('offer_id', '=', p.offerId).where('agent_id', '=', p.agentId),
);

const setOffered = prepared((db, p: { id: string; offered: number }) =>
  db.updateTable('conversations').set({ offered: p.offered }).where('id', '=', p.id),
);

/** Ends a conversation's pending offer, if there is one, with everybody's part in it. Every offer ends here, once. */
export async function endOffer(
  db: Database,
  context: CommandContext,
  conversationId: string,
  state: Exclude<OfferState, 'pending'>,
  winner: string | null = null,
): Promise<PendingOffer | null> {
  const offer = await pendingOffer(db, conversationId);
  if (offer === undefined) return null;
  await setEnded(db, { id: offer.id, state, now: context.now });
  if (winner !== null) await setPart(db, offer.id, winner, 'accepted');
  await setPendingParts(db, { offerId: offer.id, state: state === 'accepted' ? 'withdrawn' : state });
  if (offer.kind === 'incoming') await setOffered(db, { id: conversationId, offered: 0 });
  return offer;
}

/**
 * Ends what is asked about a conversation that moves on. An invitation says so; the alerts of a line go with the step
 * itself.
 */
export async function dropOffer(
  db: Database,
  context: CommandContext,
  conversationId: string,
  actor: Author,
  reason: string,
): Promise<void> {
  const offer = await pendingOffer(db, conversationId);
  if (offer === undefined) return;
  const [invited] = await partsOf(db, offer.id);
  await endOffer(db, context, conversationId, 'withdrawn');
  if (offer.kind === 'incoming') return;
  context.emit({
    type: NAMES[offer.kind].declined,
    actor,
    conversationId,
    queueId: offer.queue_id,
    agentId: invited ?? null,
    reason,
    data: { offerId: offer.id },
  });
}

/** Is this agent one of those who are being asked? */
export async function isAsked(db: Database, conversationId: string, agentId: string): Promise<boolean> {
  const offer = await pendingOffer(db, conversationId);
  return offer !== undefined && (await partsOf(db, offer.id)).includes(agentId);
}

const pendingIn = prepared((db, p: { offerId: string }) =>
  db
    .selectFrom('offer_agents')
    .select('agent_id')
    .where('offer_id', '=', p.offerId)
    .where('state', '=', sql.lit('pending' as const)),
);

/** Who has not answered yet. */
async function partsOf(db: Database, offerId: string): Promise<string[]> {
  return (await pendingIn(db, { offerId })).map((part) => part.agent_id);
}

async function setPart(db: Database, offerId: string, agentId: string, state: OfferState): Promise<void> {
  await setPartState(db, { offerId, agentId, state });
}

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
    type: offer.kind === 'incoming' ? 'offer.rejected' : NAMES[offer.kind].declined,
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
      type: NAMES[offer.kind].declined,
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
      type: part.kind === 'incoming' ? 'offer.withdrawn' : NAMES[part.kind].declined,
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
