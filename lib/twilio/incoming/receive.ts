import type { Center } from '../../center/center.ts';
import type { ReceiveResult } from '../../center/contract.ts';
import type { WebhookParams } from '../../domain/message.ts';
import type { Account } from '../account.ts';
import { isWhatsApp, parseInbound } from './parse-inbound.ts';

/**
 * The one road in of a customer's message, whichever way it came.
 * @param at when it was written, milliseconds since 1970 by the center's clock
 * @throws CenterError `INVALID_REQUEST` as `parseInbound`, and what keeps the store from taking it
 */
export async function receive(center: Center, account: Account, params: WebhookParams, at: number): Promise<ReceiveResult> {
  const message = parseInbound(params, at);
  // A webhook through a Messaging Service may leave the recipient out; it arrived at this sender's address.
  if (message.to === '') message.to = account.sender;
  return center.run('receive', { accountId: account.id, message, routed: isRouted(account, message.from, message.to) });
}

/** False for a message to somebody else's number, or over another channel: it is kept but given to no flow. */
function isRouted(account: Account, from: string, to: string): boolean {
  if (!isWhatsApp(from) || to === '') return false;
  return account.sender === '' || account.messagingServiceSid !== '' || account.sender === to;
}
