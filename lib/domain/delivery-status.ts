/** The life of an outbound message. The order of this list is the rule: a status only ever rises. */
export const DELIVERY_STATUSES = [
  'held',
  'pending',
  'submitting',
  'unknown',
  'queued',
  'sending',
  'sent',
  'failed',
  'undelivered',
  'canceled',
  'delivered',
  'read',
] as const;

export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

const RANK: Record<DeliveryStatus, number> = {
  held: 0,
  pending: 1,
  submitting: 2,
  unknown: 3,
  queued: 4,
  sending: 5,
  sent: 6,
  failed: 7,
  undelivered: 7,
  canceled: 7,
  delivered: 8,
  read: 9,
};

/** Twilio's words that mean one of ours. */
const ALIASES: Record<string, DeliveryStatus> = { accepted: 'queued', scheduled: 'queued' };

/** How far along a status is; higher wins. */
export function statusRank(status: DeliveryStatus): number {
  return RANK[status];
}

/** Reads Twilio's word for a status; `undefined` for one we do not know, which then changes nothing. */
export function parseStatus(word: string): DeliveryStatus | undefined {
  const lower = word.toLowerCase();
  if (Object.hasOwn(ALIASES, lower)) return ALIASES[lower];
  return (DELIVERY_STATUSES as readonly string[]).includes(lower) ? (lower as DeliveryStatus) : undefined;
}

/**
 * The status after a report, whatever order reports arrive in: the higher rank wins, equals keep what is there.
 * Twilio sends callbacks late, twice and out of order, so this is the only place that decides.
 */
export function raiseStatus(current: DeliveryStatus, reported: DeliveryStatus): DeliveryStatus {
  return RANK[reported] > RANK[current] ? reported : current;
}

/** What becomes of a held answer, as the reason of its `message.status` event. */
export const HELD_OUTCOMES = ['customer-wrote', 'agent-canceled', 'conversation-closed'] as const;
export type HeldOutcome = (typeof HELD_OUTCOMES)[number];

/** The end of a message that did not reach the customer. */
export function isFailure(status: DeliveryStatus): boolean {
  return RANK[status] === RANK.failed;
}
