import { createHash, randomBytes, randomInt } from 'node:crypto';
import type { CustomerKind, PhoneUpdate } from './phone-contract.ts';
import type { Customer, Remembered, StoredMessage } from './records.ts';
import { customerView, phoneMessage } from './views.ts';

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
