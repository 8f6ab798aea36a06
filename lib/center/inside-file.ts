import { readFile } from 'node:fs/promises';
import type { KnownFile } from '../domain/media-type.ts';
import { parseVcards } from '../domain/vcard.ts';
import { voiceLength } from '../domain/voice-length.ts';
import type { StoredFile } from './media-contract.ts';

/** A contact card that people share; longer ones are kept and not read. */
const LONGEST_VCARD = 512 * 1024;

/**
 * What a file that has just been kept says for people: the contacts of a card, the length of a voice note.
 * @param path where it lies
 * @param size its bytes
 */
export async function insideOf(
  path: string,
  { kind, contentType }: KnownFile,
  size: number,
): Promise<Pick<StoredFile, 'contacts' | 'durationMs'>> {
  const isCard = kind === 'contacts' && size <= LONGEST_VCARD;
  return {
    contacts: isCard ? parseVcards(await readFile(path, 'utf8')) : [],
    durationMs: contentType === 'audio/ogg' ? voiceLength(await readFile(path)) : null,
  };
}
