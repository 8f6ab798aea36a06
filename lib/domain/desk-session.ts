/** A desk session ends after this many milliseconds without a request or an open desk (threat T10). */
export const SESSION_IDLE_MS = 30 * 60_000;

/** A desk session ends this many milliseconds after sign-in, whatever happens. */
export const SESSION_LONGEST_MS = 12 * 3_600_000;

/** Activity is written down at most this often; a write for every request would cost more than it tells. */
export const SESSION_TOUCH_MS = 60_000;

/** A clock may be corrected backwards by this much without ending sessions; more would make them live too long. */
const CLOCK_STEP_MS = 60_000;

/** All times in milliseconds by the machine's clock. */
export function isSessionAlive(session: { createdAt: number; seenAt: number }, now: number): boolean {
  if (now < session.createdAt - CLOCK_STEP_MS) return false;
  return now < session.createdAt + SESSION_LONGEST_MS && now < session.seenAt + SESSION_IDLE_MS;
}
