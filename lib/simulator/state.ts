import { createHash, randomBytes, randomInt } from 'node:crypto';
import type { CustomerKind, Forwarded, PhoneLocation, PhoneMessageKind, PhoneUpdate } from './phone-contract.ts';
import type { ListItem } from './rest/templates.ts';
import { customerView, phoneMessage } from './views.ts';
import type { SenderWebhook } from './webhook-settings.ts';

/** Twilio's words for what has become of a message. */
export type TwilioStatus =
  | 'accepted'
  | 'scheduled'
  | 'queued'
  | 'sending'
  | 'sent'
  | 'delivered'
  | 'read'
  | 'failed'
  | 'undelivered'
  | 'canceled'
  | 'received';

export interface Customer {
  /** Without `whatsapp:`. */
  address: string;
  name: string;
  kind: CustomerKind;
  note: string;
  /** The business sees the business-scoped id in the place of the number. */
  hidesNumber: boolean;
  /** When the last message arrived from this customer: the 24 hours count from here. */
  lastInboundAt: number | null;
  typingUntil: number;
}

/** A message as Twilio keeps it, with what the phone needs to draw it. Times are ms by the simulator's clock. */
export interface StoredMessage {
  sid: string;
  direction: 'inbound' | 'outbound-api';
  /** The customer's side, without `whatsapp:`. */
  address: string;
  /** Null while a Messaging Service has not chosen a sender. */
  from: string | null;
  to: string;
  body: string;
  messagingServiceSid: string | null;
  numMedia: number;
  status: TwilioStatus;
  errorCode: number | null;
  errorMessage: string | null;
  createdAt: number;
  updatedAt: number;
  sentAt: number | null;
  statusCallback: string | null;
  /** When a scheduled message is due. */
  sendAt: number | null;
  kind: PhoneMessageKind;
  location: PhoneLocation | null;
  /** The file, once it is here: an outbound one is fetched while it is being sent. */
  media: StoredMedia | null;
  /** Where an outbound message's file is to be fetched from. */
  mediaUrl: string | null;
  /** Set for a template message, also for one without buttons. */
  contentSid: string | null;
  buttons: { id: string; title: string }[];
  list: { button: string; items: ListItem[] } | null;
  links: { title: string; url: string }[];
  /** The row of a list that an inbound message is. */
  chosen: ListItem | null;
  /** The id of the quick reply that an inbound message is. */
  buttonPayload: string | null;
  answered: boolean;
  quotedSid: string | null;
  forwarded: Forwarded | null;
  /** The ad that an inbound message came by. */
  ad: Ad | null;
  /** What the customer has put on an outbound message; empty for nothing. */
  reaction: string;
  /** What the webhook said to an inbound message; undefined while it is under way. */
  webhook: { ok: boolean; problem: string | null } | null;
  /** The business showed that it has read an inbound message. */
  seenByBusiness: boolean;
}

/** What WhatsApp tells of an ad with a button to write to the business. */
export interface Ad {
  headline: string;
  body: string;
  sourceId: string;
  sourceUrl: string;
  clickId: string;
}

/** A file that Twilio keeps; its bytes are in the simulator's files. */
export interface StoredMedia {
  /** `ME…` */
  sid: string;
  contentType: string;
  name: string;
  size: number;
}

/** What is kept on disk, so that a restart finds the phone as it was left. */
export interface Remembered {
  customers: Customer[];
  messages: StoredMessage[];
  /** What was written at the sender about its webhooks. */
  webhook?: SenderWebhook | null;
}

const THREAD_LIMIT = 500;

/** What messages that an earlier release remembered do not say. */
const LATER_FIELDS = {
  media: null,
  mediaUrl: null,
  list: null,
  links: [],
  chosen: null,
  forwarded: null,
  ad: null,
  reaction: '',
};

const NOT_HIDDEN = { hidesNumber: false };

/** Customers and their threads, in memory. Every change is told to `onUpdate`, which feeds the phone page. */
export class SimulatorState {
  readonly #now: () => number;
  readonly #onUpdate: (update: PhoneUpdate) => void;
  readonly #onForgotten: (message: StoredMessage) => void;
  readonly #customers = new Map<string, Customer>();
  /** Addresses by the business-scoped id that comes along with them. */
  readonly #byScopedId = new Map<string, string>();
  readonly #threads = new Map<string, StoredMessage[]>();
  readonly #bySid = new Map<string, StoredMessage>();

  /** @param onForgotten told of each message that is not kept any more */
  constructor(
    now: () => number,
    onUpdate: (update: PhoneUpdate) => void,
    onForgotten: (message: StoredMessage) => void = () => {},
  ) {
    this.#now = now;
    this.#onUpdate = onUpdate;
    this.#onForgotten = onForgotten;
  }

  customers(): Customer[] {
    return [...this.#customers.values()];
  }

  /** By the address, or by the business-scoped id of a number. */
  customer(address: string): Customer | undefined {
    return this.#customers.get(address) ?? this.#customers.get(this.#byScopedId.get(address) ?? '');
  }

  thread(address: string): readonly StoredMessage[] {
    return this.#threads.get(address) ?? [];
  }

  message(sid: string): StoredMessage | undefined {
    return this.#bySid.get(sid);
  }

  /** Every message, newest first, as Twilio lists them. */
  messages(): StoredMessage[] {
    return [...this.#bySid.values()].reverse();
  }

  addCustomer(customer: Pick<Customer, 'address' | 'name' | 'kind' | 'note'>): Customer {
    const known = this.#customers.get(customer.address);
    if (known) return known;
    const { address, name, kind, note } = customer;
    const added: Customer = { address, name, kind, note, hidesNumber: false, lastInboundAt: null, typingUntil: 0 };
    this.#put(added);
    this.tellCustomer(added);
    return added;
  }

  #put(customer: Customer): void {
    this.#customers.set(customer.address, customer);
    this.#byScopedId.set(businessScopedId(customer.address), customer.address);
  }

  /** From now on the business sees the number, or does not. */
  hideNumber(customer: Customer, hidden: boolean): void {
    customer.hidesNumber = hidden;
    this.tellCustomer(customer);
  }

  /** A fictional number or business-scoped id that nobody has yet. */
  freeAddress(kind: CustomerKind): string {
    for (;;) {
      const address = kind === 'hidden' ? `US.${digits(20)}` : `+1555${digits(7)}`;
      if (!this.#customers.has(address)) return address;
    }
  }

  addMessage(message: StoredMessage): void {
    const thread = this.#threads.get(message.address) ?? [];
    thread.push(message);
    this.#threads.set(message.address, thread);
    this.#bySid.set(message.sid, message);
    if (thread.length > THREAD_LIMIT) {
      const oldest = thread.shift()!;
      this.#bySid.delete(oldest.sid);
      this.#onForgotten(oldest);
    }
    const customer = this.#customers.get(message.address);
    if (customer && message.direction === 'inbound')
      customer.lastInboundAt = Math.max(customer.lastInboundAt ?? 0, message.createdAt);
    this.#tell(message);
  }

  changeMessage(message: StoredMessage, change: Partial<StoredMessage>): void {
    Object.assign(message, change, { updatedAt: this.#now() });
    const customer = this.#customers.get(message.address);
    if (customer && change.status === 'delivered') customer.typingUntil = 0;
    this.#tell(message);
  }

  removeMessage(message: StoredMessage): void {
    this.#bySid.delete(message.sid);
    this.#onForgotten(message);
    const thread = this.#threads.get(message.address);
    if (thread)
      this.#threads.set(
        message.address,
        thread.filter((other) => other !== message),
      );
  }

  showTyping(address: string, until: number): void {
    const customer = this.#customers.get(address);
    if (!customer) return;
    customer.typingUntil = until;
    this.tellCustomer(customer);
  }

  tellCustomer(customer: Customer): void {
    this.#onUpdate({ type: 'customer', customer: customerView(customer, this.thread(customer.address)) });
  }

  remember(): Remembered {
    return { customers: this.customers(), messages: [...this.#bySid.values()] };
  }

  recall(remembered: Remembered): void {
    for (const customer of remembered.customers) this.#put({ ...NOT_HIDDEN, ...customer, typingUntil: 0 });
    for (const message of remembered.messages) this.addMessage({ ...LATER_FIELDS, ...message });
  }

  #tell(message: StoredMessage): void {
    if (!this.#bySid.has(message.sid)) return;
    const view = phoneMessage(message, this.#bySid);
    if (view) this.#onUpdate({ type: 'message', address: message.address, message: view });
    const customer = this.#customers.get(message.address);
    if (customer) this.tellCustomer(customer);
  }
}

/** An identifier as Twilio makes them: two letters and 32 hexadecimal digits. */
export function newSid(prefix: 'SM' | 'MM' | 'ME'): string {
  return prefix + randomBytes(16).toString('hex');
}

/** The business-scoped id that comes along with a number; always the same one for the same address. */
export function businessScopedId(address: string): string {
  if (!address.startsWith('+')) return address;
  return `US.${BigInt(`0x${createHash('sha256').update(address).digest('hex').slice(0, 16)}`)}`;
}

function digits(count: number): string {
  return Array.from({ length: count }, (_, index) => randomInt(index === 0 ? 1 : 0, 10)).join('');
}

/** How the business sees a customer: the number, or the id where that is hidden. With `whatsapp:`. */
export function shownAddress({ address, hidesNumber }: Pick<Customer, 'address' | 'hidesNumber'>): string {
  return `whatsapp:${hidesNumber ? businessScopedId(address) : address}`;
}

/** What to call a customer in a line of text; set apart, because a name may be written from right to left. */
export function calledIn(state: SimulatorState, address: string): string {
  return `\u2068${state.customer(address)?.name || address}\u2069`;
}
