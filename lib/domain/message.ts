import type { DeliveryStatus } from './delivery-status.ts';

/** What a message is. An unknown kind is `unsupported`, never dropped. */
export type MessageType =
  | 'text'
  | 'image'
  | 'audio'
  | 'video'
  | 'document'
  | 'sticker'
  | 'location'
  | 'contacts'
  | 'button'
  | 'list'
  | 'template'
  | 'interactive'
  | 'unsupported';

export type Direction = 'inbound' | 'outbound';

/** Who wrote a message or caused an event. */
export interface Author {
  kind: 'customer' | 'agent' | 'flow' | 'system';
  id?: string;
  name?: string;
}

export interface MediaItem {
  /** Ours, for a file that is kept beside the store. */
  id?: string;
  /** Twilio's for a customer's file, which needs the account's sign-in; empty for one that only we have. */
  url: string;
  contentType: string;
  sid: string;
  /** Bytes, once known. */
  size?: number;
}

export interface Location {
  latitude: number;
  longitude: number;
  address?: string;
  label?: string;
}

/** An approved template: Twilio's Content SID and its variables, each a text. */
export interface TemplateRef {
  contentSid: string;
  variables: Record<string, string>;
}

/** A parameter of a webhook; a name that came more than once holds every value. */
export type WebhookParams = Record<string, string | string[]>;

/** `msg.whatsapp`: the message itself, in both directions. Times are ISO 8601 in UTC. */
export interface WhatsAppMessage {
  id: string;
  sid?: string;
  direction: Direction;
  type: MessageType;
  text: string;
  from: string;
  to: string;
  profileName?: string;
  waId?: string;
  externalUserId?: string;
  username?: string;
  media?: MediaItem[];
  location?: Location;
  button?: { text: string; payload?: string };
  list?: { id: string; title: string; description?: string };
  context?: { sid: string; from?: string };
  forwarded?: boolean;
  referral?: Record<string, string>;
  template?: TemplateRef;
  author: Author;
  status: 'received' | DeliveryStatus;
  timestamp: string;
  params?: WebhookParams;
}

export type RecordType = 'contact' | 'account' | 'case';

/** Something in a CRM that a conversation is about. */
export interface CustomerRecord {
  type: RecordType;
  id: string;
  title: string;
  url?: string;
}

/** What a flow may say about a customer before `notify-agent`. */
export interface CustomerIdentity {
  name?: string;
  authenticated?: boolean;
  records?: CustomerRecord[];
}

export interface CustomerSnapshot {
  id: string;
  /** Without "whatsapp:". */
  address: string;
  name: string | null;
  authenticated: boolean;
  records: CustomerRecord[];
}

export type ConversationState = 'open' | 'active' | 'waiting' | 'wrap-up' | 'closed';
export type HandledBy = 'flow' | 'queue' | 'agent';

/** The session window as a flow or the desk sees it at one instant. */
export interface SessionSnapshot {
  lastCustomerMessageAt: string | null;
  expiresAt: string | null;
  open: boolean;
  /** Milliseconds, never negative. */
  remainingMs: number;
}

export interface NamedRef {
  id: string;
  name: string;
}

/** `msg.conversation`: a snapshot. Nodes read back only `id`, `customer`, `attributes` and `tags`. */
export interface ConversationSnapshot {
  id: string;
  state: ConversationState;
  isNew: boolean;
  handledBy: HandledBy;
  queue: NamedRef | null;
  agent: NamedRef | null;
  customer: CustomerSnapshot;
  session: SessionSnapshot;
  language: string | null;
  sentiment: string | null;
  tags: string[];
  attributes: Record<string, unknown>;
}
