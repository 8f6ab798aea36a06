import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { CenterError } from '../../../lib/domain/errors.ts';

/** What a guess costs. 32 MiB and three passes: the least OWASP names for scrypt, and bearable on a small board. */
export interface ScryptCost {
  N: number;
  r: number;
  p: number;
}

export const DEFAULT_COST: ScryptCost = { N: 2 ** 15, r: 8, p: 3 };
const KEY_BYTES = 32;
const SHORTEST = 8;
export const LONGEST_PASSWORD = 200;

/** Hashing takes memory and a thread each: few at once, and a queue that ends. */
const AT_ONCE = 2;
const LONGEST_QUEUE = 64;
let running = 0;
const waiting: (() => void)[] = [];

async function derive(password: string, salt: Buffer, { N, r, p }: ScryptCost): Promise<Buffer> {
  if (running >= AT_ONCE) {
    if (waiting.length >= LONGEST_QUEUE)
      throw new CenterError('STORE_OVERLOADED', 'Too many people are signing in at once. Try again.');
    await new Promise<void>((turn) => waiting.push(turn));
  } else {
    running += 1;
  }
  try {
    return await new Promise<Buffer>((resolve, reject) => {
      // The same characters typed on another keyboard are the same password.
      scrypt(password.normalize('NFKC'), salt, KEY_BYTES, { N, r, p, maxmem: 256 * N * r }, (error, key) =>
        error === null ? resolve(key) : reject(error),
      );
    });
  } finally {
    // The place is handed on, not given back, so that nobody slips in between.
    const next = waiting.shift();
    if (next === undefined) running -= 1;
    else next();
  }
}

/** `scrypt$N$r$p$salt$key`, so that a later release may ask for more and still read this. */
export async function hashPassword(password: string, cost: ScryptCost = DEFAULT_COST): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(password, salt, cost);
  return ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64url'), key.toString('base64url')].join('$');
}

const NOBODY = ['scrypt', DEFAULT_COST.N, DEFAULT_COST.r, DEFAULT_COST.p, randomBytes(16).toString('base64url'), ''].join('$');

/** Checks a password; without a hash (an unknown user) it takes as long and fails. */
export async function verifyPassword(password: string, hash: string | null): Promise<boolean> {
  const [kind, N, r, p, salt = '', key = ''] = (hash ?? NOBODY).split('$');
  if (kind !== 'scrypt') return false;
  const expected = Buffer.from(key, 'base64url');
  const actual = await derive(password, Buffer.from(salt, 'base64url'), { N: Number(N), r: Number(r), p: Number(p) });
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}

/** @throws CenterError `WEAK_PASSWORD` */
export function requireGoodPassword(password: string, username: string): void {
  if (password.length < SHORTEST) throw new CenterError('WEAK_PASSWORD', `A password has at least ${SHORTEST} characters.`);
  if (new Set(password).size < 4) throw new CenterError('WEAK_PASSWORD', 'This password repeats too few characters.');
  if (password.trim().toLowerCase() === username.trim().toLowerCase()) {
    throw new CenterError('WEAK_PASSWORD', 'The password must not be the username.');
  }
}
