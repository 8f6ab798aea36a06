import type { IncomingMessage } from 'node:http';
import { isIPv6 } from 'node:net';

/**
 * Where a request comes from. `X-Forwarded-For` is not looked at: anybody can write it (threat T20).
 */
export function peerAddress(request: IncomingMessage): string {
  const address = request.socket.remoteAddress ?? '';
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address;
}

/** The part of an address that one party has to itself: a whole IPv4 address, the first half of an IPv6 one. */
export function peerNetwork(request: IncomingMessage): string {
  const address = peerAddress(request);
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.split('%')[0]!.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length);
  return [...before, ...Array<string>(zeros).fill('0'), ...after].slice(0, 4).join(':') + '::/64';
}

/**
 * True when the browser runs on this machine: the connection is local, was addressed as local, and nobody says it was
 * passed on. A proxy on this machine passes on what came from elsewhere.
 */
export function isLoopback(request: IncomingMessage): boolean {
  const address = peerAddress(request);
  if (address !== '::1' && !/^127\./.test(address)) return false;
  if (request.headers['x-forwarded-for'] !== undefined || request.headers['forwarded'] !== undefined) return false;
  const host = (request.headers.host ?? '').replace(/:\d+$/, '').toLowerCase();
  return host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
}
