import type { PhoneCustomer, PhoneMessage, Tick } from './phone-contract.ts';
import type { Customer, StoredMessage } from './records.ts';

/**
 * WhatsApp's rule, written down here once more on purpose: a stand-in for Twilio that asked the center for its
 * opinion could never contradict it.
 */
const CUSTOMER_SERVICE_WINDOW_MS = 24 * 3_600_000;

/** The last millisecond at which the business may write freely; null when the customer never wrote. */
export function windowEnd(customer: Customer | undefined): number | null {
  const lastInboundAt = customer?.lastInboundAt ?? null;
  return lastInboundAt === null ? null : lastInboundAt + CUSTOMER_SERVICE_WINDOW_MS;
}

export function customerView(customer: Customer, thread: readonly StoredMessage[]): PhoneCustomer {
  return {
    ...customer,
    windowEndsAt: windowEnd(customer),
    unread: thread.filter((message) => message.direction !== 'inbound' && message.status === 'delivered').length,
  };
}

/** A message as the phone draws it; null for one that has not reached the phone. */
export function phoneMessage(message: StoredMessage, all: ReadonlyMap<string, StoredMessage>): PhoneMessage | null {
  const mine = message.direction === 'inbound';
  if (!mine && message.status !== 'delivered' && message.status !== 'read') return null;
  // It shows on the message that it is about.
  if (message.kind === 'reaction') return null;
  const view: PhoneMessage = {
    id: message.sid,
    mine,
    kind: message.kind,
    // Twilio wants a text with a place, and WhatsApp drops it.
    text: !mine && message.kind === 'location' ? '' : message.body,
    at: mine ? message.createdAt : (message.sentAt ?? message.createdAt),
  };
  if (mine) view.tick = tick(message);
  if (message.webhook?.problem) view.problem = message.webhook.problem;
  if (message.location) view.location = message.location;
  if (message.media) {
    const { sid, contentType, name, size } = message.media;
    view.file = { id: sid, contentType, name, size };
  }
  if (message.buttons.length > 0) {
    view.buttons = message.buttons;
    view.answered = message.answered;
  }
  if (message.list) {
    view.list = message.list;
    view.answered = message.answered;
  }
  if (message.links.length > 0) view.links = message.links;
  const quoted = message.quotedSid ? all.get(message.quotedSid) : undefined;
  if (quoted) view.quoted = quoted.body;
  if (message.forwarded !== null) view.forwarded = message.forwarded;
  if (message.ad !== null) view.ad = message.ad.headline;
  if (message.reaction !== '') view.reaction = message.reaction;
  return view;
}

function tick(message: StoredMessage): Tick {
  if (message.seenByBusiness) return 'read';
  if (message.webhook === null) return 'sent';
  return message.webhook.ok ? 'delivered' : 'failed';
}
