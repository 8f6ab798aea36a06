import { expect } from 'chai';
import { bareAddress, hasNumber } from '../../lib/domain/address.ts';
import type { MessageType, WhatsAppMessage } from '../../lib/domain/message.ts';
import { decodeForm } from '../../lib/twilio/incoming/form.ts';
import { parseInbound } from '../../lib/twilio/incoming/parse-inbound.ts';
import { isStatusCallback } from '../../lib/twilio/incoming/parse-status.ts';
import { codeThrown } from '../support/codes.ts';
import { conformanceData, encodeForm } from './data.ts';

interface Payload {
  id: string;
  description: string;
  form: Record<string, string>;
  rawBody?: string;
  expected: Record<string, unknown>;
}

const AT = Date.UTC(2030, 0, 15);

/** Their form has no SID at all; without one nothing can be kept once, so we refuse it (docs/conformance.md). */
const WITHOUT_SID = new Set(['in-052', 'in-053', 'in-056', 'in-057']);

/** What each assertion of the data means for our message; every name that occurs must be here. */
const CHECKS: Record<string, (message: WhatsAppMessage, expected: unknown, payload: Payload) => void> = {
  channel: (message, channel) => expect(message.from.startsWith('whatsapp:')).to.equal(channel === 'whatsapp'),
  text: (message, text) => expect(message.text).to.equal(text ?? ''),
  phone: (message, phone) =>
    phone === null ? expect(hasNumber(message.from)).to.equal(false) : expect(bareAddress(message.from)).to.equal(phone),
  messageSid: (message, sid) => expect([message.id, message.sid]).to.deep.equal([sid, sid]),
  externalUserId: (message, id) => expect(message.externalUserId).to.equal(id),
  replyTo: (message, address) => expect(message.from).to.equal(address),
  from: (message, address) => expect(message.from).to.equal(address),
  to: (message, address) => expect(message.to).to.equal(address),
  profileName: (message, name) => expect(message.profileName).to.equal(name),
  displayNameFallback: (message, name) => {
    expect(message).not.to.have.property('profileName');
    expect(bareAddress(message.from).replace('+', '')).to.equal(name);
  },
  media: (message, media) => expectMedia(message, media as Record<string, unknown>[]),
  mediaCount: (message, count) => expect(message.media).to.have.length(count as number),
  mediaWithoutUrl: (message) => expect(message.media?.[0]?.url).to.equal(''),
  // Their word for an image is "media", and for what they do not know "unknown".
  sourceKind: (message, kind) =>
    expect(message.type).to.equal({ audio: 'audio', media: 'image', unknown: 'unsupported' }[kind as string]),
  kind: (message, kind) => expect(message.type).to.equal(kind),
  location: (message, location) => expect(message.location).to.deep.equal(location),
  coordinatesOutOfRange: (message) => expect(message).not.to.have.property('location'),
  messageType: (message, word) => {
    const ours: Record<string, MessageType> = { text: 'text', location: 'location', interactive: 'button' };
    expect(message.type).to.equal(ours[word as string]);
  },
  buttonText: (message, text) => expect(message.button?.text).to.equal(text),
  buttonPayload: (message, payload) => expect(message.button?.payload).to.equal(payload),
  replyToMessageSid: (message, sid) => expect(message.context?.sid).to.equal(sid),
  replyToSender: (message, address) => expect(message.context?.from).to.equal(address),
  forwarded: (message, forwarded) => expect(message.forwarded).to.equal(forwarded),
  frequentlyForwarded: (message, often) => {
    expect(message.params?.FrequentlyForwarded).to.equal(String(often));
    expect(message.forwarded).to.equal(often);
  },
  referral: (message, referral) => expect(message.referral).to.deep.equal(referral ?? undefined),
  messagingServiceSid: (message, sid) => expect(message.params?.MessagingServiceSid).to.equal(sid),
  // The same person under a number and a business-scoped id: both are on the message.
  sameContactAs: (message) => expect(message.externalUserId).not.to.equal(undefined),
  // Where it is fetched from is tried with fetching; the address is kept as it came.
  fetch: (message, _expected, payload) => expect(message.media?.[0]?.url).to.equal(payload.form.MediaUrl0),
  // The HTTP answer is tried with the webhooks.
  response: () => undefined,
  accepted: () => undefined,
};

function expectMedia(message: WhatsAppMessage, media: Record<string, unknown>[]): void {
  expect(message.media ?? []).to.have.length(media.length);
  media.forEach((expected, index) => {
    const item = message.media![index]!;
    if (expected.url !== undefined) expect(item.url).to.equal(expected.url);
    if (expected.contentType !== undefined) expect(item.contentType).to.equal(expected.contentType);
    if (expected.kind !== undefined && index === 0) expect(message.type).to.equal(expected.kind);
  });
}

describe('conformance: inbound payloads', () => {
  for (const payload of conformanceData<Payload[]>('inbound-payloads')) {
    const { id, description, form, rawBody, expected } = payload;
    const bytes = rawBody === undefined ? encodeForm(form) : Buffer.from(rawBody);

    if (expected.kind === 'status') {
      it(`${id} is a status: ${description}`, () => {
        expect(isStatusCallback(decodeForm(bytes).params)).to.equal(true);
      });
    } else if (expected.accepted === false) {
      it(`${id} is no message: ${description}`, () => {
        expect(refusalOf(bytes)).to.equal('INVALID_REQUEST');
      });
    } else {
      it(`${id} is read: ${description}`, () => {
        const { params } = decodeForm(bytes);
        expect(isStatusCallback(params)).to.equal(false);
        if (WITHOUT_SID.has(id)) {
          expect(refusalOf(bytes)).to.equal('INVALID_REQUEST');
          params.MessageSid = 'SM0123456789abcdef0123456789abcdef';
        }
        const message = parseInbound(params, AT);
        for (const [name, value] of Object.entries(expected)) {
          expect(CHECKS, `no check for "${name}"`).to.have.property(name);
          CHECKS[name]!(message, value, payload);
        }
        for (const [name, value] of Object.entries(form)) expect(message.params![name], name).to.equal(value);
      });
    }
  }
});

function refusalOf(bytes: Buffer): string {
  return codeThrown(() => parseInbound(decodeForm(bytes).params, AT));
}
