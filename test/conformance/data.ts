import { readFileSync } from 'node:fs';

/** A file of `test/conformance/data`: what others have captured, published and asserted about Twilio's wire. */
export function conformanceData<Data>(name: string): Data {
  return JSON.parse(readFileSync(new URL(`./data/${name}.json`, import.meta.url), 'utf8')) as Data;
}

/** A form as the bytes Twilio would send. */
export function encodeForm(form: Record<string, string | string[]>): Buffer {
  const encoded = new URLSearchParams();
  for (const [name, value] of Object.entries(form))
    for (const one of Array.isArray(value) ? value : [value]) encoded.append(name, one);
  return Buffer.from(encoded.toString());
}
