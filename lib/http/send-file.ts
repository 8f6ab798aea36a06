import { open } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { isInline } from '../domain/media-type.ts';

/** What is given out, and under which name and type. */
export interface SentFile {
  /** On disk. */
  path: string;
  name: string;
  contentType: string;
  /** True: whatever it is, it is not shown in a page. */
  downloadOnly?: boolean;
}

/** A part of a file, both ends included. */
export interface ByteRange {
  first: number;
  last: number;
}

/**
 * The part that a `Range` header asks for: null for the whole file (no header, or one that need not be honoured: several parts,
 * another unit), "none" when nothing of the file lies in it (RFC 9110, 14.2).
 */
export function rangeOf(header: string | undefined, size: number): ByteRange | 'none' | null {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '');
  if (match === null) return null;
  const [, from = '', to = ''] = match;
  if (from === '' && to === '') return null;
  if (from === '') {
    const length = Math.min(Number(to), size);
    return length === 0 ? 'none' : { first: size - length, last: size - 1 };
  }
  const first = Number(from);
  const last = to === '' ? size - 1 : Math.min(Number(to), size - 1);
  if (to !== '' && Number(to) < first) return null;
  return first >= size ? 'none' : { first, last };
}

/**
 * Answers with a customer's or an agent's file (threat T6): shown in the page only when it is a picture, a sound or a film that
 * browsers decode and never run, otherwise a download; in either case under a policy that lets it do nothing. Answers HEAD, too.
 * @throws the file system's error (`ENOENT`), and then nothing was answered
 */
export async function sendFile(request: IncomingMessage, response: ServerResponse, file: SentFile): Promise<void> {
  const handle = await open(file.path, 'r');
  try {
    const { size } = await handle.stat();
    const range = rangeOf(request.headers.range, size);
    const shown = file.downloadOnly !== true && isInline(file.contentType);
    const headers: Record<string, string> = {
      'content-type': file.contentType,
      'content-disposition': `${shown ? 'inline' : 'attachment'}; ${fileNameOf(file.name)}`,
      'content-security-policy': "default-src 'none'; sandbox",
      'x-content-type-options': 'nosniff',
      'cache-control': 'private, no-store',
      'accept-ranges': 'bytes',
    };
    if (range === 'none') {
      response.writeHead(416, { ...headers, 'content-range': `bytes */${size}`, 'content-length': '0' }).end();
      return;
    }
    const { first, last } = range ?? { first: 0, last: size - 1 };
    response.writeHead(range === null ? 200 : 206, {
      ...headers,
      'content-length': String(last - first + 1),
      ...(range === null ? {} : { 'content-range': `bytes ${first}-${last}/${size}` }),
    });
    if (size === 0 || request.method === 'HEAD') response.end();
    else await pipeline(handle.createReadStream({ start: first, end: last, autoClose: false }), response);
  } finally {
    await handle.close();
  }
}

/** Both spellings of RFC 6266, for names that are not plain ASCII. */
function fileNameOf(name: string): string {
  const plain = name.replace(/[^\x20-\x7e]|["\\]/g, '_');
  const full = encodeURIComponent(name).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `filename="${plain}"; filename*=UTF-8''${full}`;
}
