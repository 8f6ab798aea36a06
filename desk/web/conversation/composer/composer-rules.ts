import { MAX_TEXT, textLength } from '../../../../lib/domain/outbound-content.ts';

/** From here on the count is worth looking at. */
const COUNT_MATTERS = MAX_TEXT - 2000;

export interface ComposerState {
  /** Characters, as the limit counts them. */
  length: number;
  count: 'quiet' | 'near' | 'over';
  sendable: boolean;
}

/** What a text in the composer means for its buttons; blank text is nothing to send. */
export function composerState(text: string): ComposerState {
  const length = textLength(text.trim());
  const count = length > MAX_TEXT ? 'over' : length >= COUNT_MATTERS ? 'near' : 'quiet';
  return { length, count, sendable: length > 0 && count !== 'over' };
}

/** Enter sends; Shift+Enter, and Enter that ends the writing of a Chinese or Japanese word, do not. */
export function sendsOn(event: { key: string; shiftKey: boolean; altKey: boolean; isComposing: boolean }): boolean {
  return event.key === 'Enter' && !event.shiftKey && !event.altKey && !event.isComposing;
}
