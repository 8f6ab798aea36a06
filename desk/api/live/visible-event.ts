import type { EventAudience } from '../../../lib/center/contract.ts';
import type { AgentView } from '../../../lib/center/views.ts';
import { withoutAddress, type CenterEvent, type EventType } from '../../../lib/domain/events.ts';

/** Steps that change the lists of everybody in the queue; the rest of a conversation is the affair of those who have to do with it. */
const STEPS: ReadonlySet<EventType> = new Set([
  'conversation.queued',
  'conversation.waiting',
  'conversation.wrap-up',
  'conversation.closed',
  'conversation.updated',
  'conversation.assigned',
  'conversation.transferred',
  'conversation.released',
  'conversation.handed-back',
  'offer.created',
  'offer.widened',
  'offer.accepted',
  'offer.rejected',
  'offer.expired',
  'offer.withdrawn',
  'offer.unclaimed',
] satisfies EventType[]);

/** What only the agent who has the conversation is told. */
const OWN: ReadonlySet<EventType> = new Set(['draft.saved', 'conversation.seen'] satisfies EventType[]);

/** Facts that may be told to those who have not accepted a conversation. */
const PUBLIC_FACTS = ['state', 'offerId', 'expiresAt', 'opensAt'];

/**
 * An event as one agent may see it (threat T11), or null: in full for those who have the conversation or take part in it,
 * and, but for the address, for supervisors; without customer, message and content for those who are asked, who had it, or in
 * whose queue it is; nothing for the others.
 */
export function visibleEvent(event: CenterEvent, agent: AgentView, audience: EventAudience): CenterEvent | null {
  const supervisor = agent.role === 'supervisor';
  switch (event.type) {
    case 'agent.changed':
      if (supervisor || event.agentId === agent.id) return event;
      // Their name stands on everybody's pages; what else was changed is nobody's business.
      return event.reason === 'renamed' ? redacted(event) : null;
    case 'agent.added':
    case 'agent.removed':
    case 'agent.signed-in':
    case 'agent.signed-out':
    case 'desk.opened':
    case 'desk.closed':
      return supervisor || event.agentId === agent.id ? event : null;
    case 'presence.changed':
      return supervisor || event.agentId === agent.id ? event : presenceAlone(event);
    case 'queue.changed':
    case 'queue.removed':
    case 'statuses.changed':
      return supervisor ? event : redacted(event);
    case 'message.unrouted':
      return null;
    case 'queue.served':
    case 'clock.moved':
      return event;
    case 'transcript.erased':
      return redacted(event);
  }
  return event.conversationId === null ? null : ofConversation(event, agent, audience);
}

function ofConversation(event: CenterEvent, agent: AgentView, audience: EventAudience): CenterEvent | null {
  const conversation = audience.conversations[event.conversationId!];
  // An unknown one has been erased.
  if (conversation === undefined) return null;
  if (conversation.agentId === agent.id) return event;
  if (OWN.has(event.type)) return null;
  if (conversation.participants.includes(agent.id)) return event;
  // Supervisors follow everything; whose number it is they see where they take part.
  if (agent.role === 'supervisor') return { ...event, data: withoutAddress(event.data) };
  if (conversation.offered.includes(agent.id) || isNamed(event, agent.id)) return redacted(event, agent.id);
  const queues = [conversation.queueId, event.queueId, event.data['fromQueue']];
  if (!queues.some((queueId) => isMember(agent.id, queueId, audience))) return null;
  const waits = conversation.agentId === null && conversation.handledBy === 'queue';
  return waits || STEPS.has(event.type) ? redacted(event) : null;
}

/** The event is about this agent: they are asked no more, or the conversation was or is now theirs. */
function isNamed({ agentId, data }: CenterEvent, id: string): boolean {
  return agentId === id || data['from'] === id || data['to'] === id;
}

function isMember(agentId: string, queueId: unknown, { queues }: EventAudience): boolean {
  if (typeof queueId !== 'string') return false;
  const members = queues[queueId];
  return members === null || (members !== undefined && members.includes(agentId));
}

/** Of colleagues: whether they are there. Who set it and why is theirs. */
function presenceAlone(event: CenterEvent): CenterEvent {
  return { ...redacted(event), actor: { kind: 'system' }, reason: null, data: { presence: event.data['presence'] } };
}

/** @param named whoever is told that it came from them or went to them */
function redacted(event: CenterEvent, named?: string): CenterEvent {
  const isTold = ([name, value]: [string, unknown]): boolean =>
    PUBLIC_FACTS.includes(name) || (named !== undefined && value === named && (name === 'from' || name === 'to'));
  return {
    ...event,
    actor: event.actor.kind === 'agent' ? event.actor : { kind: event.actor.kind },
    messageId: null,
    accountId: null,
    data: Object.fromEntries(Object.entries(event.data).filter(isTold)),
  };
}
