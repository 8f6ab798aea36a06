import { bareAddress } from '../../domain/address.ts';
import { CenterError } from '../../domain/errors.ts';
import { claimedKind, plainType } from '../../domain/media-type.ts';
import type { Location, MediaItem, MessageType, WebhookParams, WhatsAppMessage } from '../../domain/message.ts';
import { messageSid, optionalParam, param } from './params.ts';

/** Twilio's words that say what a message is and need nothing else to be understood. */
const KNOWN_TYPES: ReadonlySet<string> = new Set<MessageType>([
  'text',
  'image',
  'audio',
  'video',
  'document',
  'sticker',
  'location',
  'contacts',
  'button',
  'list',
  'interactive',
]);

const MEDIA_TYPES: ReadonlySet<string> = new Set<MessageType>(['image', 'audio', 'video', 'document', 'sticker', 'contacts']);

/** WhatsApp carries one medium a message; more than this is no message of Twilio's. */
const MAX_MEDIA = 32;

/**
 * Reads a customer's message from the parameters of Twilio's webhook. Odd optional data (a broken coordinate, a medium
 * without an address, an unknown kind) never stops a message: what cannot be read is left out and stays in `params`.
 *
 * @param params the decoded form
 * @param receivedAtMs when the webhook arrived, milliseconds since 1970 by the center's clock
 * @throws CenterError `INVALID_REQUEST` without a message SID, a sender or a recipient. A Messaging Service counts as the
 * recipient; `to` is then "" until the account fills it in.
 */
export function parseInbound(params: WebhookParams, receivedAtMs: number): WhatsAppMessage {
  const sid = messageSid(params);
  const from = param(params, 'From');
  const to = param(params, 'To');
  if (sid === '' || from === '' || (to === '' && param(params, 'MessagingServiceSid') === '')) {
    throw new CenterError('INVALID_REQUEST', 'This request is no WhatsApp message: MessageSid, From or To is missing.');
  }
  const message: WhatsAppMessage = {
    id: sid,
    sid,
    direction: 'inbound',
    type: 'unsupported',
    text: param(params, 'Body'),
    from,
    to,
    forwarded: param(params, 'Forwarded') === 'true' || param(params, 'FrequentlyForwarded') === 'true',
    author: { kind: 'customer' },
    status: 'received',
    timestamp: new Date(receivedAtMs).toISOString(),
    params,
  };
  readPerson(message, params);
  if (isWhatsApp(from)) readChoice(message, params);
  readContent(message, params);
  message.type = typeOf(message, params);
  return message;
}

/** False for an SMS that reached the same webhook: another channel, whatever the number. */
export function isWhatsApp(address: string): boolean {
  return address.startsWith('whatsapp:');
}

function readPerson(message: WhatsAppMessage, params: WebhookParams): void {
  const profileName = optionalParam(params, 'ProfileName');
  if (profileName !== undefined) message.profileName = profileName;
  const waId = optionalParam(params, 'WaId');
  if (waId !== undefined) message.waId = waId;
  const externalUserId = optionalParam(params, 'ExternalUserId');
  // Seen with and without the prefix; it is the same id.
  if (externalUserId !== undefined) message.externalUserId = bareAddress(externalUserId);
  const username = optionalParam(params, 'ProfileUsername');
  if (username !== undefined) message.username = username;
}

/** A quick-reply button or a list row; only WhatsApp has them, a stray parameter on another channel means nothing. */
function readChoice(message: WhatsAppMessage, params: WebhookParams): void {
  const buttonText = optionalParam(params, 'ButtonText');
  const payload = optionalParam(params, 'ButtonPayload');
  if (buttonText !== undefined || payload !== undefined) {
    message.button = { text: buttonText ?? message.text };
    if (payload !== undefined) message.button.payload = payload;
  }
  const listId = optionalParam(params, 'ListId');
  const title = optionalParam(params, 'ListTitle');
  if (listId !== undefined || title !== undefined) {
    message.list = { id: listId ?? '', title: title ?? message.text };
    const description = optionalParam(params, 'ListDescription');
    if (description !== undefined) message.list.description = description;
  }
}

function readContent(message: WhatsAppMessage, params: WebhookParams): void {
  const media = readMedia(params);
  if (media.length > 0) message.media = media;
  const location = readLocation(params);
  if (location !== undefined) message.location = location;
  const repliedTo = optionalParam(params, 'OriginalRepliedMessageSid');
  if (repliedTo !== undefined) {
    message.context = { sid: repliedTo };
    const sender = optionalParam(params, 'OriginalRepliedMessageSender');
    if (sender !== undefined) message.context.from = sender;
  }
  const referral = readReferral(params);
  if (referral !== undefined) message.referral = referral;
}

/** What the parameters hold decides; `NumMedia` may be missing or wrong. */
function readMedia(params: WebhookParams): MediaItem[] {
  const media: MediaItem[] = [];
  for (let i = 0; i < MAX_MEDIA; i++) {
    const url = param(params, `MediaUrl${i}`);
    const contentType = param(params, `MediaContentType${i}`);
    if (url === '' && contentType === '') break;
    media.push({ url, contentType, sid: /\/(ME[0-9A-Za-z]+)(?:$|[?#])/.exec(url)?.[1] ?? '' });
  }
  return media;
}

/** Left out when it is no place on earth: a map could not show it. */
function readLocation(params: WebhookParams): Location | undefined {
  const latitude = degrees(params, 'Latitude', 90);
  const longitude = degrees(params, 'Longitude', 180);
  if (latitude === undefined || longitude === undefined) return undefined;
  const location: Location = { latitude, longitude };
  const address = optionalParam(params, 'Address');
  if (address !== undefined) location.address = address;
  const label = optionalParam(params, 'Label');
  if (label !== undefined) location.label = label;
  return location;
}

function degrees(params: WebhookParams, name: string, limit: number): number | undefined {
  const text = param(params, name).trim();
  const value = Number(text);
  return text !== '' && Number.isFinite(value) && Math.abs(value) <= limit ? value : undefined;
}

/** Where an ad sent the customer from. `ReferralNumMedia` alone says nothing: it comes with every message. */
function readReferral(params: WebhookParams): Record<string, string> | undefined {
  let fromAd = false;
  const referral: Record<string, string> = {};
  for (const name of Object.keys(params)) {
    if (!name.startsWith('Referral') || name.length === 'Referral'.length) continue;
    const value = param(params, name);
    if (value === '') continue;
    referral[name.charAt(8).toLowerCase() + name.slice(9)] = value;
    if (name !== 'ReferralNumMedia') fromAd = true;
  }
  return fromAd ? referral : undefined;
}

/**
 * What a message holds wins over Twilio's `MessageType`, which is missing in older webhooks and says "interactive" for a
 * button; a word we do not know is `unsupported`, with its text and parameters kept.
 */
function typeOf(message: WhatsAppMessage, params: WebhookParams): MessageType {
  const word = param(params, 'MessageType').toLowerCase();
  if (message.list !== undefined) return 'list';
  if (message.button !== undefined) return 'button';
  if (param(params, 'InteractiveData') !== '') return 'interactive';
  if (message.location !== undefined) return 'location';
  const medium = message.media?.[0];
  if (medium !== undefined) return MEDIA_TYPES.has(word) ? (word as MessageType) : mediaType(medium.contentType);
  if (word !== '') return KNOWN_TYPES.has(word) ? (word as MessageType) : 'unsupported';
  if (param(params, 'Latitude') !== '' && param(params, 'Longitude') !== '') return 'location';
  return message.text === '' ? 'unsupported' : 'text';
}

/** What a medium is by what it is said to be; a family of types that we do not know is no document. */
function mediaType(contentType: string): MessageType {
  return /^(?:image|audio|video|application|text)\//.test(plainType(contentType)) ? claimedKind(contentType) : 'unsupported';
}
