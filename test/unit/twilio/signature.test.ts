import { createHash } from 'node:crypto';
import { expect } from 'chai';
import fc from 'fast-check';
import twilio from 'twilio';
import { decodeForm } from '../../../lib/twilio/incoming/form.ts';
import { expectedSignature, isSigned, type SignedRequest } from '../../../lib/twilio/incoming/signature.ts';
import { inboundForm, sidOf, TOKEN } from './fixture.ts';

const FORM = 'application/x-www-form-urlencoded';
const URL_ = 'https://hooks.example.com/whatsapp/inbound';

function formRequest(url: string, body: string, signature: string, overrides: Partial<SignedRequest> = {}): SignedRequest {
  const rawBody = Buffer.from(body, 'utf8');
  return { url, rawBody, pairs: decodeForm(rawBody).pairs, contentType: FORM, signature, tokens: [TOKEN], ...overrides };
}

/** What Twilio's own library signs, with repeated names as arrays. */
function oracle(url: string, pairs: readonly (readonly [string, string])[], token = TOKEN): string {
  const params = Object.create(null) as Record<string, string[]>;
  for (const [name, value] of pairs) (params[name] ??= []).push(value);
  return twilio.getExpectedTwilioSignature(token, url, params);
}

function flip(text: string, bit: number): string {
  const bytes = Buffer.from(text, 'latin1');
  bytes[bit >> 3] = bytes[bit >> 3]! ^ (1 << (bit & 7));
  return bytes.toString('latin1');
}

const word = fc.string({ unit: 'grapheme', maxLength: 20 }).map((text) => text.toWellFormed());
const pairsOf = fc.array(fc.tuple(fc.oneof(word, fc.constantFrom('Body', 'a[b]', '__proto__', 'constructor')), word), {
  maxLength: 25,
});
const url = fc
  .record({
    scheme: fc.constantFrom('https', 'http'),
    user: fc.constantFrom('', 'hook@', 'hook:s3cret@'),
    host: fc.constantFrom('hooks.example.com', 'Hooks.Example.com', '[::1]'),
    port: fc.constantFrom('', ':443', ':80', ':1880'),
    path: fc.constantFrom('/', '/whatsapp/inbound', '/whatsapp/inbound/', '//double', '/Espa%C3%B1a', '/España'),
    query: fc.constantFrom('', '?id=abc', '?a=b%20c&d=%27', "?quote='", '?empty=', '?'),
  })
  .map(({ scheme, user, host, port, path, query }) => `${scheme}://${user}${host}${port}${path}${query}`);

describe('the signature of a webhook', () => {
  it('is the one Twilio’s library makes', () => {
    fc.assert(
      fc.property(url, pairsOf, (address, pairs) => {
        expect(expectedSignature(address, pairs, TOKEN)).to.equal(oracle(address, pairs));
      }),
    );
  });

  it('is accepted on the raw body, whatever the form holds', () => {
    fc.assert(
      fc.property(url, pairsOf, (address, pairs) => {
        const body = new URLSearchParams(pairs).toString();
        expect(isSigned(formRequest(address, body, oracle(address, pairs)))).to.equal(true);
      }),
    );
  });

  it('agrees with Twilio’s library about every other way to write the address', () => {
    const params = inboundForm(sidOf(1));
    const pairs = Object.entries(params);
    const body = new URLSearchParams(params).toString();
    fc.assert(
      fc.property(url, url, (signed, received) => {
        const signature = oracle(signed, pairs);
        expect(isSigned(formRequest(received, body, signature))).to.equal(
          twilio.validateRequest(TOKEN, signature, received, params),
        );
      }),
      { numRuns: 500 },
    );
  });

  it('does not survive a single flipped bit of signature, body, address or token', () => {
    const body = new URLSearchParams(inboundForm(sidOf(2))).toString();
    const good = oracle(URL_, decodeForm(Buffer.from(body)).pairs);
    expect(isSigned(formRequest(URL_, body, good))).to.equal(true);
    for (let bit = 0; bit < good.length * 8; bit++) expect(isSigned(formRequest(URL_, body, flip(good, bit)))).to.equal(false);
    for (let bit = 0; bit < TOKEN.length * 8; bit++) {
      expect(isSigned(formRequest(URL_, body, good, { tokens: [flip(TOKEN, bit)] }))).to.equal(false);
    }
    for (let bit = 0; bit < URL_.length * 8; bit++) {
      const address = flip(URL_, bit);
      // An upper-case scheme or host is the same address; a letter of the path is not.
      if (!URL.canParse(address) || new URL(address).href !== URL_)
        expect(isSigned(formRequest(address, body, good)), address).to.equal(false);
    }
    for (let bit = 0; bit < body.length * 8; bit++) {
      const rawBody = Buffer.from(flip(body, bit), 'latin1');
      const same = JSON.stringify(decodeForm(rawBody).pairs) === JSON.stringify(decodeForm(Buffer.from(body)).pairs);
      // "%2B" and "%2b" are the same text.
      if (!same)
        expect(isSigned(formRequest(URL_, rawBody.toString('latin1'), good)), rawBody.toString('latin1')).to.equal(false);
    }
  });

  it('is refused when it is missing, empty, too long or not base64', () => {
    const body = new URLSearchParams(inboundForm(sidOf(3))).toString();
    for (const signature of [undefined, '', 'x', '!!not-base64!!', 'a'.repeat(28), 'é'.repeat(28), 'a'.repeat(10_000)]) {
      expect(isSigned(formRequest(URL_, body, '', { signature })), String(signature)).to.equal(false);
    }
  });

  it('is accepted with either token during a rotation, and never without one', () => {
    const body = new URLSearchParams(inboundForm(sidOf(4))).toString();
    const { pairs } = decodeForm(Buffer.from(body));
    const tokens = [TOKEN, 'fedcba9876543210fedcba9876543210'];
    for (const token of tokens) expect(isSigned(formRequest(URL_, body, oracle(URL_, pairs, token), { tokens }))).to.equal(true);
    expect(isSigned(formRequest(URL_, body, oracle(URL_, pairs, 'another'), { tokens }))).to.equal(false);
    expect(isSigned(formRequest(URL_, body, oracle(URL_, pairs), { tokens: [] }))).to.equal(false);
  });

  describe('of a JSON body', () => {
    const body = '{"property": "value"}';
    const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
    const json = (address: string, sent: string, signature = oracle(address, [])): SignedRequest => ({
      url: address,
      pairs: [],
      rawBody: Buffer.from(sent),
      contentType: 'application/json',
      signature,
      tokens: [TOKEN],
    });

    it('covers the raw bytes through the hash in the address', () => {
      const address = `${URL_}?bodySHA256=${sha256(body)}`;
      expect(isSigned(json(address, body))).to.equal(true);
      expect(isSigned(json(address, `${body} `))).to.equal(false);
      expect(isSigned(json(address, ''))).to.equal(false);
    });

    it('is refused without a hash, and with two that differ', () => {
      expect(isSigned(json(URL_, body))).to.equal(false);
      expect(isSigned(json(`${URL_}?bodySHA256=${sha256(body)}&bodySHA256=${sha256('other')}`, body))).to.equal(false);
    });

    it('cannot be passed off as a form whose parameters nobody signed', () => {
      const address = `${URL_}?bodySHA256=${sha256(body)}`;
      const forged = new URLSearchParams(inboundForm(sidOf(5))).toString();
      expect(isSigned(formRequest(address, forged, oracle(address, [])))).to.equal(false);
      expect(isSigned({ ...json(address, forged), contentType: 'text/plain' })).to.equal(false);
    });

    it('lets a form pass whose address holds its hash only when both fit', () => {
      const form = new URLSearchParams(inboundForm(sidOf(6))).toString();
      const { pairs } = decodeForm(Buffer.from(form));
      const right = `${URL_}?bodySHA256=${sha256(form)}`;
      const wrong = `${URL_}?bodySHA256=${sha256('another form')}`;
      expect(isSigned(formRequest(right, form, oracle(right, pairs)))).to.equal(true);
      expect(isSigned(formRequest(wrong, form, oracle(wrong, pairs)))).to.equal(false);
    });
  });

  it('covers a body of any other kind, too', () => {
    const body = new URLSearchParams(inboundForm(sidOf(7))).toString();
    for (const contentType of [undefined, 'text/plain', 'multipart/form-data', 'application/x-www-form-urlencodedish']) {
      expect(isSigned(formRequest(URL_, body, oracle(URL_, []), { contentType, pairs: [] })), String(contentType)).to.equal(
        false,
      );
    }
  });
});
