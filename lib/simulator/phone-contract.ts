/**
 * What the phone page and its API say to each other; imported by both sides, so it holds types and plain data only.
 * Times are milliseconds since 1970 by the simulator's clock.
 */

/** How a customer is known: in the contacts, by a number nobody has seen before, or without showing a number. */
export type CustomerKind = 'contact' | 'number' | 'hidden';

export type PhoneMessageKind = 'text' | 'location' | FileKind | 'button' | 'list' | 'template' | 'reaction';

/** How often a message was passed on before it came: once or twice, or so often that WhatsApp says so. */
export type Forwarded = 'forwarded' | 'often';

/** What carries a file. */
export type FileKind = 'image' | 'voice' | 'video' | 'document' | 'sticker' | 'contacts';
export const FILE_KINDS: readonly FileKind[] = ['image', 'voice', 'video', 'document', 'sticker', 'contacts'];

/** A file as the phone shows it; its content is at `api/media/<id>`. */
export interface PhoneFile {
  id: string;
  contentType: string;
  name: string;
  size: number;
}

/** A customer's own message: one tick, two ticks, two blue ticks; `failed` when the webhook refused it. */
export type Tick = 'sent' | 'delivered' | 'read' | 'failed';

export interface PhoneLocation {
  latitude: number;
  longitude: number;
  label?: string;
  address?: string;
}

/** A list to choose one row from, and the words of the button that opens it. */
export interface ChoiceList {
  button: string;
  items: ListItem[];
}

/** A row of a list. */
export interface ListItem {
  id: string;
  title: string;
  description: string;
}

export interface PhoneMessage {
  id: string;
  /** Written by the person who holds the phone. */
  mine: boolean;
  kind: PhoneMessageKind;
  text: string;
  at: number;
  /** Only on `mine`. */
  tick?: Tick;
  /** Why it went wrong, for the person who tries the flow. */
  problem?: string;
  location?: PhoneLocation;
  file?: PhoneFile;
  /** Quick replies of a template; `answered` after one was pressed. */
  buttons?: { id: string; title: string }[];
  answered?: boolean;
  list?: ChoiceList;
  /** Addresses to open. */
  links?: { title: string; url: string }[];
  /** The message this one answers. */
  quoted?: string;
  forwarded?: Forwarded;
  /** The headline of the ad whose button began the conversation. */
  ad?: string;
  /** What the customer has put on a message of the business; empty when it was taken off. */
  reaction?: string;
}

export interface PhoneCustomer {
  /** Without `whatsapp:`; the identity. */
  address: string;
  /** The WhatsApp profile name; may be empty. */
  name: string;
  kind: CustomerKind;
  note: string;
  /** A number that the business is not shown any more: it sees the business-scoped id in its place. */
  hidesNumber: boolean;
  /** When the last message arrived from this customer: the 24 hours count from here. */
  lastInboundAt: number | null;
  /** The last moment at which the business may answer freely; null when the customer never wrote. */
  windowEndsAt: number | null;
  unread: number;
  /** Until when "typing…" shows, unless a message comes first. */
  typingUntil: number;
}

export interface PhoneThread extends PhoneCustomer {
  messages: PhoneMessage[];
}

export interface LogEntry {
  id: number;
  at: number;
  level: 'info' | 'warn';
  text: string;
}

export interface PhoneState {
  business: { address: string; name: string };
  now: number;
  offsetMs: number;
  customers: PhoneThread[];
  faults: FaultView[];
  log: LogEntry[];
}

/** What the live connection carries; the first one is always `state`. */
export type PhoneUpdate =
  | { type: 'state'; state: PhoneState }
  | { type: 'customer'; customer: PhoneCustomer }
  | { type: 'message'; address: string; message: PhoneMessage }
  | { type: 'clock'; now: number; offsetMs: number }
  | { type: 'faults'; faults: FaultView[] }
  | { type: 'log'; entry: LogEntry };

/** What may come along with a text or a file. */
export interface PhoneExtras {
  /** The message that it answers. */
  quotedId?: string;
  forwarded?: Forwarded;
  /** The customer has come by the button of an ad. */
  fromAd?: boolean;
}

/** What the phone can send. */
export type PhoneInput =
  | ({ kind: 'text'; text: string } & PhoneExtras)
  | { kind: 'location'; location: PhoneLocation }
  | { kind: 'button'; messageId: string; buttonId: string }
  | { kind: 'list'; messageId: string; itemId: string }
  /** Empty takes it off. */
  | { kind: 'reaction'; messageId: string; emoji: string }
  /** `fileId` names an uploaded file; without it a sample of the kind is sent. */
  | ({ kind: FileKind; text: string; fileId?: string } & PhoneExtras);

/** Ways in which Twilio, or the net between, behaves badly. */
export const FAULTS = [
  'api-503',
  'api-429',
  'api-500',
  'api-500-accepted',
  'api-timeout',
  'api-dropped',
  'api-unreadable',
  'callback-twice',
  'callback-disorder',
  'callback-failed',
  'webhook-twice',
  'webhook-wrong-signature',
  'webhook-delayed',
  'webhook-lost',
  'media-late',
  'media-broken',
] as const;
export type Fault = (typeof FAULTS)[number];

export interface FaultView {
  fault: Fault;
  /** How many more times; 0 is off, null is until it is switched off. */
  remaining: number | null;
}
