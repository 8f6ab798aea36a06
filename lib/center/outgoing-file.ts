import { readFile } from 'node:fs/promises';
import { CenterError } from '../domain/errors.ts';
import { identify, isSendable, MAX_FILE, safeName, sizeLimit, typeOfName, type KnownFile } from '../domain/media-type.ts';
import { webmToOgg } from '../domain/voice-note.ts';
import { FileTooLarge, MediaFolder, type FileEnds } from '../store/media-folder.ts';
import type { Center } from './center.ts';
import { insideOf } from './inside-file.ts';
import type { MediaView, NewFile } from './media-contract.ts';

/** What is said of a file that somebody wants to send. */
export interface Given {
  name: string;
  /** A content type, or "" to go by the name. */
  claimed: string;
}

/**
 * Keeps a file that an agent or a flow wants to send, if WhatsApp takes it: by its own bytes, not by its name. What is
 * refused is gone from disk.
 * @throws CenterError `MEDIA_TOO_LARGE`, `MEDIA_TYPE_REFUSED`, and what the chunks' source throws
 */
export async function keepOutgoing(
  center: Center,
  place: NewFile,
  chunks: AsyncIterable<Uint8Array>,
  given: Given,
): Promise<MediaView> {
  const folder = new MediaFolder(center.file);
  try {
    const { size, head, tail } = await playable(folder, place.file, await folder.write(place.file, chunks, MAX_FILE));
    const byName = typeOfName(given.name);
    const known = identify(head, given.claimed === '' || isVague(given.claimed) ? byName : given.claimed, tail);
    requireSendable(known, size);
    return await center.run('finishFile', {
      mediaId: place.mediaId,
      kind: known.kind,
      contentType: known.contentType,
      extension: known.extension,
      size,
      name: safeName(given.name, known),
      ...(await insideOf(folder.pathOf(place.file), known, size)),
    });
  } catch (error) {
    await center.run('abandonFile', { mediaId: place.mediaId });
    throw error instanceof FileTooLarge ? tooLarge(MAX_FILE) : error;
  }
}

/** A voice note that a browser has recorded as WebM is put into the container that WhatsApp plays; anything else stays as it is. */
async function playable(folder: MediaFolder, file: string, ends: FileEnds): Promise<FileEnds> {
  if (identify(ends.head).contentType !== 'video/webm') return ends;
  const ogg = webmToOgg(await readFile(folder.pathOf(file)));
  return ogg === null ? ends : folder.write(file, chunkOf(ogg), MAX_FILE);
}

async function* chunkOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** @throws CenterError `MEDIA_TOO_LARGE`, `MEDIA_TYPE_REFUSED` */
function requireSendable(known: KnownFile, size: number): void {
  if (size === 0) throw new CenterError('MEDIA_TYPE_REFUSED', 'This file is empty.');
  if (!isSendable(known)) {
    throw new CenterError(
      'MEDIA_TYPE_REFUSED',
      `WhatsApp does not take files of this kind (${known.extension}). It takes pictures (JPEG, PNG, WebP), films (MP4, 3GP), sounds (OGG, MP3, AAC, M4A, AMR), PDF, Word, Excel and PowerPoint files, and contacts.`,
      { details: { contentType: known.contentType } },
    );
  }
  const limit = sizeLimit(known.kind);
  if (size > limit) throw tooLarge(limit);
}

function tooLarge(limit: number): CenterError {
  const what = limit === MAX_FILE ? 'A file' : 'A picture';
  return new CenterError('MEDIA_TOO_LARGE', `${what} may have ${limit / 1_048_576} MB at most.`, { details: { limit } });
}

/** What browsers and programs say when they do not know. */
function isVague(contentType: string): boolean {
  return /^application\/(?:octet-stream|x-www-form-urlencoded)\b/i.test(contentType);
}
