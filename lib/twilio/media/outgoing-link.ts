import { isIP } from 'node:net';
import { CenterError } from '../../domain/errors.ts';
import type { Account } from '../account.ts';
import { isPublicAddress } from './public-address.ts';

/** Names that mean something on somebody's own network only. */
const LOCAL_NAME = /(?:^|\.)(?:localhost|local|internal|intranet|lan|home|corp|home\.arpa)$/i;

/**
 * Checks the address of a file that a flow wants Twilio to fetch. Nothing is asked of that address by us: what lies there is
 * Twilio's to judge (63019, 63021).
 * @throws CenterError `MEDIA_UNAVAILABLE` for one that Twilio cannot reach, or should not be shown
 */
export function checkLink(account: Account, address: string): string {
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) throw refused('it is no web address');
  if (url.username !== '' || url.password !== '') throw refused('it holds a password, which would be sent along');
  // A stand-in for Twilio runs where we are.
  if (account.apiBaseUrl === '' && !isReachable(url.hostname.replace(/^\[|\]$/g, ''))) {
    throw refused('Twilio cannot reach it from outside');
  }
  return url.href;
}

function isReachable(host: string): boolean {
  if (isIP(host) !== 0) return isPublicAddress(host);
  return host.includes('.') && !LOCAL_NAME.test(host);
}

function refused(reason: string): CenterError {
  return new CenterError('MEDIA_UNAVAILABLE', `The file’s address cannot be sent: ${reason}.`);
}
