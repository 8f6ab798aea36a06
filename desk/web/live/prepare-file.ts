import {
  HEAD_BYTES,
  identify,
  isSendable,
  MAX_FILE,
  sizeLimit,
  TAIL_BYTES,
  typeOfName,
  type MediaKind,
} from '../../../lib/domain/media-type.ts';
import { webmToOgg } from '../../../lib/domain/voice-note.ts';

/** What an agent gives: a file chosen, pasted or dropped, or a recording. */
export interface GivenFile {
  name: string;
  content: Blob;
}

/** Why a file is not sent, before anything of it leaves this machine. */
export type FileProblem =
  | { kind: 'empty' }
  /** Bytes. */
  | { kind: 'large'; size: number; limit: number; picture: boolean }
  | { kind: 'type' }
  /** It cannot be read: a folder, or a file that is gone. */
  | { kind: 'unreadable' };

export type PreparedFile = { file: GivenFile; kind: MediaKind; problem: null } | { file: GivenFile; problem: FileProblem };

/**
 * Looks at a file as the server will: by its bytes, with the same rules. A voice note recorded as WebM is put into the container that
 * WhatsApp plays.
 */
export async function prepareFile(file: GivenFile): Promise<PreparedFile> {
  try {
    return await judge(file);
  } catch {
    return { file, problem: { kind: 'unreadable' } };
  }
}

async function judge(given: GivenFile): Promise<PreparedFile> {
  const file = await playable(given);
  const { content, name } = file;
  const { size } = content;
  if (size === 0) return { file, problem: { kind: 'empty' } };
  const head = await bytesOf(content.slice(0, HEAD_BYTES));
  const tail = await bytesOf(content.slice(Math.max(0, size - TAIL_BYTES)));
  const known = identify(head, content.type === '' ? typeOfName(name) : content.type, tail);
  if (!isSendable(known)) return { file, problem: { kind: 'type' } };
  const limit = sizeLimit(known.kind);
  if (size > limit) return { file, problem: { kind: 'large', size, limit, picture: limit < MAX_FILE } };
  return { file, kind: known.kind, problem: null };
}

async function playable(file: GivenFile): Promise<GivenFile> {
  const { content, name } = file;
  if (content.size > MAX_FILE) return file;
  if (identify(await bytesOf(content.slice(0, HEAD_BYTES))).contentType !== 'video/webm') return file;
  const ogg = webmToOgg(await bytesOf(content));
  if (ogg === null) return file;
  return { name: `${name.replace(/\.[^.]*$/, '')}.ogg`, content: new Blob([new Uint8Array(ogg)], { type: 'audio/ogg' }) };
}

async function bytesOf(blob: Blob): Promise<Uint8Array> {
  return new Uint8Array(await blob.arrayBuffer());
}
