import { isAddress } from '../../../lib/domain/address.ts';
import type { RecipientView } from '../../../lib/center/sending-contract.ts';

/** How people write a number: in groups, with brackets, dashes or dots. */
const WRITTEN_NUMBER = /^\+?[\d\s().\-/\u00a0\u2010-\u2015]+$/u;

/** What somebody typed, without what people put between the digits. Nothing is added: a number without a country code stays one. */
export function typedAddress(text: string): string {
  const trimmed = text.trim();
  return WRITTEN_NUMBER.test(trimmed) ? trimmed.replace(/[^+\d]/g, '') : trimmed;
}

/** `number`: digits that are no number yet; `text`: something to look for among the known customers. */
export function readRecipient(
  text: string,
): { kind: 'empty' } | { kind: 'address'; address: string } | { kind: 'number' | 'text' } {
  const address = typedAddress(text);
  if (address === '') return { kind: 'empty' };
  if (isAddress(address)) return { kind: 'address', address };
  return { kind: /^\+?\d+$/.test(address) ? 'number' : 'text' };
}

/** Why the one who asks cannot begin now, or what will happen to the conversation that goes on. */
export type LiveKind = 'mine' | 'wrap-up' | 'other' | 'queue' | 'foreign-queue' | 'bot';

/** Which of them keep somebody from writing first; the center has the last word. */
export const BLOCKING: ReadonlySet<LiveKind> = new Set(['wrap-up', 'other', 'foreign-queue']);

/** How the live conversation with a recipient stands to the one who asks; null where there is none. */
export function liveKind({ live }: Pick<RecipientView, 'live'>, me: string | null): LiveKind | null {
  if (live === null) return null;
  if (live.agent !== null) return live.agent.id !== me ? 'other' : live.state === 'wrap-up' ? 'wrap-up' : 'mine';
  // An agent who is not named is one of a queue that is none of ours.
  if (live.handledBy === 'agent') return 'other';
  if (live.handledBy !== 'queue') return 'bot';
  return live.visible ? 'queue' : 'foreign-queue';
}
