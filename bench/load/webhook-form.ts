import { createHmac, hash } from 'node:crypto';

/** What the requests of a load are signed and addressed with. */
export interface SignedTarget {
  port: number;
  /** Where they are sent, "/whatsapp/inbound". */
  path: string;
  /** What the signature is made over; the peers read the same requests and do not look at it. */
  signedUrl: string;
  authToken: string;
  /** `whatsapp:+1…` of the account. */
  sender: string;
  /** How many different customers write, one after the other. */
  customers: number;
  /** Eight hexadecimal digits that no other load of this run has, so that every SID is new. */
  batch: string;
}

const ACCOUNT_SID = `AC${'0'.repeat(32)}`;

const WORDS = 'Hello, my parcel has not arrived yet & the tracking page says it was delivered on Monday. Can you check it? 📦';

/** The fifteen fields of a WhatsApp text as Twilio sends it. */
export function inboundForm(target: SignedTarget, index: number): [name: string, value: string][] {
  const sid = sidOf(target.batch, index);
  const customer = String(1_000_000 + (index % target.customers)).padStart(7, '0');
  return [
    ['SmsMessageSid', sid],
    ['NumMedia', '0'],
    ['ProfileName', `Customer ${customer}`],
    ['MessageType', 'text'],
    ['SmsSid', sid],
    ['WaId', `1555${customer}`],
    ['SmsStatus', 'received'],
    ['Body', WORDS],
    ['To', target.sender],
    ['NumSegments', '1'],
    ['ReferralNumMedia', '0'],
    ['MessageSid', sid],
    ['AccountSid', ACCOUNT_SID],
    ['From', `whatsapp:+1555${customer}`],
    ['ApiVersion', '2010-04-01'],
  ];
}

/** A whole HTTP request as bytes, ready to be written to a socket. */
export function signedRequest(target: SignedTarget, index: number): Buffer {
  const pairs = inboundForm(target, index);
  const body = new URLSearchParams(pairs).toString();
  const signed = [...pairs]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .reduce((text, [name, value]) => text + name + value, target.signedUrl);
  const signature = createHmac('sha1', target.authToken).update(signed, 'utf8').digest('base64');
  const lines = [
    `POST ${target.path} HTTP/1.1`,
    `Host: 127.0.0.1:${target.port}`,
    'Content-Type: application/x-www-form-urlencoded; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'User-Agent: TwilioProxy/1.1',
    'I-Twilio-Idempotency-Token: 0b1c4cb5-1f4c-4e62-9c0a-5b8d6e1f2a3b',
    `X-Twilio-Signature: ${signature}`,
    'Accept: */*',
    'Connection: keep-alive',
    '',
    body,
  ];
  return Buffer.from(lines.join('\r\n'), 'utf8');
}

/** Twilio's SIDs come in no order, which is what an index has to stand; these are as scattered, and never the same twice. */
function sidOf(batch: string, index: number): string {
  return `SM${hash('md5', `${batch}/${index}`, 'hex')}`;
}
