import type { ReceiveArgs } from '../../center/contract.ts';
import type { WebhookParams } from '../../domain/message.ts';
import type { Account } from '../account.ts';
import { isWhatsApp, parseInbound } from './parse-inbound.ts';

/**
 * What came from Twilio as the center takes it, whether a webhook brought it or Twilio's list.
 * @param at when it was written, milliseconds since 1970 by the center's clock
 * @throws CenterError `INVALID_REQUEST` as `parseInbound`
 */
export function arrivalOf(account: Account, params: WebhookParams, at: number): ReceiveArgs {
  const message = parseInbound(params, at);
  // A webhook through a Messaging Service may leave the recipient out; it arrived at this sender's address.
  if (message.to === '') message.to = account.sender;
  return { accountId: account.id, message, routed: isRouted(account, message.from, message.to) };
}

/** False for a message to somebody else's number, or over another channel: it is kept but given to no flow. */
function isRouted(account: Account, from: string, to: string): boolean {
  if (!isWhatsApp(from) || to === '') return false;
  return account.sender === '' || account.messagingServiceSid !== '' || account.sender === to;
}
