import { sql } from 'kysely';
import type { Database } from '../../../store/schema.ts';
import type { OfferView } from '../../views.ts';
import type { QueryFunction } from '../context.ts';
import { agentViewOf } from '../people/people.ts';
import { presenceView } from '../routing/presence.ts';
import { queues } from '../routing/queues.ts';
import { queuesOf } from '../routing/workload.ts';
import { wasClockMoved } from '../time/clock.ts';
import { named } from './conversation-rows.ts';
import { returnedOf } from './returned.ts';
import { selectViews, viewOfConversation, type ReadContext, type ViewRow } from './views.ts';

/** Conversations that one page of a list shows at the most. */
const LONGEST_LIST = 500;

export const home: QueryFunction<'home'> = async (db, context, { agentId }) => {
  const agent = await agentViewOf(db, agentId);
  const mine = (await selectViews(db)
    .where('conversations.agent_id', '=', agentId)
    .where('conversations.state', '!=', sql.lit('closed'))
    .orderBy('conversations.last_message_at', 'desc')
    .limit(LONGEST_LIST)
    .execute()) as ViewRow[];
  const attending = (await selectViews(db)
    .innerJoin('participants', 'participants.conversation_id', 'conversations.id')
    .where('participants.agent_id', '=', agentId)
    .where('conversations.state', '!=', sql.lit('closed'))
    .orderBy('participants.since')
    .limit(LONGEST_LIST)
    .execute()) as ViewRow[];
  const { seq } = await db
    .selectFrom('events')
    .select((e) => e.fn.max('seq').as('seq'))
    .executeTakeFirstOrThrow();
  const visible = agent.role === 'supervisor' ? null : await queuesOf(db, agentId);
  const figures = await queues(db, context, {});
  return {
    agent,
    presence: await presenceView(db, context.now, agentId),
    offers: await offersTo(db, context, agentId),
    mine: mine.map((row) => viewOfConversation(row, context, true)),
    attending: attending.map((row) => viewOfConversation(row, context, true)),
    open: (await lineFor(db, visible)).map((row) => viewOfConversation(row, context, false)),
    queues: visible === null ? figures : figures.filter((queue) => visible.includes(queue.id)),
    returned: await returnedOf(db, agentId),
    now: context.now,
    clockMoved: await wasClockMoved(db),
    lastSeq: seq ?? 0,
  };
};

/** What waits in the reader's queues; supervisors see every queue. */
async function lineFor(db: Database, visible: string[] | null): Promise<ViewRow[]> {
  if (visible?.length === 0) return [];
  let select = selectViews(db)
    .where('conversations.state', '=', sql.lit('open' as const))
    .where('conversations.handled_by', '=', sql.lit('queue' as const))
    .where('conversations.state', '!=', sql.lit('closed'))
    .orderBy('conversations.priority', 'desc')
    .orderBy('conversations.queued_at')
    .limit(LONGEST_LIST);
  if (visible !== null) select = select.where('conversations.queue_id', 'in', visible);
  return (await select.execute()) as ViewRow[];
}

async function offersTo(db: Database, context: ReadContext, agentId: string): Promise<OfferView[]> {
  const offers = await db
    .selectFrom('offers')
    .innerJoin('offer_agents', 'offer_agents.offer_id', 'offers.id')
    .leftJoin('agents', 'agents.id', 'offers.from_agent')
    .select([
      'offers.id',
      'offers.conversation_id',
      'offers.created_at',
      'offers.expires_at',
      'offers.kind',
      'offers.note',
      'agents.id as from_id',
      'agents.name as from_name',
    ])
    .where('offer_agents.agent_id', '=', agentId)
    .where('offer_agents.state', '=', sql.lit('pending' as const))
    .where('offers.state', '=', sql.lit('pending' as const))
    .orderBy('offers.created_at')
    .limit(LONGEST_LIST)
    .execute();
  const offered: OfferView[] = [];
  for (const offer of offers) {
    const row = (await selectViews(db).where('conversations.id', '=', offer.conversation_id).executeTakeFirst()) as
      ViewRow | undefined;
    if (row === undefined) continue;
    offered.push({
      id: offer.id,
      kind: offer.kind,
      from: named(offer.from_id, offer.from_name),
      note: offer.note,
      conversation: viewOfConversation(row, context, false),
      createdAt: offer.created_at,
      expiresAt: offer.expires_at,
    });
  }
  return offered;
}
