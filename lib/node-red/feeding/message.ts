import type { HandedMessage } from '../../center/contract.ts';
import { bareAddress } from '../../domain/address.ts';
import type { CenterEvent } from '../../domain/events.ts';
import type { ConversationSnapshot, WhatsAppMessage } from '../../domain/message.ts';
import type { FlowMessage } from '../runtime-api.ts';

/**
 * Marks a `msg` with the hand-over it came from. A symbol, because it survives Node-RED's cloning and the Split node
 * (which takes `_msgid` away) and shows in no Debug sidebar.
 */
const HANDOVER = Symbol('handover');
let handovers = 0;

type Marked = FlowMessage & { [HANDOVER]?: number };

/** Of what is handed over, all that a flow sees. */
type Handed = Pick<HandedMessage, 'message' | 'conversation' | 'redelivered'>;

/** `msg` for a message handed to a flow, inbound or an agent's. */
export function messageFor({ message, conversation, redelivered }: Handed): FlowMessage {
  const marked: Marked = {
    topic: bareAddress(message.direction === 'inbound' ? message.from : message.to),
    payload: message.text,
    whatsapp: message,
    conversation,
    [HANDOVER]: ++handovers,
  };
  if (redelivered) marked.redelivered = true;
  return marked;
}

/** `msg` for an event, on `notify-agent`'s second output. */
export function eventMessage(event: CenterEvent, conversation: ConversationSnapshot | null): FlowMessage {
  return {
    topic: conversation?.customer.address ?? '',
    payload: event.type,
    conversation,
    event: {
      ...event.data,
      id: event.id,
      type: event.type,
      at: new Date(event.at).toISOString(),
      actor: { kind: event.actor.kind, id: event.actor.id ?? null, name: event.actor.name ?? null },
      reason: event.reason,
      messageId: event.messageId,
    },
  };
}

/** `msg.whatsapp` when it looks like a message; everything a flow can do to it is possible. */
export function whatsappOf(message: FlowMessage): Partial<WhatsAppMessage> | null {
  return record(message.whatsapp);
}

/** What our nodes read back from `msg.conversation`; the rest of the snapshot is for people and flows. */
export interface ConversationInput {
  id: string | null;
  customer: Record<string, unknown> | null;
  attributes: Record<string, unknown> | null;
  tags: string[] | null;
}

export function conversationOf(message: FlowMessage): ConversationInput {
  const conversation = record(message.conversation) ?? {};
  const { id, tags } = conversation;
  return {
    id: typeof id === 'string' && id !== '' ? id : null,
    customer: record(conversation.customer),
    attributes: record(conversation.attributes),
    tags: Array.isArray(tags) ? tags.filter((tag) => typeof tag === 'string') : null,
  };
}

/** Tells one hand-over of an inbound message from the next; `_msgid` where a flow rebuilt the message. */
export function handoverOf(message: FlowMessage): string {
  const mark = (message as Marked)[HANDOVER];
  return mark === undefined ? `msg:${message._msgid ?? ''}` : `handover:${mark}`;
}

/** Numbers and truth values are read as they are written; anything else that is no text is no text to send. */
export function writtenText(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

export function record(value: unknown): Record<string, unknown> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
}
