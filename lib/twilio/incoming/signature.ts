import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { parse, stringify } from 'node:querystring';

/** What is needed to judge whether Twilio sent a request. */
export interface SignedRequest {
  /** The address Twilio was told to call, with its query as received; from the configuration, never from a header. */
  url: string;
  /** The decoded form; empty for anything but a form. */
  pairs: readonly (readonly [string, string])[];
  rawBody: Buffer;
  contentType: string | undefined;
  /** The `X-Twilio-Signature` header. */
  signature: string | undefined;
  /** The primary auth token and, during a rotation, the secondary. */
  tokens: readonly string[];
}

const BODY_HASH = 'bodySHA256';

/** A base64 SHA-1; anything of another length cannot be a signature. */
const SIGNATURE_LENGTH = 28;

/**
 * The signature Twilio would send: HMAC-SHA1 over the URL followed by every parameter, sorted by name, name and value
 * without separators. A repeated name counts once per different value, in sorted order, as Twilio's own libraries do.
 */
export function expectedSignature(url: string, pairs: readonly (readonly [string, string])[], token: string): string {
  return createHmac('sha1', token)
    .update(url + signedText(pairs), 'utf8')
    .digest('base64');
}

/**
 * True when the request carries a signature made with one of the tokens.
 *
 * A body is always covered: a form by its parameters, anything else by the `bodySHA256` of the signed URL. Where that name
 * stands in the URL it must fit the raw bytes for a form too; the SDK checks only one of the two, so that a form could
 * travel on the signature of a bare URL.
 */
export function isSigned(request: SignedRequest): boolean {
  const { signature, url } = request;
  if (signature === undefined || signature.length !== SIGNATURE_LENGTH || request.tokens.length === 0) return false;
  const form = isForm(request.contentType);
  const hashes = bodyHashes(url);
  if (hashes.length === 0 ? !form && request.rawBody.length > 0 : !fit(hashes, request.rawBody)) return false;

  const given = Buffer.from(signature, 'utf8');
  if (given.length !== SIGNATURE_LENGTH) return false;
  const text = form ? signedText(request.pairs) : '';
  if (matches(url, text, given, request.tokens)) return true;
  return otherForms(url).some((candidate) => matches(candidate, text, given, request.tokens));
}

/** True for the content type of Twilio's webhooks. */
export function isForm(contentType: string | undefined): boolean {
  return contentType !== undefined && /^application\/x-www-form-urlencoded\s*(;|$)/i.test(contentType.trim());
}

function matches(url: string, text: string, given: Buffer, tokens: readonly string[]): boolean {
  const signed = url + text;
  return tokens.some((token) => {
    const expected = createHmac('sha1', token).update(signed, 'utf8').digest('base64');
    return timingSafeEqual(given, Buffer.from(expected, 'latin1'));
  });
}

function signedText(pairs: readonly (readonly [string, string])[]): string {
  // UTF-16 order is byte order for every name Twilio uses (they are ASCII), and it is what its Node.js library does.
  const sorted = [...pairs].sort((a, b) => compare(a[0], b[0]) || compare(a[1], b[1]));
  let text = '';
  for (let i = 0; i < sorted.length; i++) {
    const [name, value] = sorted[i]!;
    const before = sorted[i - 1];
    if (before !== undefined && before[0] === name && before[1] === value) continue;
    text += name + value;
  }
  return text;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function bodyHashes(url: string): string[] {
  if (!url.includes(BODY_HASH)) return [];
  const queryStart = url.indexOf('?');
  return queryStart === -1 ? [] : new URLSearchParams(url.slice(queryStart + 1)).getAll(BODY_HASH);
}

/** Every hash in the URL (there is one) is that of exactly these bytes. */
function fit(hashes: string[], rawBody: Buffer): boolean {
  const actual = Buffer.from(createHash('sha256').update(rawBody).digest('hex'), 'latin1');
  return hashes.every((given) => {
    const bytes = Buffer.from(given, 'utf8');
    return bytes.length === actual.length && timingSafeEqual(bytes, actual);
  });
}

const URL_PARTS = /^([a-z][a-z0-9+.-]*:\/\/)((?:[^/?#]*@)?)(\[[^\]]*\]|[^/?#:]*)((?::\d*)?)(.*)$/is;

/**
 * The other ways Twilio may have written the same address: without the port, with the scheme's own port, and in the
 * URL standard's or the older query escaping. Only tried when the address as configured did not fit.
 */
function otherForms(url: string): string[] {
  const forms = new Set<string>(withAndWithoutPort(url));
  const normal = URL.canParse(url) ? new URL(url).href : url;
  for (const form of withAndWithoutPort(normal)) {
    forms.add(form);
    const queryStart = form.indexOf('?');
    if (queryStart !== -1 && queryStart < form.length - 1) {
      forms.add(`${form.slice(0, queryStart)}?${stringify(parse(form.slice(queryStart + 1)))}`);
    }
  }
  forms.delete(url);
  return [...forms];
}

function withAndWithoutPort(url: string): string[] {
  const parts = URL_PARTS.exec(url);
  if (parts === null) return [url];
  const [, scheme = '', user = '', host = '', port = '', rest = ''] = parts;
  const own = scheme.toLowerCase() === 'https://' ? ':443' : ':80';
  return [scheme + user + host + rest, scheme + user + host + (port === '' ? own : port) + rest];
}
