import { initialsOf } from '../../../lib/page/initials.ts';
import type { ConversationView } from '../../../lib/center/views.ts';

export type CustomerView = ConversationView['customer'];

/**
 * What a customer is called: the name we know, else the name they chose on WhatsApp; null means "Visitor" and the address,
 * which the caller puts into the page's language.
 */
export function knownName(customer: CustomerView): string | null {
  return nonEmpty(customer.name) ?? nonEmpty(customer.profileName);
}

/**
 * One or two letters for the ring: of the name, else of the end of the address.
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

function nonEmpty(text: string | null): string | null {
  return text === null || text.trim() === '' ? null : text.trim();
}
