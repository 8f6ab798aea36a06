import type { RoutingWish } from './center/engine-contract.ts';
import type { DeliveryStatus } from './domain/delivery-status.ts';
import type { ErrorCode } from './domain/errors.ts';
import type { FlowEventType } from './domain/events.ts';
import type { Author, ConversationSnapshot, CustomerIdentity, Location, TemplateRef, WhatsAppMessage } from './domain/message.ts';
import type { ContactPhone } from './domain/vcard.ts';

/**
 * What the nodes exchange with flows, as types: for Function nodes, modules and nodes of your own that are written in
 * TypeScript. `import type { EventMessage } from '@twentyfour/node-red-whatsapp'`. Nothing here exists at run time.
 */

export type { DeliveryStatus, ErrorCode, FlowEventType, RoutingWish };
export type {
  Author,
  ConversationSnapshot,
  ConversationState,
  CustomerIdentity,
  CustomerRecord,
  CustomerSnapshot,
  HandledBy,
  Location,
  MediaItem,
  MessageType,
  NamedRef,
  RecordType,
  SessionSnapshot,
  TemplateRef,
  WebhookParams,
  WhatsAppMessage,
} from './domain/message.ts';

/** What stands in `msg.error` on an error output: the shape of Node-RED's Catch, plus our code. */
export interface FlowError {
  message: string;
  code: ErrorCode;
  twilioCode?: number;
  source: { id: string; type: string; name?: string };
}

/** Output 1 of `whatsapp-in`: a customer's message. */
export interface InboundMessage {
  /** The customer's address without "whatsapp:". */
  topic: string;
  /** The working value: the text at first; a flow changes it freely. */
  payload: unknown;
  whatsapp: WhatsAppMessage;
  conversation: ConversationSnapshot;
  /** Handed over again after an interruption. */
  redelivered?: true;
}

/** Output 2 of `whatsapp-in`: what became of a message that we sent. */
export interface StatusMessage {
  topic: string;
  payload: DeliveryStatus;
  whatsapp: { id: string | null; sid?: string; direction: 'outbound'; to: string; status: DeliveryStatus };
  /** When it failed. */
  error?: FlowError;
}

/** Output 1 of `notify-agent`: an agent's message to a customer. */
export type AgentMessage = InboundMessage;

/** Output 2 of `notify-agent`: something that happened to a conversation. */
export interface EventMessage {
  topic: string;
  /** The type again, so that a Switch works at once. */
  payload: FlowEventType;
  conversation: ConversationSnapshot | null;
  event: FlowEvent;
}

/** An event with its facts, which differ by type. */
export interface FlowEvent {
  id: string;
  type: FlowEventType;
  /** ISO 8601, UTC. */
  at: string;
  actor: { kind: Author['kind']; id: string | null; name: string | null };
  reason: string | null;
  messageId: string | null;
  [fact: string]: unknown;
}

/** Input of `notify-agent`: queues the conversation, or does with it what `command` says. */
export interface NotifyAgentInput {
  conversation: {
    id: string;
    customer?: CustomerIdentity;
    attributes?: Record<string, unknown>;
    tags?: string[];
  };
  routing?: RoutingWish;
  command?: FlowCommand;
}

/** `msg.command`: what a flow may do with a conversation. Agents by id or user name, queues by name. */
export type FlowCommand =
  | { type: 'assign'; agent: string }
  | { type: 'transfer'; agent: string; note?: string }
  | { type: 'transfer'; queue: string; note?: string }
  | { type: 'release'; reason?: string }
  | { type: 'hand-back'; note?: string }
  | { type: 'close'; reason?: string }
  | { type: 'wait'; reason?: string }
  | { type: 'note'; text: string }
  | { type: 'internal'; text: string }
  | { type: 'tag'; tags: string | string[] }
  | { type: 'setAttributes'; attributes: Record<string, unknown> }
  | { type: 'message'; text: string; id?: string };

/** Input of `whatsapp-out`: a new message. A customer's message that is passed on is answered without anything else. */
export interface OutgoingMessage {
  /** The recipient, such as "+15551234567". */
  topic?: string;
  /** A text, or a Buffer that is sent as a file. */
  payload?: unknown;
  /** Names a Buffer in `payload`. */
  filename?: string;
  whatsapp?: {
    id?: string;
    to?: string;
    from?: string;
    template?: TemplateRef;
    media?: OutgoingFile[];
    location?: Location;
    contacts?: { name: string; phones: (string | ContactPhone)[]; emails?: string[]; organisation?: string }[];
  };
}

/** A file to send: of this machine, in memory, at an address that Twilio can reach, or one that came in. */
export type OutgoingFile =
  | { path: string; name?: string }
  | { buffer: Uint8Array; name?: string; contentType?: string }
  | { url: string; contentType?: string }
  | { id: string };
