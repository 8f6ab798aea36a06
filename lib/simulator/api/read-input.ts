import { FAULTS, FILE_KINDS } from '../phone-contract.ts';
import type { CustomerKind, Fault, PhoneExtras, PhoneInput } from '../phone-contract.ts';
import { isFault } from '../faults.ts';

/** A request that the phone page would not make; the answer is 400. */
export class BadInput extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'BadInput';
  }
}

type Fields = Record<string, unknown>;

const MAX_TEXT = 4096;
const MAX_NAME = 100;
/** One that is put together, such as a family, is long. */
const MAX_EMOJI = 40;

/** @throws BadInput */
export function readFields(json: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw new BadInput('The body is not JSON.');
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) throw new BadInput('The body is not an object.');
  return value as Fields;
}

export function readText(fields: Fields, name: string, longest = MAX_TEXT): string {
  const value = fields[name] ?? '';
  if (typeof value !== 'string' || value.length > longest)
    throw new BadInput(`"${name}" is not a text of at most ${longest} characters.`);
  return value;
}

/** What a customer sends. @throws BadInput */
export function readInput(fields: Fields): PhoneInput {
  switch (fields.kind) {
    case 'text': {
      const text = readText(fields, 'text');
      if (text.trim() === '') throw new BadInput('The text is empty.');
      return { kind: 'text', text, ...readExtras(fields) };
    }
    case 'location':
      return { kind: 'location', location: readLocation(fields.location) };
    case 'button':
      return { kind: 'button', messageId: readText(fields, 'messageId'), buttonId: readText(fields, 'buttonId') };
    case 'list':
      return { kind: 'list', messageId: readText(fields, 'messageId'), itemId: readText(fields, 'itemId') };
    case 'reaction':
      return { kind: 'reaction', messageId: readText(fields, 'messageId'), emoji: readText(fields, 'emoji', MAX_EMOJI) };
    default:
      return readFile(fields);
  }
}

function readExtras(fields: Fields): PhoneExtras {
  const { forwarded, fromAd } = fields;
  const quotedId = readText(fields, 'quotedId', MAX_NAME);
  if (forwarded !== undefined && forwarded !== 'forwarded' && forwarded !== 'often')
    throw new BadInput('"forwarded" is neither "forwarded" nor "often".');
  if (fromAd !== undefined && typeof fromAd !== 'boolean') throw new BadInput('"fromAd" is neither true nor false.');
  return {
    ...(quotedId === '' ? {} : { quotedId }),
    ...(forwarded === undefined ? {} : { forwarded }),
    ...(fromAd === true ? { fromAd } : {}),
  };
}

/** Whether the business is to see a customer's number. @throws BadInput */
export function readHidden(fields: Fields): boolean {
  if (typeof fields.hidden !== 'boolean') throw new BadInput('"hidden" is neither true nor false.');
  return fields.hidden;
}

function readFile(fields: Fields): PhoneInput {
  const kind = FILE_KINDS.find((known) => known === fields.kind);
  if (kind === undefined)
    throw new BadInput(`"kind" is none of text, location, button, list, reaction, ${FILE_KINDS.join(', ')}.`);
  const fileId = readText(fields, 'fileId', MAX_NAME);
  return { kind, text: readText(fields, 'text'), ...(fileId === '' ? {} : { fileId }), ...readExtras(fields) };
}

export function readNewCustomer(fields: Fields): { kind: CustomerKind; name: string } {
  const { kind } = fields;
  if (kind !== 'contact' && kind !== 'number' && kind !== 'hidden')
    throw new BadInput('"kind" is none of contact, number, hidden.');
  return { kind, name: readText(fields, 'name', MAX_NAME).trim() };
}

/** `times`: 0 switches off, null leaves it on. @throws BadInput */
export function readFault(fields: Fields): { fault: Fault; times: number | null } {
  const { fault, times } = fields;
  if (!isFault(fault)) throw new BadInput(`"fault" is none of ${FAULTS.join(', ')}.`);
  if (times === null) return { fault, times };
  if (!Number.isSafeInteger(times) || (times as number) < 0) throw new BadInput('"times" is neither a whole number nor null.');
  return { fault, times: times as number };
}

/** ms ahead. @throws BadInput */
export function readSkip(fields: Fields): number {
  const { byMs } = fields;
  if (!Number.isSafeInteger(byMs) || (byMs as number) <= 0 || (byMs as number) > 30 * 86_400_000) {
    throw new BadInput('"byMs" is not a number of milliseconds up to 30 days.');
  }
  return byMs as number;
}

function readLocation(value: unknown): Extract<PhoneInput, { kind: 'location' }>['location'] {
  if (value === null || typeof value !== 'object') throw new BadInput('"location" is missing.');
  const fields = value as Fields;
  const { latitude, longitude } = fields;
  const inRange = (number: unknown, most: number): number is number => typeof number === 'number' && Math.abs(number) <= most;
  if (!inRange(latitude, 90) || !inRange(longitude, 180)) throw new BadInput('"location" is not on the globe.');
  const label = readText(fields, 'label', MAX_NAME);
  const address = readText(fields, 'address', 200);
  return { latitude, longitude, ...(label ? { label } : {}), ...(address ? { address } : {}) };
}
