interface Waiting {
  queued_at: number | null;
  accepted_at: number | null;
}

/**
 * What `queued_at` becomes when an agent gets a conversation now. Taken out of the queue it stays as it is. Who takes over
 * from a colleague, or opens again what was set aside, kept nobody waiting: the wait for the first agent stays as long as it
 * was, although it is told by the difference to an `accepted_at` that is later now.
 * @param now milliseconds since 1970
 */
export function queuedAtOnAcceptance({ queued_at, accepted_at }: Waiting, now: number): number | null {
  if (queued_at === null || accepted_at === null) return queued_at;
  return now - Math.max(0, accepted_at - queued_at);
}
