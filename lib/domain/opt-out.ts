import type { WhatsAppMessage } from './message.ts';

/** What a customer's message says about being written to. */
export type OptWish = 'stop' | 'start' | 'help';

/** Why nothing may be sent: `stop` until the customer writes START, `blocked` (WhatsApp's word) until they write at all. */
export type OptOutReason = 'stop' | 'blocked';

/**
 * Twilio's keywords that cannot be mistaken for an answer. Twilio's own list has CANCEL, END, QUIT and YES, too, which people
 * write to agents and bots and mean something else.
 */
const WORDS: ReadonlyMap<string, OptWish> = new Map([
  ['STOP', 'stop'],
  ['STOPALL', 'stop'],
  ['UNSUBSCRIBE', 'stop'],
  ['OPTOUT', 'stop'],
  ['START', 'start'],
  ['UNSTOP', 'start'],
  ['HELP', 'help'],
]);

/**
 * Reads a wish to be left alone or written to again. Twilio's `OptOutType` (Advanced Opt-Out of a Messaging Service) decides
 * where it is there; otherwise the whole text must be the word, in capitals or not.
 */
export function optWishOf(message: Pick<WhatsAppMessage, 'text' | 'type' | 'params'>): OptWish | null {
  const told = message.params?.['OptOutType'];
  if (typeof told === 'string' && told.trim() !== '') {
    const word = told.trim().toLowerCase();
    return word === 'stop' || word === 'start' || word === 'help' ? word : null;
  }
  return message.type === 'text' ? (WORDS.get(message.text.trim().toUpperCase()) ?? null) : null;
}
