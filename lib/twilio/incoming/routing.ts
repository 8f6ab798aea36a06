import type { Account } from '../account.ts';
import { isWhatsApp } from './parse-inbound.ts';

/** False for a message to somebody else's number, or over another channel: it is kept but given to no flow. */
export function isRouted(account: Account, from: string, to: string): boolean {
  if (!isWhatsApp(from) || to === '') return false;
  return account.sender === '' || account.messagingServiceSid !== '' || account.sender === to;
}
