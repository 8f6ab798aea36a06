import { sql } from 'kysely';
import type { EventType } from '../../../domain/events.ts';
import { prepared } from '../../../store/prepared.ts';
import type { Database, OfferKind, OfferState } from '../../../store/schema.ts';
import { newId } from '../../ids.ts';
import type { Author } from '../../../domain/message.ts';
import { SYSTEM, type CommandContext } from '../context.ts';

/** What is asked of agents: to take a conversation from the line, to take it over, or to give advice. */
export interface NewOffer {
  conversationId: string;
  queueId: string;
  agentIds: string[];
  kind: OfferKind;
  fromAgent: string | null;
  note: string | null;
}

export interface PendingOffer {
  id: string;
  conversation_id: string;
  queue_id: string;
  kind: OfferKind;
  from_agent: string | null;
}

/** What each kind is called in the event log when it begins and when nobody takes it. */
export const OFFER_EVENTS: Record<OfferKind, { created: EventType; declined: EventType }> = {
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
    type: OFFER_EVENTS[kind].created,
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
    type: OFFER_EVENTS[offer.kind].declined,
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

/** Who has been asked and has not answered yet. */
export async function partsOf(db: Database, offerId: string): Promise<string[]> {
  return (await pendingIn(db, { offerId })).map((part) => part.agent_id);
}

/** What has become of one agent's part in an offer. */
export async function setPart(db: Database, offerId: string, agentId: string, state: OfferState): Promise<void> {
  await setPartState(db, { offerId, agentId, state });
}
