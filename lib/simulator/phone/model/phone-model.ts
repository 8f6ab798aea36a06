import type { PhoneMessage, PhoneState, PhoneThread, PhoneUpdate } from '../../phone-contract.ts';

const LOG_LINES = 50;

/** What the page shows after an update; null as long as the first whole state has not come. */
export function applyUpdate(state: PhoneState | null, update: PhoneUpdate): PhoneState | null {
  if (update.type === 'state') return { ...update.state, customers: update.state.customers.map(inOrder) };
  if (state === null) return null;
  switch (update.type) {
    case 'customer': {
      const { customer } = update;
      const known = state.customers.some(({ address }) => address === customer.address);
      const customers = known
        ? state.customers.map((other) => (other.address === customer.address ? { ...other, ...customer } : other))
        : [...state.customers, { ...customer, messages: [] }];
      return { ...state, customers };
    }
    case 'message': {
      const { address, message } = update;
      return {
        ...state,
        customers: state.customers.map((thread) => (thread.address === address ? withMessage(thread, message) : thread)),
      };
    }
    case 'clock':
      return { ...state, now: update.now, offsetMs: update.offsetMs };
    case 'faults':
      return { ...state, faults: update.faults };
    case 'log':
      return { ...state, log: [...state.log, update.entry].slice(-LOG_LINES) };
  }
}

function withMessage(thread: PhoneThread, message: PhoneMessage): PhoneThread {
  const known = thread.messages.some(({ id }) => id === message.id);
  const messages = known
    ? thread.messages.map((other) => (other.id === message.id ? message : other))
    : [...thread.messages, message];
  return inOrder({ ...thread, messages });
}

/** A phone shows messages by the time they were sent, whatever order they came in. */
function inOrder(thread: PhoneThread): PhoneThread {
  return { ...thread, messages: [...thread.messages].sort((one, other) => one.at - other.at) };
}

/** Whose phone to show first: whoever was last in a conversation, else the first of the list. */
export function firstCustomer(state: PhoneState): string | null {
  const lastAt = (thread: PhoneThread): number => thread.messages.at(-1)?.at ?? -1;
  const latest = [...state.customers].sort((one, other) => lastAt(other) - lastAt(one))[0];
  return latest?.address ?? null;
}

/** Messages of one day, in order. */
export interface Day {
  /** The first moment of the day that a message is from, ms. */
  at: number;
  messages: PhoneMessage[];
}

/** Cuts a thread into days of the viewer's time zone. */
export function days(messages: readonly PhoneMessage[]): Day[] {
  const result: Day[] = [];
  for (const message of messages) {
    const last = result.at(-1);
    if (last && sameDay(last.at, message.at)) last.messages.push(message);
    else result.push({ at: message.at, messages: [message] });
  }
  return result;
}

/** True when both moments are on one day of the viewer's time zone. */
export function sameDay(one: number, other: number): boolean {
  return new Date(one).toDateString() === new Date(other).toDateString();
}

/** Whether "typing…" shows at this moment of the simulator's clock. */
export function isTyping(thread: PhoneThread, now: number): boolean {
  return thread.typingUntil > now;
}
