import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { isLoopback } from '../webhooks/http-post.ts';

const FORWARDED = ['x-forwarded-for', 'x-real-ip', 'forwarded'];

/**
 * False for a request that comes from this machine under a name that is not ours: a foreign page whose host name was
 * made to point here. Whoever comes from elsewhere, or through a proxy, has shown the key and may call us what they like.
 * @param publicUrl the account's; its host is ours as well
 */
export function isOwnHost(request: IncomingMessage, publicUrl: string): boolean {
  const peer = (request.socket.remoteAddress ?? '').replace(/^::ffff:/, '');
  if (!isLoopback(peer) || FORWARDED.some((name) => request.headers[name] !== undefined)) return true;
  const host = request.headers.host ?? '';
  if (!URL.canParse(`http://${host}`)) return false;
  const name = new URL(`http://${host}`).hostname.replace(/^\[|\]$/g, '');
  return isLoopback(name) || isIP(name) !== 0 || hostOf(publicUrl) === host;
}

/** True for a change that our own page (or no page at all) asks for: JSON, and from the same origin. */
export function isSameOriginJson(request: IncomingMessage, publicUrl: string): boolean {
  return /^application\/json\b/i.test(request.headers['content-type'] ?? '') && isSameOrigin(request, publicUrl);
}

/** True for a request that our own page, or no page at all, makes. */
export function isSameOrigin(request: IncomingMessage, publicUrl: string): boolean {
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin';
  // Browsers leave Sec-Fetch-Site out on plain http; a proxy may have changed Host, but not the public address.
  const { origin } = request.headers;
  return origin === undefined || [request.headers.host, hostOf(publicUrl)].includes(hostOf(origin) ?? '');
}

function hostOf(url: string): string | null {
  return URL.canParse(url) ? new URL(url).host : null;
}
