import { expect } from 'chai';
import fc from 'fast-check';
import { isCenterError } from '../../../lib/domain/errors.ts';
import type { WebhookParams } from '../../../lib/domain/message.ts';
import { parseInbound } from '../../../lib/twilio/incoming/parse-inbound.ts';
import { CUSTOMER, inboundForm, SENDER, sidOf } from './fixture.ts';

const AT = Date.UTC(2030, 0, 15, 12, 30);
const SID = sidOf(1);

function parse(fields: WebhookParams) {
  return parseInbound({ ...inboundForm(SID), ...fields }, AT);
}

function without(...names: string[]) {
  const form: WebhookParams = inboundForm(SID);
  for (const name of names) delete form[name];
  return form;
}

describe('reading a customer’s message', () => {
  it('gives every part of the message contract', () => {
    const form = inboundForm(SID, { ExternalUserId: 'whatsapp:US.1234', ProfileUsername: 'ada', Forwarded: 'true' });
    expect(parseInbound(form, AT)).to.deep.equal({
      id: SID,
      sid: SID,
      direction: 'inbound',
      type: 'text',
      text: 'Hello, is anybody there?',
      from: CUSTOMER,
      to: SENDER,
      profileName: 'Ada Example',
      waId: '15551234567',
      externalUserId: 'US.1234',
      username: 'ada',
      forwarded: true,
      author: { kind: 'customer' },
      status: 'received',
      timestamp: '2030-01-15T12:30:00.000Z',
      params: form,
    });
  });

  const kinds: [string, WebhookParams, string][] = [
    ['a text', {}, 'text'],
    ['an empty text', { Body: '' }, 'text'],
    ['a JPEG', { MessageType: 'image', MediaUrl0: 'https://api.example.com/ME1', MediaContentType0: 'image/jpeg' }, 'image'],
    [
      'a WebP sent as an image',
      { MessageType: 'image', MediaUrl0: 'https://api.example.com/ME1', MediaContentType0: 'image/webp' },
      'image',
    ],
    [
      'a WebP without a type',
      { MessageType: '', MediaUrl0: 'https://api.example.com/ME1', MediaContentType0: 'image/webp' },
      'sticker',
    ],
    ['a voice note', { MessageType: 'audio', MediaUrl0: 'https://api.example.com/ME1', MediaContentType0: 'audio/ogg' }, 'audio'],
    [
      'a voice note with codecs',
      { MessageType: '', MediaUrl0: 'https://api.example.com/ME1', MediaContentType0: 'audio/ogg; codecs=opus' },
      'audio',
    ],
    ['a video', { MessageType: '', MediaUrl0: 'https://api.example.com/ME1', MediaContentType0: 'video/mp4' }, 'video'],
    ['a PDF', { MessageType: '', MediaUrl0: 'https://api.example.com/ME1', MediaContentType0: 'application/pdf' }, 'document'],
    [
      'a contact card',
      { MessageType: '', MediaUrl0: 'https://api.example.com/ME1', MediaContentType0: 'text/vcard' },
      'contacts',
    ],
    [
      'a medium of no known kind',
      { MessageType: '', MediaUrl0: 'https://api.example.com/ME1', MediaContentType0: 'other/other' },
      'unsupported',
    ],
    [
      'a medium of a word we do not know',
      { MessageType: 'ptv', MediaUrl0: 'https://api.example.com/ME1', MediaContentType0: 'video/mp4' },
      'video',
    ],
    ['a location', { MessageType: 'location', Latitude: '0', Longitude: '-0.5', Body: '' }, 'location'],
    ['a location without a type', { MessageType: '', Latitude: '52.3', Longitude: '4.7', Body: '' }, 'location'],
    ['a location that is nowhere', { MessageType: '', Latitude: '123', Longitude: '456' }, 'location'],
    ['a button', { MessageType: 'interactive', ButtonText: 'Yes', ButtonPayload: 'yes', Body: 'Yes' }, 'button'],
    ['a list row', { MessageType: 'interactive', ListId: '7', ListTitle: 'Tuesday' }, 'list'],
    ['a form of WhatsApp', { MessageType: 'interactive', InteractiveData: '{}' }, 'interactive'],
    ['something interactive', { MessageType: 'interactive' }, 'interactive'],
    ['a kind we do not know', { MessageType: 'hologram' }, 'unsupported'],
    ['a name of an object’s internals as kind', { MessageType: 'constructor' }, 'unsupported'],
    ['nothing at all', { MessageType: '', Body: '' }, 'unsupported'],
    ['an unknown word in capitals', { MessageType: 'TEXT' }, 'text'],
  ];
  for (const [what, fields, type] of kinds) {
    it(`calls ${what} ${type} and drops nothing`, () => {
      const message = parse(fields);
      expect(message.type).to.equal(type);
      expect(message.params).to.include(fields);
    });
  }

  it('reads media, places, choices, quotes and ads', () => {
    const media = parse({
      NumMedia: '2',
      MediaUrl0: 'https://api.example.com/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME0a1b',
      MediaContentType0: 'image/png',
      MediaContentType1: 'image/jpeg',
    });
    expect(media.media).to.deep.equal([
      {
        url: 'https://api.example.com/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME0a1b',
        contentType: 'image/png',
        sid: 'ME0a1b',
      },
      { url: '', contentType: 'image/jpeg', sid: '' },
    ]);
    expect(parse({ Latitude: '52.5', Longitude: '-4.25', Address: 'Main Street 1', Label: 'Shop' }).location).to.deep.equal({
      latitude: 52.5,
      longitude: -4.25,
      address: 'Main Street 1',
      label: 'Shop',
    });
    expect(parse({ ButtonText: 'Yes', ButtonPayload: 'confirm' }).button).to.deep.equal({ text: 'Yes', payload: 'confirm' });
    expect(parse({ ListId: '7', ListTitle: 'Tuesday', ListDescription: '9 to 5' }).list).to.deep.equal({
      id: '7',
      title: 'Tuesday',
      description: '9 to 5',
    });
    expect(parse({ OriginalRepliedMessageSid: 'SM2', OriginalRepliedMessageSender: SENDER }).context).to.deep.equal({
      sid: 'SM2',
      from: SENDER,
    });
    expect(
      parse({ ReferralHeadline: 'Shoes', ReferralSourceUrl: 'https://example.com/ad', ReferralBody: '' }).referral,
    ).to.deep.equal({
      numMedia: '0',
      headline: 'Shoes',
      sourceUrl: 'https://example.com/ad',
    });
  });

  it('does not take ReferralNumMedia for an ad, nor "false" for forwarded', () => {
    const message = parse({ ReferralNumMedia: '0', Forwarded: 'false', FrequentlyForwarded: 'false' });
    expect(message).not.to.have.property('referral');
    expect(message.forwarded).to.equal(false);
    expect(parse({ FrequentlyForwarded: 'true' }).forwarded).to.equal(true);
  });

  it('leaves addresses as they are, with a hidden number and an empty WaId', () => {
    const message = parse({ From: 'whatsapp:US.13491208655302741918', WaId: '' });
    expect(message.from).to.equal('whatsapp:US.13491208655302741918');
    expect(message).not.to.have.property('waId');
  });

  it('reads no button or list on another channel', () => {
    const message = parse({ From: '+15551234567', To: '+15550000001', ButtonText: 'Yes', ListId: '1', MessageType: '' });
    expect(message.type).to.equal('text');
    expect(message).to.not.have.any.keys('button', 'list');
    expect(message.from).to.equal('+15551234567');
  });

  it('refuses what is no message', () => {
    const missing = [without('MessageSid', 'SmsSid', 'SmsMessageSid'), without('From'), without('To'), {}, { x: '%ZZ' }];
    for (const form of missing) {
      expect(() => parseInbound(form, AT))
        .to.throw()
        .that.satisfies((error: unknown) => isCenterError(error) && error.code === 'INVALID_REQUEST');
    }
  });

  it('takes the older names of the SID, and a Messaging Service for the recipient', () => {
    expect(parseInbound(without('MessageSid'), AT).id).to.equal(SID);
    const message = parseInbound({ ...without('To'), MessagingServiceSid: 'MG1' }, AT);
    expect(message.to).to.equal('');
  });

  it('never throws for odd optional data', () => {
    const names = [
      'Body',
      'NumMedia',
      'MediaUrl0',
      'MediaContentType0',
      'Latitude',
      'Longitude',
      'MessageType',
      'ButtonText',
      'ListId',
    ];
    const more = [
      'Forwarded',
      'ReferralBody',
      'Referral',
      'ChannelMetadata',
      'InteractiveData',
      'ExternalUserId',
      '__proto__',
      'toString',
    ];
    const value = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(fc.string(), { maxLength: 3 }),
      fc.constantFrom('NaN', '1e999', '-1', '99999999999'),
    );
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names, ...more), value, { noNullPrototype: false }), (fields) => {
        const message = parseInbound(Object.assign(Object.create(null) as WebhookParams, inboundForm(SID), fields), AT);
        expect(message.id).to.equal(SID);
        if (message.location !== undefined) expect(Math.abs(message.location.latitude)).to.be.at.most(90);
      }),
    );
  });
});
