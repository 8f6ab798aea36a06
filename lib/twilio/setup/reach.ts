import { isIP } from 'node:net';
import { isPublicAddress } from '../media/public-address.ts';

/** Why Twilio cannot reach an address. */
export type ReachProblem = 'malformed' | 'not-https' | 'local-name' | 'private-address' | 'underscore';

/** Names that mean something in one's own network only; a name without a dot does, too. */
const LOCAL = /^[^.]+$|\.(?:localhost|local|localdomain|internal|intranet|lan|home|corp|private|test|invalid|home\.arpa)$/;

/**
 * What is wrong with the address under which Twilio is to call us; null when nothing can be seen from here. Twilio refuses
 * self-signed certificates and host names with an underscore (21609), and it calls from the internet.
 */
export function reachProblem(publicUrl: string): ReachProblem | null {
  if (!URL.canParse(publicUrl)) return 'malformed';
  const { protocol, hostname } = new URL(publicUrl);
  if (protocol !== 'https:') return protocol === 'http:' ? (hostProblem(hostname) ?? 'not-https') : 'malformed';
  return hostProblem(hostname);
}

function hostProblem(hostname: string): ReachProblem | null {
  const host = hostname.replace(/^\[|\]$|\.$/g, '').toLowerCase();
  if (isIP(host) !== 0) return isPublicAddress(host) ? null : 'private-address';
  if (LOCAL.test(host)) return 'local-name';
  return host.includes('_') ? 'underscore' : null;
}
