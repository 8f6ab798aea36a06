import type { CenterEvent } from '../domain/events.ts';
import type {
  Author,
  ConversationState,
  CustomerRecord,
  HandledBy,
  SessionSnapshot,
  WhatsAppMessage,
} from '../domain/message.ts';
import type { MediaKind } from '../domain/media-type.ts';
import type { OptOutReason } from '../domain/opt-out.ts';
import type { BasePresence, Presence } from '../domain/presence.ts';
import type { RetryOutlook } from '../domain/retry.ts';
import type { MediaView } from './media-contract.ts';

/** A message as the desk shows it. */
export interface MessageView {
  seq: number;
  id: string;
  conversationId: string | null;
  /** A customer's is without `media`, whose addresses are Twilio's. */
  message: WhatsAppMessage;
  media: MediaView[];
  /** False when the content was released after 24 hours because no `transcript-store` kept it. */
  contentKept: boolean;
  error: { code: string; text: string; twilioCode: number | null } | null;
  /** The failed message that this one repeats. */
  retryOf: string | null;
  /** Whether `retryMessage` would send it again. */
  retry: RetryOutlook;
  /** Milliseconds since it was handed to the flow, for "the flow has not sent it"; null when it was not. */
  handedAt: number | null;
  /** False while no `notify-agent` serves the queue: the answer waits. */
  flowRunning: boolean;
  /** True for a pending one while Twilio cannot be reached; it is sent by itself. */
  waitsForTwilio: boolean;
}

export interface MessagePage {
  messages: MessageView[];
  events: CenterEvent[];
  /** What the agents and queues that the events name by id are called now; one that is gone is left out. */
  names: Record<string, string>;
  /** Pass as `before` for the page of older messages; null at the beginning. */
  before: number | null;
}

/** A conversation as lists and the Active Conversation form show it. */
export interface ConversationView {
  id: string;
  /** The WhatsApp account that it is with. */
  accountId: string;
  state: ConversationState;
  handledBy: HandledBy;
  queue: { id: string; name: string } | null;
  agent: { id: string; name: string } | null;
  customer: {
    id: string;
    /** Masked for people who have not accepted the conversation. */
    address: string;
    hasNumber: boolean;
    name: string | null;
    profileName: string | null;
    /** Chosen by people who hide their number. */
    username: string | null;
    authenticated: boolean;
    identifiedBy: string | null;
    records: CustomerRecord[];
    /** Since when nothing may be sent, and why; null while it may. */
    optedOut: { at: number; reason: OptOutReason } | null;
  };
  session: SessionSnapshot;
  openedAt: number;
  queuedAt: number | null;
  acceptedAt: number | null;
  endedAt: number | null;
  closedAt: number | null;
  closeReason: string | null;
  lastMessageAt: number;
  /** `status`: how far it is on its way, or "received" for a customer's; `durationMs`: how long a voice note plays, where known. */
  lastMessage: {
    text: string;
    type: string;
    direction: 'inbound' | 'outbound';
    status: WhatsAppMessage['status'];
    durationMs: number | null;
  } | null;
  firstMessage: string | null;
  unread: number;
  attributes: Record<string, unknown>;
  tags: string[];
  language: string | null;
  priority: number;
  /** Only in the form, not in lists. */
  work?: WorkView;
  draft?: string;
  /** The same for colleagues. */
  internalDraft?: string;
  earlier?: {
    id: string;
    openedAt: number;
    closedAt: number | null;
    agent: string | null;
    queue: string | null;
    messages: number;
    /** The last message's text; null where it has none. */
    preview: string | null;
    /** What kind of message that was; null where its content was not kept. */
    previewType: string | null;
    /** How long it plays, in milliseconds, where it is a voice note whose length is known. */
    previewDurationMs: number | null;
  }[];
}

export interface OfferView {
  id: string;
  kind: 'incoming' | 'transfer' | 'consult';
  /** Who passes it on or asks for advice, and what they say. */
  from: { id: string; name: string } | null;
  note: string | null;
  conversation: ConversationView;
  createdAt: number;
  expiresAt: number;
}

export interface QueueView {
  id: string;
  name: string;
  /** A running `notify-agent` takes care of it. */
  served: boolean;
  /** Conversations waiting for an agent. */
  open: number;
  /** Within its business hours. */
  isOpen: boolean;
  /** When they begin again, in milliseconds; null while they last, and where no end is in sight. */
  opensAt: number | null;
}

export interface HomeView {
  agent: AgentView;
  presence: PresenceView;
  offers: OfferView[];
  /** Conversations of others that this agent advises in, monitors or has joined. */
  attending: ConversationView[];
  /** Active, waiting and in wrap-up with this agent. */
  mine: ConversationView[];
  /** In a queue, nobody assigned. */
  open: ConversationView[];
  queues: QueueView[];
  /** What went back to its queue while this agent was disconnected, until they have read so. */
  returned: ReturnedView[];
  now: number;
  clockMoved: boolean;
  lastSeq: number;
}

export interface TranscriptMessage {
  id: string;
  conversationId: string;
  customer: { address: string; name: string | null };
  direction: 'inbound' | 'outbound';
  type: string;
  text: string;
  author: Author;
  status: string;
  timestamp: string;
  queue: string | null;
  agent: string | null;
  /** Where it has any. */
  files?: TranscriptFile[];
}

/** A file of a message, as a transcript names it; the bytes are not in it. */
export interface TranscriptFile {
  kind: MediaKind;
  name: string;
  /** By content where it was looked at, else as the sender said. */
  contentType: string;
  /** Bytes, where known. */
  size: number | null;
  /** Whether it lies in the store; false for one that could not be fetched or lies at an address of its own. */
  kept: boolean;
  /** How long a voice note plays, in milliseconds, where known. */
  durationMs?: number;
}

export interface SearchPage {
  results: (TranscriptMessage & { snippet: string })[];
  cursor: string | null;
}

export type Role = 'agent' | 'supervisor';

export interface AgentView {
  id: string;
  username: string;
  name: string;
  role: Role;
  disabled: boolean;
  /** Comes from the node's configuration; changed there. */
  configured: boolean;
  /** Has a live desk. */
  live: boolean;
}

export interface PresenceView {
  agentId: string;
  presence: Presence;
  statusId: string | null;
  label: string | null;
  by: 'agent' | 'system';
  used: number;
  capacity: number;
  sessions: number;
  statuses: StatusView[];
}

export interface StatusView {
  id: string;
  label: string;
  base: BasePresence;
}

/** A conversation that went back to its queue because its agent stayed disconnected. */
export interface ReturnedView {
  conversationId: string;
  at: number;
  queue: { id: string; name: string } | null;
  /** Nobody else has taken it yet. */
  waits: boolean;
}

export interface DispositionCode {
  code: string;
  label: string;
}

/** What a conversation shows besides in lists and the form, now that it can be passed on. */
export interface WorkView {
  priority: number;
  skills: string[];
  dispositions: string[];
  /** Codes to choose from, and whether one must be chosen before closing. */
  dispositionChoices: DispositionCode[];
  dispositionMandatory: boolean;
  participants: { id: string; name: string; as: 'consult' | 'monitor' | 'join' }[];
  /** An invitation that is out: to whom, and what for, from when to when. */
  invitation: { kind: 'transfer' | 'consult'; to: { id: string; name: string }; createdAt: number; expiresAt: number } | null;
  /** How this reader takes part. */
  role: 'owner' | 'consult' | 'monitor' | 'join' | 'none';
}
