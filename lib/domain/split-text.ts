import { MAX_PART, textLength } from './outbound-content.ts';

/**
 * Cuts a long text into messages, in order: at the last line break or, failing that, the last blank of the second half
 * of what fits, else between two characters as people see them, never within a surrogate pair or a joined emoji. Blanks at
 * a cut are dropped, and nothing else; no part is blank. A short text comes back as it is.
 *
 * @param limit characters (code points) in a part
 */
export function splitText(text: string, limit = MAX_PART): string[] {
  const parts: string[] = [];
  let rest = text;
  while (textLength(rest) > limit) {
    const cut = cutOf(rest, limit);
    push(parts, rest.slice(0, cut).trimEnd());
    rest = rest.slice(cut).trimStart();
  }
  if (parts.length === 0) return [rest];
  push(parts, rest.trimEnd());
  return parts;
}

function push(parts: string[], part: string): void {
  if (part.trim() !== '') parts.push(part);
}

/** Where to cut, as an index of the string; at least one character before it. */
function cutOf(text: string, limit: number): number {
  const fits = indexAfter(text, limit);
  const half = indexAfter(text, Math.floor(limit / 2));
  // A blank just behind what fits is as good a place as any.
  for (const blank of [/[\n\r\u2028\u2029]/, /\s/]) {
    for (let index = fits; index >= Math.max(half, 1); index--) if (blank.test(text.charAt(index))) return index;
  }
  return lastBoundary(text, fits);
}

/** The index behind so many code points. */
function indexAfter(text: string, characters: number): number {
  let index = 0;
  for (let count = 0; count < characters && index < text.length; count++) index += text.codePointAt(index)! > 0xffff ? 2 : 1;
  return index;
}

const GRAPHEMES = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** How far behind a cut a joined character may reach; one that is longer than what fits is cut anywhere. */
const LOOK_AHEAD = 64;

/** The last boundary at or before the index. From the beginning, because flags pair up from the first of their row. */
function lastBoundary(text: string, index: number): number {
  let boundary = 0;
  for (const { index: at } of GRAPHEMES.segment(text.slice(0, index + LOOK_AHEAD))) {
    if (at > index) break;
    boundary = at;
  }
  return boundary > 0 ? boundary : index;
}
