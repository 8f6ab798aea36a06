import { randomBytes } from 'node:crypto';

let lastMs = 0;
let counter = 0;

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
  const random = randomBytes(8);
  random[0] = (random[0]! & 0x3f) | 0x80;
  const tail = random.toString('hex');
  const time = lastMs.toString(16).padStart(12, '0');
  const count = counter.toString(16).padStart(3, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${count}-${tail.slice(0, 4)}-${tail.slice(4)}`;
}
