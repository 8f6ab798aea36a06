import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Center } from '../../center/center.ts';
import type { MediaFile } from '../../center/media-contract.ts';
import { send, type MountedHandler } from '../../http/mounted.ts';
import { sendFile } from '../../http/send-file.ts';
import { MediaFolder } from '../../store/media-folder.ts';
import type { Account } from '../account.ts';

/** How long Twilio has to fetch a file, in milliseconds (threat T8). */
export const LINK_LIVES_MS = 15 * 60_000;

const TOKEN = /^([0-9a-f-]{36})\.([0-9a-z]{1,12})\.([A-Za-z0-9_-]{43})$/;

/** What a token stands for: one file, until a moment. Signed with the store's own key, which nobody outside knows. */
export function mediaToken(key: string, mediaId: string, expiresAt: number): string {
  const claim = `${mediaId}.${expiresAt.toString(36)}`;
  return `${claim}.${signatureOf(key, claim)}`;
}

/** The file that a token names; null when it was altered, made with another key, or is too old. */
export function readToken(key: string, token: string, now: number): string | null {
  const [, mediaId, expires, signature] = TOKEN.exec(token) ?? [];
  if (mediaId === undefined || expires === undefined || signature === undefined) return null;
  const expected = Buffer.from(signatureOf(key, `${mediaId}.${expires}`));
  const given = Buffer.from(signature);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
  return Number.parseInt(expires, 36) >= now ? mediaId : null;
}

function signatureOf(key: string, claim: string): string {
  return createHmac('sha256', Buffer.from(key, 'hex')).update(claim).digest('base64url');
}

/**
 * The address under which Twilio fetches a file that we send: `<account.path>/media/<token>/<name>`. The name is there because WhatsApp
 * shows a document under the last part of its address.
 */
export async function mediaLink(center: Center, account: Account, file: Pick<MediaFile, 'mediaId' | 'name'>): Promise<string> {
  const { key } = await center.query('mediaKey', {});
  const token = mediaToken(key, file.mediaId, center.now() + LINK_LIVES_MS);
  return `${account.publicUrl}${account.path}/media/${token}/${encodeURIComponent(file.name)}`;
}

/**
 * Serves `GET <account.path>/media/<token>[/<name>]`, which needs no sign-in because Twilio has none for it. Whatever is wrong with a
 * link, the answer is the same 404.
 */
export function createMediaLinks(options: {
  center: () => Center | Promise<Center>;
  log: { warn(text: string): void };
}): MountedHandler {
  return (request, response, subPath) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      send(response, 405, TEXT, 'Only GET.', { allow: 'GET, HEAD' });
      request.resume();
      return;
    }
    const [, token = '', name, ...rest] = subPath.split('/');
    const serve = async (): Promise<void> => {
      const center = await options.center();
      const { key } = await center.query('mediaKey', {});
      const mediaId = rest.length > 0 ? null : readToken(key, token, center.now());
      const file = mediaId === null ? null : await center.query('outgoingFile', { mediaId });
      if (file === null || (name !== undefined && name !== file.name)) {
        send(response, 404, TEXT, 'Not found.');
        return;
      }
      const { contentType } = file;
      await sendFile(request, response, {
        path: new MediaFolder(center.file).pathOf(file.file),
        name: file.name,
        contentType,
        downloadOnly: true,
      });
    };
    serve().catch((error: unknown) => {
      if (response.headersSent || response.destroyed) {
        response.destroy();
        return;
      }
      const gone = (error as NodeJS.ErrnoException).code === 'ENOENT';
      if (!gone) options.log.warn(`A file could not be given to Twilio: ${String(error)}`);
      send(response, gone ? 404 : 503, TEXT, gone ? 'Not found.' : 'Try again later.');
    });
  };
}

const TEXT = 'text/plain; charset=utf-8';
