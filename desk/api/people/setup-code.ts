import { randomInt } from 'node:crypto';
import { sameText } from '../../../lib/http/same-text.ts';

/** Letters and digits nobody mistakes for each other. */
const ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';

/** Fifteen characters, 75 bits, in groups that can be read out: "K7QMX-2TFAB-9WDHC". */
export function newSetupCode(): string {
  const group = () => Array.from({ length: 5 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
  return [group(), group(), group()].join('-');
}

/** Compares in constant time; case, spaces and hyphens do not matter. */
export function isSetupCode(given: string, code: string): boolean {
  const plain = (text: string) => text.toUpperCase().replace(/[^A-Z0-9]/g, '');
  return sameText(plain(given), plain(code));
}
