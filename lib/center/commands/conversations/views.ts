import { sql } from 'kysely';
import { bareAddress, hasNumber, maskAddress } from '../../../domain/address.ts';
import { sessionSnapshot } from '../../../domain/session-window.ts';
import type { WhatsAppMessage } from '../../../domain/message.ts';
import type { Database } from '../../../store/schema.ts';
import type { ConversationView } from '../../views.ts';
import type { CommandContext } from '../context.ts';
import { named, parseRecords, selectConversations, type ConversationRow } from './conversation-rows.ts';

export type ReadContext = Pick<CommandContext, 'now' | 'sessionHours'>;

/** How long the first file of the message `last` plays; a join would repeat the conversation if there were two. */
export const lengthOfLast = sql<
  number | null
>`(select duration_ms from media where message_id = last.id order by position limit 1)`;

/** Conversations with their last message, as lists show them. */
export function selectViews(db: Database) {
  return selectConversations(db)
    .leftJoin('messages as last', 'last.seq', 'conversations.last_seq')
    .select([
      'last.text as last_text',
      'last.type as last_type',
      'last.direction as last_direction',
      'last.status as last_status',
      lengthOfLast.as('last_duration'),
    ]);
}

export type ViewRow = ConversationRow & {
  last_text: string | null;
  last_type: string | null;
  last_direction: 'inbound' | 'outbound' | null;
  last_status: string | null;
  last_duration: number | null;
};

/** @param mine whether the reader has accepted it, and so may see the whole address */
export function viewOfConversation(row: ViewRow, context: ReadContext, mine: boolean): ConversationView {
  return {
    id: row.id,
    accountId: row.account_id,
    state: row.state,
    handledBy: row.handled_by,
    queue: named(row.queue_id, row.queue_name),
    agent: named(row.agent_id, row.agent_name),
    customer: {
      id: row.customer_id,
      address: mine ? bareAddress(row.address) : maskAddress(row.address),
      hasNumber: hasNumber(row.address),
      name: row.name,
      profileName: row.profile_name,
      authenticated: row.authenticated === 1,
      username: mine ? row.username : null,
      identifiedBy: row.identified_by,
      records: parseRecords(row.records),
      optedOut: row.opted_out_at === null ? null : { at: row.opted_out_at, reason: row.opt_out_reason ?? 'stop' },
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
        : {
            text: row.last_text,
            type: row.last_type ?? 'text',
            direction: row.last_direction ?? 'inbound',
            status: (row.last_status ?? 'received') as WhatsAppMessage['status'],
            durationMs: row.last_duration,
          },
    firstMessage: row.first_text,
    unread: row.unread,
    attributes: JSON.parse(row.attributes) as Record<string, unknown>,
    tags: JSON.parse(row.tags) as string[],
    language: row.language,
    priority: row.priority,
  };
}
