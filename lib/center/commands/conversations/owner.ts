import type { Selectable } from 'kysely';
import type { ConversationsTable } from '../../../store/schema.ts';

type Waited = Pick<Selectable<ConversationsTable>, 'queued_at' | 'accepted_at'>;

/**
 * What is written of a conversation when an agent gets it, whichever way.
 * @param now milliseconds since 1970
 */
export function ownedBy(row: Waited, agentId: string, now: number) {
  return {
    handled_by: 'agent' as const,
    agent_id: agentId,
    last_agent: agentId,
    queued_at: queuedAtOnAcceptance(row, now),
    accepted_at: now,
    ended_at: null,
  };
}

/**
 * Taken out of the queue, `queued_at` stays as it is. Who takes over from a colleague, or opens again what was set aside, kept
 * nobody waiting: the wait for the first agent stays as long as it was, although it is told by the difference to an
 * `accepted_at` that is later now.
 */
function queuedAtOnAcceptance({ queued_at, accepted_at }: Waited, now: number): number | null {
  if (queued_at === null || accepted_at === null) return queued_at;
  return now - Math.max(0, accepted_at - queued_at);
}
