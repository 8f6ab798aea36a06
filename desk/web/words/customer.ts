import type { ConversationView } from '../../../lib/center/contract.ts';

export type CustomerView = ConversationView['customer'];

/**
 * What a customer is called: the name we know, else the name they chose on WhatsApp; null means "Visitor" and the address,
 * which the caller puts into the page's language.
 */
export function knownName(customer: CustomerView): string | null {
  return nonEmpty(customer.name) ?? nonEmpty(customer.profileName);
}

/**
 * One or two letters for the ring: of the first and last word, else the beginning of the address. Grapheme-wise, so that
 * an emoji or a letter with marks is not cut in half.
 */
export function initials(customer: CustomerView): string {
  const name = knownName(customer);
  if (name === null)
    return (
      customer.address
        .replace(/[^\p{L}\p{N}]/gu, '')
        .slice(0, customer.hasNumber ? -1 : 2)
        .slice(-2)
        .toUpperCase() || '?'
    );
  return initialsOf(name);
}

/** As above, of a name. */
export function initialsOf(name: string): string {
  const words = name.split(/\s+/u).filter((word) => /[\p{L}\p{N}]/u.test(word));
  if (words.length === 0) return firstSign(name);
  const first = firstSign(words[0]!.replace(/^[^\p{L}\p{N}]+/u, ''));
  const last = words.length > 1 ? firstSign(words.at(-1)!.replace(/^[^\p{L}\p{N}]+/u, '')) : '';
  return (first + last).toUpperCase();
}

function nonEmpty(text: string | null): string | null {
  return text === null || text.trim() === '' ? null : text.trim();
}

function firstSign(text: string): string {
  const segment = new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(text)[Symbol.iterator]().next();
  return segment.done === true ? '' : segment.value.segment;
}
