import type { SessionSnapshot } from '../domain/message.ts';
import { HOUR_MS } from '../domain/session-window.ts';

/** How near the end of a session window is; the ring's colour and the words follow it. */
export type WindowLevel = 'open' | 'soon' | 'urgent' | 'closed';

export interface WindowFace {
  level: WindowLevel;
  /** Milliseconds, never negative. */
  remainingMs: number;
  /** What of the window is left, 0 to 1. */
  fraction: number;
}

const SOON_MS = 2 * HOUR_MS;
const URGENT_MS = HOUR_MS;

/** Whether the window is open at an instant of the center's clock. */
export function isWindowOpen(session: SessionSnapshot, now: number): boolean {
  return windowFace(session, now).level !== 'closed';
}

/** When an open window ends, in milliseconds; null for one that is closed. */
export function windowEnd(session: SessionSnapshot, now: number): number | null {
  return session.expiresAt !== null && isWindowOpen(session, now) ? Date.parse(session.expiresAt) : null;
}

/** The window at an instant of the center's clock. At its last millisecond it is still open (`lib/domain/session-window.ts`). */
export function windowFace(session: SessionSnapshot, now: number): WindowFace {
  if (session.expiresAt === null || session.lastCustomerMessageAt === null)
    return { level: 'closed', remainingMs: 0, fraction: 0 };
  const expiresAt = Date.parse(session.expiresAt);
  const length = expiresAt - Date.parse(session.lastCustomerMessageAt);
  if (now > expiresAt || length <= 0) return { level: 'closed', remainingMs: 0, fraction: 0 };
  const remainingMs = Math.min(length, expiresAt - now);
  const level = remainingMs < URGENT_MS ? 'urgent' : remainingMs < SOON_MS ? 'soon' : 'open';
  return { level, remainingMs, fraction: remainingMs / length };
}
