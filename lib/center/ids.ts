import { randomBytes } from 'node:crypto';

let lastMs = 0;
let counter = 0;

/** Random bytes are fetched for many ids at a time: asking for them costs more than making them. */
const POOL_IDS = 256;
const RANDOM_BYTES = 8;
let pool = Buffer.alloc(0);
let used = 0;

function eightRandomBytes(): Buffer {
  if (used >= pool.length) {
    pool = randomBytes(POOL_IDS * RANDOM_BYTES);
    used = 0;
  }
  used += RANDOM_BYTES;
  return pool.subarray(used - RANDOM_BYTES, used);
}

/**
 * A new id for anything the center creates: a UUID of version 7 (RFC 9562). Ids made one after the other sort one
 * after the other, so that new rows share pages of their index and a commit has less to write.
 */
export function newId(): string {
  const ms = Math.max(lastMs, Math.trunc(performance.timeOrigin + performance.now()));
  counter = ms === lastMs ? counter + 1 : 0;
  // Twelve bits count within a millisecond; past them the next millisecond is used up early.
  lastMs = counter > 0xfff ? ms + 1 : ms;
  if (counter > 0xfff) counter = 0;
  const random = eightRandomBytes();
  random[0] = (random[0]! & 0x3f) | 0x80;
  const tail = random.toString('hex');
  const time = lastMs.toString(16).padStart(12, '0');
  const count = counter.toString(16).padStart(3, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${count}-${tail.slice(0, 4)}-${tail.slice(4)}`;
}
