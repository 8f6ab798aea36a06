import type { IncomingMessage } from 'node:http';
import type { Center } from '../../../lib/center/center.ts';
import type { MediaView, NewFile } from '../../../lib/center/media-contract.ts';
import { CenterError } from '../../../lib/domain/errors.ts';
import { MAX_FILE } from '../../../lib/domain/media-type.ts';
import { keepOutgoing } from '../../../lib/center/outgoing-file.ts';

/** Milliseconds in which nothing of a body arrives before it is given up. */
const STALLED_MS = 30_000;

/**
 * Receives an agent's file from a request's body, bounded while it arrives, and keeps it when WhatsApp would take it.
 * @param begin asks for its place; called before a byte is read
 * @throws CenterError `MEDIA_TOO_LARGE`, `MEDIA_TYPE_REFUSED`, what `begin` throws
 */
export async function receiveFile(
  request: IncomingMessage,
  center: Center,
  name: string,
  begin: () => Promise<NewFile>,
): Promise<MediaView> {
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > MAX_FILE)
    throw new CenterError('MEDIA_TOO_LARGE', 'A file may have 16 MB at most.', { details: { limit: MAX_FILE } });
  const place = await begin();
  return keepOutgoing(center, place, arriving(request), { name, claimed: request.headers['content-type'] ?? '' });
}

/** The body's chunks, with a limit on how long none comes. */
async function* arriving(request: IncomingMessage): AsyncGenerator<Uint8Array> {
  request.setTimeout(STALLED_MS, () => request.destroy(new Error('The file did not arrive in time.')));
  try {
    for await (const chunk of request as AsyncIterable<Uint8Array>) yield chunk;
  } catch (error) {
    throw new CenterError('INVALID_REQUEST', 'The file did not arrive whole.', { cause: error });
  } finally {
    request.setTimeout(0);
  }
}
