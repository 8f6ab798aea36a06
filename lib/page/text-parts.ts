/** A piece of a message's text: plain, or an address on the web that can be opened. */
export interface TextPart {
  text: string;
  href: string | null;
}

const WEB = /https?:\/\/[^\s<>"'`]+/giu;
const TRAILING = /[.,;:!?)\]}…»”’]+$/u;

/** Finds web addresses in a text. Only http and https become links: everything else stays what it is, text. */
export function textParts(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let from = 0;
  for (const match of text.matchAll(WEB)) {
    const href = match[0].replace(TRAILING, (end) => (end.startsWith(')') && match[0].includes('(') ? ')' : ''));
    if (!URL.canParse(href)) continue;
    if (match.index > from) parts.push({ text: text.slice(from, match.index), href: null });
    parts.push({ text: href, href });
    from = match.index + href.length;
  }
  if (from < text.length) parts.push({ text: text.slice(from), href: null });
  return parts;
}
