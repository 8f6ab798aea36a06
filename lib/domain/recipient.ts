import { fullAddress, isAddress } from './address.ts';
import { CenterError } from './errors.ts';

/**
 * Whom a message of a flow goes to, as a full address. An inbound message is always answered to its sender. Otherwise
 * `whatsapp.to`, else `conversation.customer.address`, else `topic`: the first that is set decides, even when it is no
 * address, so that a typing error never sends a message to somebody else.
 *
 * @throws CenterError `NO_RECIPIENT` when none is set, `INVALID_RECIPIENT` when it is neither `+digits` nor a business-scoped id
 */
export function recipientOf(message: Record<string, unknown>): string {
  const whatsapp = record(message.whatsapp);
  const candidates =
    whatsapp.direction === 'inbound'
      ? [whatsapp.from]
      : [whatsapp.to, record(record(message.conversation).customer).address, message.topic];
  return checkRecipient(candidates.find(isSet));
}

/**
 * The full address of a recipient.
 * @throws CenterError `NO_RECIPIENT` for nothing, `INVALID_RECIPIENT` for anything but `+digits` or a business-scoped id
 */
export function checkRecipient(address: unknown): string {
  if (!isSet(address)) {
    throw new CenterError('NO_RECIPIENT', 'This message has no recipient: set msg.whatsapp.to or msg.topic.');
  }
  if (!isAddress(address)) {
    throw new CenterError('INVALID_RECIPIENT', 'The recipient is neither a number such as +15551234567 nor a WhatsApp user id.');
  }
  return fullAddress(address);
}

/** One of the center's accounts, as far as choosing a sender needs it. */
export interface SenderAccount {
  id: string;
  /** `whatsapp:+1…`; empty when a Messaging Service chooses it. */
  sender: string;
}

/** Which account sends, and under which address; `from` is empty when a Messaging Service chooses it. */
export interface ChosenSender {
  accountId: string;
  from: string;
}

/**
 * From which sender a message of a flow leaves: the conversation's; else `whatsapp.from` of an outbound message (for an
 * inbound one the address the customer wrote to); else the center's only account.
 *
 * @param conversation the sender and account the store knows for the customer's conversation
 * @throws CenterError `ACCOUNT_MISSING` without an account, `SENDER_AMBIGUOUS` when several could send
 */
export function senderOf(
  message: Record<string, unknown>,
  conversation: { sender: string | null; accountId: string | null },
  accounts: readonly SenderAccount[],
): ChosenSender {
  if (accounts.length === 0) throw new CenterError('ACCOUNT_MISSING', 'This contact center has no WhatsApp account.');
  const whatsapp = record(message.whatsapp);
  const own = whatsapp.direction === 'inbound' ? whatsapp.to : whatsapp.from;
  const from = conversation.sender ?? (isSet(own) && isAddress(own) ? fullAddress(own) : null);
  const account =
    accounts.find((one) => one.id === conversation.accountId) ??
    (from === null ? undefined : accounts.find((one) => one.sender === from)) ??
    (accounts.length === 1 ? accounts[0] : undefined);
  if (account === undefined) {
    throw new CenterError(
      'SENDER_AMBIGUOUS',
      'Several accounts could send this message: choose one in the node, or set msg.whatsapp.from.',
    );
  }
  return { accountId: account.id, from: from ?? account.sender };
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
