import type { AgentView, Queries } from '../../../lib/center/contract.ts';
import type { CenterEvent, EventType } from '../../../lib/domain/events.ts';

/** Whose each conversation is at the moment of telling. */
export type Audience = Queries['eventAudience']['result'];

/** Steps that change lists and alerts on every desk; everything else of a conversation is its own agent's affair. */
const STEPS: ReadonlySet<EventType> = new Set([
  'conversation.queued',
  'conversation.waiting',
  'conversation.wrap-up',
  'conversation.closed',
  'conversation.updated',
  'offer.created',
  'offer.widened',
  'offer.accepted',
  'offer.rejected',
  'offer.expired',
  'offer.unclaimed',
] satisfies EventType[]);

/** Facts that may be told to those who have not accepted a conversation. */
const PUBLIC_FACTS = ['state', 'offerId', 'expiresAt'];

/**
 * An event as one agent may see it (threat T11), or null: in full when the conversation is theirs; without customer,
 * message and content when it waits in a queue or when it is a step that changes everybody's lists.
 */
export function visibleEvent(event: CenterEvent, agent: AgentView, audience: Audience): CenterEvent | null {
  switch (event.type) {
    case 'agent.added':
    case 'agent.changed':
    case 'agent.signed-in':
    case 'agent.signed-out':
    case 'desk.opened':
    case 'desk.closed':
      return agent.role === 'supervisor' || event.agentId === agent.id ? event : null;
    case 'message.unrouted':
      return null;
    case 'queue.served':
    case 'clock.moved':
      return event;
    case 'transcript.erased':
      return redacted(event);
  }
  const conversation = event.conversationId === null ? undefined : audience[event.conversationId];
  // A conversation the flow handles alone is on nobody's desk; an unknown one has been erased.
  if (conversation === undefined || conversation.handledBy === 'flow') return null;
  if (conversation.agentId === agent.id) return event;
  if (event.type === 'draft.saved' || event.type === 'conversation.seen') return null;
  return conversation.agentId === null || STEPS.has(event.type) ? redacted(event) : null;
}

function redacted(event: CenterEvent): CenterEvent {
  return {
    ...event,
    actor: event.actor.kind === 'agent' ? event.actor : { kind: event.actor.kind },
    messageId: null,
    accountId: null,
    data: Object.fromEntries(Object.entries(event.data).filter(([name]) => PUBLIC_FACTS.includes(name))),
  };
}
