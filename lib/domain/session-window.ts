import type { SessionSnapshot } from './message.ts';

/** The reference's words, exactly; flows, tests and people know the rule by this sentence. */
export const LIMIT_TEXT = 'This conversation has exceeded the 24 hour limit to respond to the customer.';

const OUTSIDE: ReadonlySet<string> = new Set(['SESSION_EXPIRED', 'SESSION_NONE']);

/** True for a refusal of our own because the window is not open. */
export function isOutsideSession(code: string): boolean {
  return OUTSIDE.has(code);
}

export const HOUR_MS = 3_600_000;

/** What decides a session window. All times are milliseconds since 1970, UTC. */
export interface WindowFacts {
  /** When the customer's last message was received; `null` when the customer never wrote. */
  lastCustomerAt: number | null;
  /** When Twilio said 63016; it wins over our clock until the customer writes again. */
  refusedAt: number | null;
}

export interface SessionWindow {
  open: boolean;
  /** The last millisecond at which the window is open. */
  expiresAt: number | null;
  remainingMs: number;
}

/**
 * The 24 hour rule of WhatsApp. The window starts with the customer's message and lasts from the last one
 * received; at exactly 24 hours it is still open, one millisecond later it is closed. Replies do not extend it.
 *
 * A clock that stepped back must not open what was closed, nor may a message from the "future" count as
 * longer than the window: remaining time is capped at the length.
 */
export function sessionWindow(facts: WindowFacts, now: number, hours = 24): SessionWindow {
  if (facts.lastCustomerAt === null) return { open: false, expiresAt: null, remainingMs: 0 };
  const length = hours * HOUR_MS;
  if (facts.refusedAt !== null && facts.refusedAt >= facts.lastCustomerAt) {
    return { open: false, expiresAt: facts.refusedAt, remainingMs: 0 };
  }
  const expiresAt = facts.lastCustomerAt + length;
  const open = now <= expiresAt;
  return { open, expiresAt, remainingMs: open ? Math.min(length, expiresAt - now) : 0 };
}

/** The window as flows and the desk read it. */
export function sessionSnapshot(facts: WindowFacts, now: number, hours = 24): SessionSnapshot {
  const window = sessionWindow(facts, now, hours);
  return {
    lastCustomerMessageAt: facts.lastCustomerAt === null ? null : new Date(facts.lastCustomerAt).toISOString(),
    expiresAt: window.expiresAt === null ? null : new Date(window.expiresAt).toISOString(),
    open: window.open,
    remainingMs: window.remainingMs,
  };
}
