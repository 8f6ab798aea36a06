const PREFIX = 'whatsapp:';

/**
 * Addresses after `whatsapp:` are opaque: a number (`+15551234567`) or, when the customer hides the number,
 * a business-scoped id (`US.13491208655302741918`, at most 140 characters with the prefix). Nothing is ever
 * added, removed or "normalised", because the text is the identity that Twilio knows.
 */
const NUMBER = /^\+\d{5,15}$/;
const BUSINESS_SCOPED_ID = /^[A-Z]{2}\.[A-Za-z0-9.]{1,128}$/;

/** The address without `whatsapp:`, as it stands in `msg.topic`. */
export function bareAddress(address: string): string {
  return address.startsWith(PREFIX) ? address.slice(PREFIX.length) : address;
}

/** The address as Twilio's API takes it, on both sides of a message. */
export function fullAddress(address: string): string {
  return address.startsWith(PREFIX) ? address : PREFIX + address;
}

/** True for `+digits` or a business-scoped id, with or without the prefix. */
export function isAddress(address: unknown): address is string {
  if (typeof address !== 'string') return false;
  const bare = bareAddress(address);
  return NUMBER.test(bare) || BUSINESS_SCOPED_ID.test(bare);
}

/** True when the customer writes under a number that may be shown (masked) and dialled. */
export function hasNumber(address: string): boolean {
  return NUMBER.test(bareAddress(address));
}

/** A number with its middle hidden, for alerts that anybody at the desk can see: `+15 •••• 4567`. */
export function maskAddress(address: string): string {
  const bare = bareAddress(address);
  if (NUMBER.test(bare)) return `${bare.slice(0, 3)} •••• ${bare.slice(-4)}`;
  return bare.length > 12 ? `${bare.slice(0, 8)}…` : bare;
}
