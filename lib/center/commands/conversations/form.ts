import type { Database } from '../../../store/schema.ts';
import type { ConversationView, WorkView } from '../../views.ts';
import type { Requester } from '../../engine-contract.ts';
import type { QueryFunction } from '../context.ts';
import { pendingOffer } from '../routing/offers.ts';
import type { ConversationRow } from './conversation-rows.ts';
import { sightOf, visibleConversation, type Sight } from './sight.ts';
import { lengthOfLast, selectViews, viewOfConversation, type ReadContext, type ViewRow } from './views.ts';

const EARLIER_SHOWN = 20;

/** The Active Conversation form. */
export async function conversationFor(
  db: Database,
  context: ReadContext,
  id: string,
  agentId: string,
): Promise<ConversationView> {
  const { row, sight } = await visibleConversation(db, id, agentId);
  return formOf(db, context, row, sight, agentId);
}

/** Who reads a conversation: an agent by id, or the flow, which sees everything. */
export type Reader = string | null;

export function readerOf(by: Requester): Reader {
  return 'flow' in by ? null : by.agentId;
}

/** The form after a step that may have taken the conversation out of the reader's sight. */
export async function conversationAfter(
  db: Database,
  context: ReadContext,
  id: string,
  reader: Reader,
): Promise<ConversationView> {
  const row = (await selectViews(db).where('conversations.id', '=', id).executeTakeFirstOrThrow()) as ViewRow;
  const sight = reader === null ? 'full' : ((await sightOf(db, row, reader)) ?? 'masked');
  return formOf(db, context, row, sight, reader);
}

async function formOf(db: Database, context: ReadContext, row: ViewRow, sight: Sight, reader: Reader): Promise<ConversationView> {
  const draft = await db
    .selectFrom('drafts')
    .select(['text', 'internal'])
    .where('conversation_id', '=', row.id)
    .where('agent_id', '=', reader ?? '')
    .executeTakeFirst();
  return {
    ...viewOfConversation(row, context, sight === 'full'),
    draft: draft?.text ?? '',
    internalDraft: draft?.internal ?? '',
    earlier: await earlierOf(db, row),
    work: await workOf(db, row, reader),
  };
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
      'conversations.content_released',
      'last.text as last_text',
      'last.type as last_type',
      'last.kept as last_kept',
      lengthOfLast.as('last_duration'),
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
    preview: earlier.last_text === '' ? null : earlier.last_text,
    previewType: earlier.content_released === 0 || earlier.last_kept === 1 ? earlier.last_type : null,
    previewDurationMs: earlier.last_duration,
  }));
}

/** What can be done with it, and who takes part. */
async function workOf(db: Database, row: ConversationRow, reader: Reader): Promise<WorkView> {
  const queue =
    row.queue_id === null
      ? undefined
      : await db
          .selectFrom('queues')
          .select(['dispositions', 'disposition_mandatory'])
          .where('id', '=', row.queue_id)
          .executeTakeFirst();
  const participants = await db
    .selectFrom('participants')
    .innerJoin('agents', 'agents.id', 'participants.agent_id')
    .select(['agents.id', 'agents.name', 'participants.role'])
    .where('conversation_id', '=', row.id)
    .orderBy('participants.since')
    .execute();
  const role = row.agent_id !== null && row.agent_id === reader ? 'owner' : participants.find((one) => one.id === reader)?.role;
  return {
    priority: row.priority,
    skills: JSON.parse(row.skills) as string[],
    dispositions: JSON.parse(row.dispositions) as string[],
    dispositionChoices: JSON.parse(queue?.dispositions ?? '[]') as WorkView['dispositionChoices'],
    dispositionMandatory: queue?.disposition_mandatory === 1,
    participants: participants.map((one) => ({ id: one.id, name: one.name, as: one.role })),
    invitation: await invitationOf(db, row.id),
    role: role ?? 'none',
  };
}

async function invitationOf(db: Database, conversationId: string): Promise<WorkView['invitation']> {
  const offer = await pendingOffer(db, conversationId);
  if (offer === undefined || offer.kind === 'incoming') return null;
  const to = await db
    .selectFrom('offer_agents')
    .innerJoin('agents', 'agents.id', 'offer_agents.agent_id')
    .innerJoin('offers', 'offers.id', 'offer_agents.offer_id')
    .select(['agents.id', 'agents.name', 'offers.created_at', 'offers.expires_at'])
    .where('offer_id', '=', offer.id)
    .executeTakeFirstOrThrow();
  return { kind: offer.kind, to: { id: to.id, name: to.name }, createdAt: to.created_at, expiresAt: to.expires_at };
}

export const conversationView: QueryFunction<'conversationView'> = (db, context, { conversationId, agentId }) =>
  conversationFor(db, context, conversationId, agentId);
