import { fullAddress, isAddress } from '../../domain/address.ts';
import { CenterError, isCenterError } from '../../domain/errors.ts';
import { senderOf } from '../../domain/recipient.ts';
import type { ChosenSender } from '../../domain/recipient.ts';
import type { Account } from '../../twilio/account.ts';
import type { AccountSlot } from './account-slot.ts';
import type { CenterSlot } from '../centers/center-slot.ts';
import { whatsappOf } from '../feeding/message.ts';
import type { Registry } from '../registry.ts';
import type { FlowMessage } from '../runtime-api.ts';

/** The account that sends a message, and the address it is sent from. */
export interface Choice {
  slot: AccountSlot;
  accountId: string;
  from: string;
}

/** What the store knows of a customer's conversation with us. */
interface Known {
  sender: string | null;
  accountId: string | null;
}

const NOTHING_KNOWN: Known = { sender: null, accountId: null };

/** The address of ours that a message names: the one a customer wrote to, or the one an outbound message comes from. */
export function ownAddress(message: FlowMessage): string | null {
  const whatsapp = whatsappOf(message);
  const address = whatsapp?.direction === 'inbound' ? whatsapp.to : whatsapp?.from;
  return isAddress(address) ? fullAddress(address) : null;
}

/**
 * Chooses account and sender of a message. The store is asked only when the message itself does not settle it.
 * @param chosen the account a node names; its center then decides
 * @throws CenterError `ACCOUNT_MISSING`, `SENDER_AMBIGUOUS`, or `ACCOUNT_MISMATCH` when the conversation is with another account
 */
export async function chooseSender(
  registry: Registry,
  message: FlowMessage,
  to: string,
  chosen: AccountSlot | null,
): Promise<Choice> {
  const own = ownAddress(message);
  const center = chosen === null ? await centerOf(registry, own, to) : chosen.center;
  const slots = center === null ? [] : registry.accountsOf(center);
  const accounts = slots.map(({ account }) => account as Account);
  const settled = own !== null && (accounts.length === 1 || accounts.some(({ sender }) => sender === own));
  const known = settled || center === null ? NOTHING_KNOWN : await knownOf(center, to, own);
  const { accountId, from } = choose(message, known, accounts, chosen?.account);
  if (chosen !== null && chosen.account?.id !== accountId) {
    throw new CenterError('ACCOUNT_MISMATCH', 'This conversation is with another account than the one this node sends from.');
  }
  return { slot: slots.find(({ account }) => account?.id === accountId)!, accountId, from };
}

function choose(message: FlowMessage, known: Known, accounts: Account[], chosen: Account | undefined): ChosenSender {
  try {
    return senderOf(message, known, accounts);
  } catch (error) {
    // Where nothing else decides, the account that the node names does.
    if (!isCenterError(error) || error.code !== 'SENDER_AMBIGUOUS' || chosen === undefined) throw error;
    return senderOf(message, known, [chosen]);
  }
}

/** The center a message belongs to when no account is named: by the address of ours, else by who knows the customer. */
async function centerOf(registry: Registry, own: string | null, to: string): Promise<CenterSlot | null> {
  const slots = registry.accounts();
  const byAddress = slots.filter(({ account }) => own !== null && account?.sender === own);
  const centers = new Set((byAddress.length > 0 ? byAddress : slots).map(({ center }) => center));
  if (centers.size <= 1) return [...centers][0] ?? null;
  const knowing: CenterSlot[] = [];
  for (const center of centers) if (center !== null && (await knownOf(center, to, own)).sender !== null) knowing.push(center);
  if (knowing.length === 1) return knowing[0]!;
  throw new CenterError(
    'SENDER_AMBIGUOUS',
    'Several accounts could send this message: choose one in the node, or set msg.whatsapp.from.',
  );
}

async function knownOf(slot: CenterSlot, address: string, sender: string | null): Promise<Known> {
  const center = await slot.center();
  return center.query('sessionOf', { address, sender });
}
