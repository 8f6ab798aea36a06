import type { Author } from './message.ts';

/**
 * What happens to conversations and leaves `notify-agent`'s second output. This list is the contract with flows:
 * it grows, nothing in it is renamed.
 */
export const FLOW_EVENTS = [
  'conversation.opened',
  'conversation.queued',
  'conversation.waiting',
  'conversation.wrap-up',
  'conversation.closed',
  'conversation.assigned',
  'conversation.transferred',
  'conversation.released',
  'conversation.handed-back',
  'transfer.offered',
  'transfer.declined',
  'consult.offered',
  'consult.started',
  'consult.ended',
  'timeout.acted',
  'session.closing',
  'session.closed',
  'offer.created',
  'offer.accepted',
  'offer.rejected',
  'offer.expired',
  'offer.unclaimed',
  'message.received',
  'message.sent',
  'message.failed',
  'message.expired',
  'customer.opted-out',
  'customer.opted-in',
] as const;

/** Changes that only the desk, the nodes and the audit trail follow. */
export const INNER_EVENTS = [
  'offer.widened',
  'offer.withdrawn',
  'message.written',
  'message.status',
  'message.unrouted',
  'media.changed',
  'customer.joined',
  'conversation.seen',
  'conversation.updated',
  'transcript.erased',
  'draft.saved',
  'presence.changed',
  'remark.added',
  'supervisor.attended',
  'supervisor.left',
  'queue.changed',
  'queue.removed',
  'statuses.changed',
  'agent.removed',
  'desk.opened',
  'desk.closed',
  'agent.added',
  'agent.changed',
  'agent.signed-in',
  'agent.signed-out',
  'queue.served',
  'clock.moved',
] as const;

export type FlowEventType = (typeof FLOW_EVENTS)[number];
export type EventType = FlowEventType | (typeof INNER_EVENTS)[number];

/** Told by the messages themselves, or only noise between them: an offer that came to nothing. */
const NOT_TOLD: readonly EventType[] = [
  'conversation.opened',
  'session.closing',
  'offer.created',
  'offer.rejected',
  'offer.expired',
  'message.received',
  'message.sent',
  'message.failed',
];

/** What stands between the messages, so that a conversation reads as a story. */
export const STORY_EVENTS: readonly EventType[] = FLOW_EVENTS.filter((type) => !NOT_TOLD.includes(type));

/** One row of the append-only log. The desk, the flows, the audit trail and other instances all read it. */
export interface CenterEvent {
  /** Position in the log; the `Last-Event-ID` of the desk's live updates. */
  seq: number;
  id: string;
  type: EventType;
  /** Milliseconds since 1970, UTC, by the center's clock. */
  at: number;
  actor: Author;
  conversationId: string | null;
  queueId: string | null;
  agentId: string | null;
  messageId: string | null;
  accountId: string | null;
  reason: string | null;
  /** Small facts of this event (an offer's deadline, a status word). Never message text. */
  data: Record<string, unknown>;
}

export function isFlowEvent(type: EventType): type is FlowEventType {
  return (FLOW_EVENTS as readonly string[]).includes(type);
}

/** The facts of an event without whose number it is about. */
export function withoutAddress(data: CenterEvent['data']): CenterEvent['data'] {
  const { to, ...rest } = data;
  return typeof to === 'string' && to.startsWith('whatsapp:') ? rest : data;
}
