import { businessScopedId } from '../state.ts';
import type { Ad, Customer, StoredMessage } from '../records.ts';

/** What the form says beyond the message: whose account it is, and where media lie. */
export interface InboundFacts {
  accountSid: string;
  messagingServiceSid: string;
  /** `whatsapp:+1…` */
  sender: string;
  /** The quoted message is one of the customer's own. */
  quotedIsTheirs?: boolean;
  /** The base of the API, for media addresses. */
  apiBase: string;
}

const MESSAGE_TYPES: Record<StoredMessage['kind'], string> = {
  text: 'text',
  location: 'location',
  image: 'image',
  voice: 'audio',
  video: 'video',
  sticker: 'sticker',
  contacts: 'contacts',
  document: 'document',
  button: 'interactive',
  list: 'interactive',
  template: 'text',
  // Nobody has published what Twilio says here, or that it says anything: a word nobody knows yet.
  reaction: 'reaction',
};

/** The form of an inbound webhook, with the names and oddities of captured ones. */
export function inboundForm(message: StoredMessage, customer: Customer, facts: InboundFacts): Record<string, string> {
  const hidden = !message.from!.startsWith('whatsapp:+');
  const forwarded = { Forwarded: String(message.forwarded !== null), FrequentlyForwarded: String(message.forwarded === 'often') };
  const waId = hidden ? '' : customer.address.slice(1);
  const context: Record<string, string> = { ...(customer.name ? { ProfileName: customer.name } : {}), WaId: waId };
  const form: Record<string, string> = {
    SmsMessageSid: message.sid,
    NumMedia: String(message.numMedia),
    ...(customer.name ? { ProfileName: customer.name } : {}),
    MessageType: MESSAGE_TYPES[message.kind],
    SmsSid: message.sid,
    WaId: waId,
    SmsStatus: 'received',
    Body: message.body,
    ...forwarded,
    To: facts.sender,
    NumSegments: '1',
    ReferralNumMedia: '0',
    MessageSid: message.sid,
    AccountSid: facts.accountSid,
    From: message.from!,
    ExternalUserId: `whatsapp:${businessScopedId(customer.address)}`,
    ApiVersion: '2010-04-01',
  };
  if (facts.messagingServiceSid) form.MessagingServiceSid = facts.messagingServiceSid;
  if (hidden && customer.name) form.ProfileUsername = customer.name;
  if (message.ad) Object.assign(form, referralFields(message.ad));
  if (message.location) Object.assign(form, locationFields(message.location));
  if (message.media) {
    form.MediaContentType0 = message.media.contentType;
    form.MediaUrl0 = `${facts.apiBase}/2010-04-01/Accounts/${facts.accountSid}/Messages/${message.sid}/Media/${message.media.sid}`;
  }
  if (message.quotedSid) {
    form.OriginalRepliedMessageSid = message.quotedSid;
    form.OriginalRepliedMessageSender = facts.quotedIsTheirs ? form.From! : facts.sender;
  }
  if (message.chosen) {
    const { id, title, description } = message.chosen;
    Object.assign(form, { ListId: id, ListTitle: title, ListDescription: description });
  }
  if (message.buttonPayload !== null) {
    form.ButtonText = message.body;
    form.ButtonPayload = message.buttonPayload;
    context.ButtonText = message.body;
  }
  form.ChannelMetadata = JSON.stringify({
    type: 'whatsapp',
    data: { context: { ...context, ...forwarded } },
  });
  return form;
}

function referralFields({ headline, body, sourceId, sourceUrl, clickId }: Ad): Record<string, string> {
  return {
    ReferralHeadline: headline,
    ReferralBody: body,
    ReferralSourceId: sourceId,
    ReferralSourceType: 'ad',
    ReferralSourceUrl: sourceUrl,
    ReferralCtwaClid: clickId,
  };
}

function locationFields(location: NonNullable<StoredMessage['location']>): Record<string, string> {
  return {
    Latitude: String(location.latitude),
    Longitude: String(location.longitude),
    ...(location.label ? { Label: location.label } : {}),
    ...(location.address ? { Address: location.address } : {}),
  };
}
