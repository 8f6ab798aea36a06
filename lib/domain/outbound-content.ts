import { CenterError } from './errors.ts';
import type { MediaKind } from './media-type.ts';
import type { TemplateRef } from './message.ts';

/**
 * Twilio takes at most this many characters of text, in a message and in each variable of a template (21617, 21658). A
 * character is what Unicode calls a code point: an emoji beyond the first 65,536 counts once.
 */
export const MAX_PART = 1600;

/** The longest text that is taken: it leaves as several messages (`split-text.ts`). Past this it is no answer but a mistake. */
export const MAX_TEXT = 16_000;

const MAX_VARIABLES = 100;
const MAX_VARIABLE_NAME = 16;
const CONTENT_SID = /^HX[0-9a-f]{32}$/i;

/**
 * Checks what is about to be sent before anything is claimed or called: a text, or a template instead of it.
 *
 * @throws CenterError `EMPTY_TEXT`, `TEXT_TOO_LONG` or `INVALID_TEMPLATE`
 */
export function checkContent(text: string, template: TemplateRef | null): void {
  if (template !== null) {
    checkTemplate(template);
    return;
  }
  if (text.trim() === '') throw new CenterError('EMPTY_TEXT', 'This message has no text.');
  const length = textLength(text);
  if (length > MAX_TEXT) {
    throw new CenterError('TEXT_TOO_LONG', `This text has ${length} characters; at most ${MAX_TEXT} are sent.`, {
      details: { length, limit: MAX_TEXT },
    });
  }
}

/**
 * Checks the text that goes along with a file. WhatsApp shows one under a picture and drops it with everything else, so it is refused
 * there instead of getting lost.
 *
 * @throws CenterError `TEXT_TOO_LONG`, or `INVALID_REQUEST` for a text with a file that is no picture
 */
export function checkCaption(text: string, kind: MediaKind): void {
  if (text === '') return;
  if (kind !== 'image') {
    throw new CenterError('INVALID_REQUEST', 'Only a picture carries a text. Send the text as a message of its own.');
  }
  const length = textLength(text);
  if (length > MAX_PART) {
    throw new CenterError('TEXT_TOO_LONG', `The text under a picture has ${length} characters; ${MAX_PART} fit.`, {
      details: { length, limit: MAX_PART },
    });
  }
}

/** The length that {@link MAX_PART} and {@link MAX_TEXT} limit. */
export function textLength(text: string): number {
  return [...text].length;
}

function checkTemplate(template: TemplateRef): void {
  // Templates come from flows, so the shape is checked as if it had no type.
  const { contentSid, variables } = template as { contentSid: unknown; variables: unknown };
  if (typeof contentSid !== 'string' || !CONTENT_SID.test(contentSid)) {
    throw invalid('contentSid must be Twilio’s id of a template: HX and 32 hexadecimal digits');
  }
  if (typeof variables !== 'object' || variables === null || Array.isArray(variables)) {
    throw invalid('variables must be an object of texts');
  }
  const entries = Object.entries(variables as Record<string, unknown>);
  if (entries.length > MAX_VARIABLES) throw invalid(`at most ${MAX_VARIABLES} variables are possible`);
  for (const [name, value] of entries) {
    if (name === '' || name.length > MAX_VARIABLE_NAME)
      throw invalid(`a variable’s name has 1 to ${MAX_VARIABLE_NAME} characters`);
    if (typeof value !== 'string' || value === '') throw invalid(`variable "${name}" must be a text and not empty`);
    if (textLength(value) > MAX_PART) throw invalid(`variable "${name}" has more than ${MAX_PART} characters`);
    if (/[\r\n]/.test(value)) throw invalid(`variable "${name}" holds a line break, which WhatsApp refuses`);
  }
}

function invalid(reason: string): CenterError {
  return new CenterError('INVALID_TEMPLATE', `The template cannot be sent: ${reason}.`);
}
