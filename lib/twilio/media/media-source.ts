import { isIP } from 'node:net';
import type { Account } from '../account.ts';

/** Where a request may go, and what goes with it. */
export interface Hop {
  url: URL;
  /** Basic sign-in; only ever for Twilio's API itself. */
  authorization: string | null;
  /** True only for the stand-in that the account itself names: it may lie on this machine. */
  trusted: boolean;
}

const TWILIO_API = 'api.twilio.com';

/**
 * The first request for a customer's file: with credentials, and therefore only when the address is https, without user or port, on exactly
 * Twilio's API host and exactly this account's and this message's path. With `apiBaseUrl` set, that stand-in takes Twilio's place,
 * whichever of the two the address names. `null` for anything else: it is not fetched at all, with or without credentials.
 */
export function firstHop(account: Account, messageSid: string, address: string): Hop | null {
  if (!URL.canParse(address)) return null;
  const url = new URL(address);
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') return null;
  const base = account.apiBaseUrl === '' ? null : new URL(account.apiBaseUrl);
  const path = resourcePath(url, account, base);
  if (path === null || !isMediaPath(path, account.accountSid, messageSid)) return null;
  const authorization = basicSignIn(account);
  if (authorization === null) return null;
  if (base === null) return { url, authorization, trusted: false };
  const target = new URL(base);
  target.pathname = prefixOf(base) + path;
  return { url: target, authorization, trusted: true };
}

/** The part of the address that names the file, or null when it is on no host of Twilio's. */
function resourcePath(url: URL, account: Account, base: URL | null): string | null {
  if (url.protocol === 'https:' && url.port === '' && apiHosts(account).includes(url.hostname)) return url.pathname;
  if (base === null || url.origin !== base.origin || !url.pathname.startsWith(`${prefixOf(base)}/`)) return null;
  return url.pathname.slice(prefixOf(base).length);
}

function apiHosts(account: Account): string[] {
  return [...new Set([TWILIO_API, apiHost(account)])];
}

/** Where Twilio keeps what belongs to an account: each region has data, and credentials, of its own. */
export function apiHost({ edge, region }: Account): string {
  return edge === '' || region === '' ? TWILIO_API : `api.${edge}.${region}.twilio.com`;
}

function prefixOf(base: URL): string {
  return base.pathname.replace(/\/+$/, '');
}

function isMediaPath(path: string, accountSid: string, messageSid: string): boolean {
  const [, version, accounts, account, messages, message, media, sid, ...rest] = path.split('/');
  return (
    version === '2010-04-01' &&
    accounts === 'Accounts' &&
    account === accountSid &&
    messages === 'Messages' &&
    message === messageSid &&
    media === 'Media' &&
    /^ME[0-9A-Za-z]{1,64}$/.test(sid ?? '') &&
    rest.length === 0
  );
}

/** The same pair as for sending: the API key where there is one. */
function basicSignIn(account: Account): string | null {
  const user = account.apiKey?.sid ?? account.accountSid;
  const secret = account.apiKey?.secret ?? account.authTokens.find((token) => token !== '') ?? '';
  return secret === '' ? null : `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}`;
}

/**
 * Where Twilio's redirect may lead: its own CDN (`mms.twiliocdn.com`, `media.twiliocdn.com`) and, behind it, Amazon S3, on which Twilio
 * keeps the files (`s3-external-1.amazonaws.com/media.twiliocdn.com/…`, in other regions a bucket's own host). Anybody can have a bucket
 * there; that is why a redirected request carries no credentials, must be public https on the usual port, and what it brings is
 * judged by its bytes as any customer's file is.
 */
const CDN = /^(?:[a-z0-9-]+\.)*twiliocdn\.com$/;
const S3 = /^(?:[a-z0-9.-]+\.)?s3(?:[.-][a-z0-9-]+)*\.amazonaws\.com$/;

/** The next request after a redirect, without credentials; null when it leads where nothing of Twilio's is. */
export function nextHop(account: Account, from: URL, location: string): Hop | null {
  if (!URL.canParse(location, from.href)) return null;
  const url = new URL(location, from);
  if (url.username !== '' || url.password !== '') return null;
  const base = account.apiBaseUrl === '' ? null : new URL(account.apiBaseUrl);
  if (base !== null && url.origin === base.origin) return { url, authorization: null, trusted: true };
  const isCdn = CDN.test(url.hostname) || S3.test(url.hostname);
  if (url.protocol !== 'https:' || url.port !== '' || !isCdn || isIP(url.hostname) !== 0) return null;
  return { url, authorization: null, trusted: false };
}
