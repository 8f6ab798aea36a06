import type { WebhookParams } from '../../domain/message.ts';

/** A decoded form: the pairs as they came, and the same by name. */
export interface DecodedForm {
  pairs: [name: string, value: string][];
  /** Without a prototype, so that a parameter named `constructor` or `__proto__` is only a parameter. */
  params: WebhookParams;
}

/**
 * Decodes the raw bytes of an `application/x-www-form-urlencoded` body by the URL standard, which never throws. Names stay
 * as they came (`a[b]` is a name), there is no limit on their number, a broken escape is kept as text, and empty values
 * count: Twilio's signature covers all of that, and Node-RED's own body parser would change it.
 */
export function decodeForm(raw: Buffer): DecodedForm {
  const params = Object.create(null) as WebhookParams;
  // The leading "&" adds nothing; it keeps the parser from dropping a "?" that is part of the first name.
  const pairs = [...new URLSearchParams(`&${raw.toString('utf8')}`)];
  for (const [name, value] of pairs) {
    const known = params[name];
    if (known === undefined) params[name] = value;
    else if (typeof known === 'string') params[name] = [known, value];
    else known.push(value);
  }
  return { pairs, params };
}
