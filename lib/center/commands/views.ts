import { sql } from 'kysely';
import { bareAddress, hasNumber, maskAddress } from '../../domain/address.ts';
import { CenterError } from '../../domain/errors.ts';
import { sessionSnapshot } from '../../domain/session-window.ts';
import type { Database } from '../../store/schema.ts';
import type { ConversationView, OfferView } from '../contract.ts';
import type { CommandContext, QueryFunction } from './context.ts';
import { parseRecords, selectConversations, type ConversationRow } from './conversation-rows.ts';
import { agentViewOf } from './people.ts';
import { queues } from './queues.ts';

type ReadContext = Pick<CommandContext, 'now' | 'sessionHours'>;

/** Conversations that one page of a list shows at the most. */
const LONGEST_LIST = 500;
const EARLIER_SHOWN = 20;

/** Conversations with their last message, as lists show them. */
function selectViews(db: Database) {
  return selectConversations(db)
    .leftJoin('messages as last', 'last.seq', 'conversations.last_seq')
    .select(['last.text as last_text', 'last.type as last_type', 'last.direction as last_direction']);
}

type ViewRow = ConversationRow & {
  last_text: string | null;
  last_type: string | null;
  last_direction: 'inbound' | 'outbound' | null;
};

/** @param mine whether the reader has accepted it, and so may see the whole address */
function viewOfConversation(row: ViewRow, context: ReadContext, mine: boolean): ConversationView {
  return {
    id: row.id,
    state: row.state,
    handledBy: row.handled_by,
    queue: row.queue_id === null ? null : { id: row.queue_id, name: row.queue_name ?? '' },
    agent: row.agent_id === null ? null : { id: row.agent_id, name: row.agent_name ?? '' },
    customer: {
      id: row.customer_id,
      address: mine ? bareAddress(row.address) : maskAddress(row.address),
      hasNumber: hasNumber(row.address),
      name: row.name,
      profileName: row.profile_name,
      authenticated: row.authenticated === 1,
      identifiedBy: row.identified_by,
      records: parseRecords(row.records),
    },
    session: sessionSnapshot(
      { lastCustomerAt: row.last_customer_at, refusedAt: row.refused_at },
      context.now,
      context.sessionHours,
    ),
    openedAt: row.opened_at,
    queuedAt: row.queued_at,
    acceptedAt: row.accepted_at,
    endedAt: row.ended_at,
    closedAt: row.closed_at,
    closeReason: row.close_reason,
    lastMessageAt: row.last_message_at,
    lastMessage:
      row.last_text === null
        ? null
        : { text: row.last_text, type: row.last_type ?? 'text', direction: row.last_direction ?? 'inbound' },
    firstMessage: row.first_text,
    unread: row.unread,
    attributes: JSON.parse(row.attributes) as Record<string, unknown>,
    tags: JSON.parse(row.tags) as string[],
    language: row.language,
  };
}

/**
 * What an agent may see of a conversation: their own in full; what waits in a queue with the address masked; past
 * ones of a customer as they may see the present one.
 */
type Sight = 'full' | 'masked';

async function sightOf(db: Database, row: ConversationRow, agentId: string): Promise<Sight | null> {
  if (row.agent_id === agentId) return 'full';
  if (row.state === 'open' && row.handled_by === 'queue') return 'masked';
  if (row.state !== 'closed') return null;
  const live = await db
    .selectFrom('conversations')
    .select('agent_id')
    .where('customer_id', '=', row.customer_id)
    .where('state', '!=', sql.lit('closed'))
    .where((e) => e.or([e('agent_id', '=', agentId), e.and([e('state', '=', 'open'), e('handled_by', '=', 'queue')])]))
    .execute();
  if (live.length === 0) return null;
  return live.some((conversation) => conversation.agent_id === agentId) ? 'full' : 'masked';
}

/**
 * A conversation that this agent may see, and how. One answer for what is not there and what is not theirs.
 * @throws CenterError `UNKNOWN_CONVERSATION`
 */
export async function visibleConversation(db: Database, id: string, agentId: string): Promise<{ row: ViewRow; sight: Sight }> {
  const row = (await selectViews(db).where('conversations.id', '=', id).executeTakeFirst()) as ViewRow | undefined;
  const sight = row === undefined ? null : await sightOf(db, row, agentId);
  if (row === undefined || sight === null)
    throw new CenterError('UNKNOWN_CONVERSATION', 'There is no such conversation for you.');
  return { row, sight };
}

/** The Active Conversation form. */
export async function conversationFor(
  db: Database,
  context: ReadContext,
  id: string,
  agentId: string,
): Promise<ConversationView> {
  const { row, sight } = await visibleConversation(db, id, agentId);
  const draft = await db
    .selectFrom('drafts')
    .select('text')
    .where('conversation_id', '=', id)
    .where('agent_id', '=', agentId)
    .executeTakeFirst();
  return { ...viewOfConversation(row, context, sight === 'full'), draft: draft?.text ?? '', earlier: await earlierOf(db, row) };
}

async function earlierOf(db: Database, row: ConversationRow): Promise<NonNullable<ConversationView['earlier']>> {
  const rows = await db
    .selectFrom('conversations')
    .leftJoin('agents', 'agents.id', 'conversations.agent_id')
    .leftJoin('queues', 'queues.id', 'conversations.queue_id')
    .leftJoin('messages as last', 'last.seq', 'conversations.last_seq')
    .select((e) => [
      'conversations.id',
      'conversations.opened_at',
      'conversations.closed_at',
      'agents.name as agent',
      'queues.name as queue',
      'last.text as preview',
      e
        .selectFrom('messages')
        .select((m) => m.fn.countAll<number>().as('n'))
        .whereRef('messages.conversation_id', '=', 'conversations.id')
        .as('messages'),
    ])
    .where('conversations.customer_id', '=', row.customer_id)
    .where('conversations.id', '!=', row.id)
    .where('conversations.opened_at', '<=', row.opened_at)
    .orderBy('conversations.opened_at', 'desc')
    .limit(EARLIER_SHOWN)
    .execute();
  return rows.map((earlier) => ({
    id: earlier.id,
    openedAt: earlier.opened_at,
    closedAt: earlier.closed_at,
    agent: earlier.agent,
    queue: earlier.queue,
    messages: earlier.messages ?? 0,
    preview: earlier.preview === '' ? null : earlier.preview,
  }));
}

export const conversationView: QueryFunction<'conversationView'> = (db, context, { conversationId, agentId }) =>
  conversationFor(db, context, conversationId, agentId);

export const home: QueryFunction<'home'> = async (db, context, { agentId }) => {
  const agent = await agentViewOf(db, agentId);
  const offers = await db
    .selectFrom('offers')
    .innerJoin('offer_agents', 'offer_agents.offer_id', 'offers.id')
    .select(['offers.id', 'offers.conversation_id', 'offers.created_at', 'offers.expires_at'])
    .where('offer_agents.agent_id', '=', agentId)
    .where('offer_agents.state', '=', 'pending')
    .where('offers.state', '=', 'pending')
    .orderBy('offers.created_at')
    .limit(LONGEST_LIST)
    .execute();
  const mine = (await selectViews(db)
    .where('conversations.agent_id', '=', agentId)
    .where('conversations.state', '!=', sql.lit('closed'))
    .orderBy('conversations.last_message_at', 'desc')
    .limit(LONGEST_LIST)
    .execute()) as ViewRow[];
  const open = (await selectViews(db)
    .where('conversations.state', '=', 'open')
    .where('conversations.handled_by', '=', 'queue')
    .where('conversations.state', '!=', sql.lit('closed'))
    .orderBy('conversations.queued_at')
    .limit(LONGEST_LIST)
    .execute()) as ViewRow[];
  const { seq } = await db
    .selectFrom('events')
    .select((e) => e.fn.max('seq').as('seq'))
    .executeTakeFirstOrThrow();
  const moved = await db.selectFrom('settings').select('value').where('key', '=', 'clock.moved').executeTakeFirst();

  const offered: OfferView[] = [];
  for (const offer of offers) {
    const row = (await selectViews(db).where('conversations.id', '=', offer.conversation_id).executeTakeFirst()) as
      ViewRow | undefined;
    if (row === undefined) continue;
    offered.push({
      id: offer.id,
      conversation: viewOfConversation(row, context, false),
      createdAt: offer.created_at,
      expiresAt: offer.expires_at,
    });
  }
  return {
    agent,
    offers: offered,
    mine: mine.map((row) => viewOfConversation(row, context, true)),
    open: open.map((row) => viewOfConversation(row, context, false)),
    queues: await queues(db, context, {}),
    now: context.now,
    clockMoved: moved?.value === '1',
    lastSeq: seq ?? 0,
  };
};
