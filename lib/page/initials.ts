/**
 * One or two letters for the ring: of the first and last word. Grapheme-wise, so that an emoji or a letter with marks is
 * not cut in half.
 */
export function initialsOf(name: string): string {
  const words = name.split(/\s+/u).filter((word) => /[\p{L}\p{N}]/u.test(word));
  if (words.length === 0) return firstSign(name);
  const first = firstSign(words[0]!.replace(/^[^\p{L}\p{N}]+/u, ''));
  const last = words.length > 1 ? firstSign(words.at(-1)!.replace(/^[^\p{L}\p{N}]+/u, '')) : '';
  return (first + last).toUpperCase();
}

function firstSign(text: string): string {
  const segment = new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(text)[Symbol.iterator]().next();
  return segment.done === true ? '' : segment.value.segment;
}
