import { randomInt, timingSafeEqual } from 'node:crypto';

/** Letters and digits nobody mistakes for each other. */
const ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';

/** Fifteen characters, 75 bits, in groups that can be read out: "K7QMX-2TFAB-9WDHC". */
export function newSetupCode(): string {
  const group = () => Array.from({ length: 5 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
  return [group(), group(), group()].join('-');
}

/** Compares in constant time; case, spaces and hyphens do not matter. */
export function isSetupCode(given: string, code: string): boolean {
  const plain = (text: string) => Buffer.from(text.toUpperCase().replace(/[^A-Z0-9]/g, ''));
  const left = plain(given);
  const right = plain(code);
  return left.length === right.length && timingSafeEqual(left, right);
}
