import { createHash, timingSafeEqual } from 'node:crypto';

/** Compares a secret with what was given in its place; how long it takes tells nothing of either. */
export function sameText(one: string, other: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}
