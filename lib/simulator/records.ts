import type { ChoiceList, Forwarded, ListItem, PhoneCustomer, PhoneLocation, PhoneMessageKind } from './phone-contract.ts';
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

/** A customer without what follows from the clock and the thread. */
export type Customer = Omit<PhoneCustomer, 'windowEndsAt' | 'unread'>;

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
  list: ChoiceList | null;
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
