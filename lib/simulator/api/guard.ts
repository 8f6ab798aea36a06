import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { isLoopback } from '../webhooks/http-post.ts';

/**
 * True when the page was opened under a name that is really ours. A loopback peer alone proves little: a foreign page
 * whose host name was made to point here would come from the loopback, too, but under its own name.
 * @param publicUrl the account's; its host is ours as well
 */
export function isOwnHost(request: IncomingMessage, publicUrl: string): boolean {
  const host = request.headers.host ?? '';
  if (!URL.canParse(`http://${host}`)) return false;
  const name = new URL(`http://${host}`).hostname.replace(/^\[|\]$/g, '');
  if (isLoopback(name) || isIP(name) !== 0) return true;
  return URL.canParse(publicUrl) && new URL(publicUrl).host === host;
}

/** True for a change that our own page (or no page at all) asks for: JSON, and from the same origin. */
export function isSameOriginJson(request: IncomingMessage): boolean {
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) return false;
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin') return false;
  const origin = request.headers.origin;
  return origin === undefined || (URL.canParse(origin) && new URL(origin).host === request.headers.host);
}
