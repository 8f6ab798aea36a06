import type { Author } from '../../../domain/message.ts';
import type { EventType } from '../../../domain/events.ts';
import type { Database } from '../../../store/schema.ts';
import type { CommandContext } from '../context.ts';
import { routeConversation } from './routing.ts';

/** How a conversation gets into a queue's line. */
export interface Entry {
  conversationId: string;
  queueId: string;
  actor: Author;
  /** The event that says so. */
  event: EventType;
  reason: string | null;
  /** Whom to ask first, and whether nobody else will do. */
  preferred?: { agentId: string; only: boolean } | null;
  priority?: number;
  skills?: string[];
  data?: Record<string, unknown>;
}

/** The one way into a queue: the conversation is open there, with nobody assigned, and is offered. */
export async function enterQueue(db: Database, context: CommandContext, entry: Entry): Promise<void> {
  const { conversationId, queueId, preferred = null } = entry;
  await db
    .updateTable('conversations')
    .set({
      state: 'open',
      handled_by: 'queue',
      queue_id: queueId,
      agent_id: null,
      queued_at: context.now,
      accepted_at: null,
      ended_at: null,
      offered: 0,
      unclaimed: 0,
      preferred_agent: preferred?.agentId ?? null,
      preferred_only: preferred?.only === true ? 1 : 0,
      ...(entry.priority === undefined ? {} : { priority: entry.priority }),
      ...(entry.skills === undefined ? {} : { skills: JSON.stringify(entry.skills) }),
    })
    .where('id', '=', conversationId)
    .execute();
  context.emit({ type: entry.event, actor: entry.actor, conversationId, queueId, reason: entry.reason, data: entry.data });
  await routeConversation(db, context, conversationId);
}
