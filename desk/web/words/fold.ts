/** A text for searching, without case and accents: who types "pereira" or "lucia" finds Lucía Pereira. */
export function fold(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLocaleLowerCase();
}

/** The words of a search, each of which has to be found. */
export function searchWords(search: string): string[] {
  return fold(search).split(/\s+/u).filter(Boolean);
}
