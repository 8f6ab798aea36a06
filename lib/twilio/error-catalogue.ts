import { kindOfCode, type ErrorKind } from '../domain/error-kinds.ts';
import { ERROR_TEXTS } from './error-texts.ts';

export type { ErrorKind } from '../domain/error-kinds.ts';

/** An error of Twilio's in plain words. */
export interface Explanation {
  /** What happened, one sentence. */
  meaning: string;
  /** What to do about it, one sentence or two. */
  advice: string;
  /** True when the same message may be tried again after a pause; an unknown number never is. */
  retryable: boolean;
  kind: ErrorKind;
}

const RETRYABLE: ReadonlySet<ErrorKind> = new Set<ErrorKind>(['busy', 'hiccup']);

const CATALOGUE = new Map<number, Explanation>();
for (const [code, [meaning, advice]] of Object.entries(ERROR_TEXTS)) {
  const kind = kindOfCode(Number(code));
  CATALOGUE.set(Number(code), { meaning, advice, retryable: RETRYABLE.has(kind), kind });
}

/** True for a number that the catalogue explains. */
export function isKnownCode(twilioCode: number): boolean {
  return CATALOGUE.has(twilioCode);
}

/**
 * Explains Twilio's number. Twilio warns that its texts and sets of numbers change, so an unknown one gets an answer that fits
 * any and is never retried.
 */
export function explain(twilioCode: number): Explanation {
  return (
    CATALOGUE.get(twilioCode) ?? {
      meaning: `Twilio refused this message (error ${twilioCode}).`,
      advice: 'Tell your administrator the number.',
      retryable: false,
      kind: 'unknown',
    }
  );
}

/**
 * The one text for people about Twilio's number: what happened and what to do. The end of the session window is said in
 * exactly its own words.
 */
export function plainWords(twilioCode: number): string {
  const { meaning, advice, kind } = explain(twilioCode);
  return kind === 'template' ? meaning : `${meaning} ${advice}`;
}
