import { lookup as systemLookup } from 'node:dns/promises';
import { request as httpRequest } from 'node:http';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { CenterError } from '../../domain/errors.ts';
import { MAX_FILE } from '../../domain/media-type.ts';
import type { Account } from '../account.ts';
import { firstHop, nextHop, type Hop } from './media-source.ts';
import { isPublicAddress } from './public-address.ts';

export interface DownloadOptions {
  /** Bytes; the rest of a larger file is not read. */
  limit?: number;
  /** For one request with its whole body, in milliseconds. */
  timeoutMs?: number;
  /** Pauses before a file is asked for again that Twilio does not have yet: right after the webhook that happens. */
  notThereYetMs?: readonly number[];
  /** Every address of a host. */
  resolve?: (host: string) => Promise<{ address: string; family: number }[]>;
  /** Whether we may connect there. */
  mayConnect?: (address: string) => boolean;
  /** A certificate authority besides the usual ones. */
  ca?: string | Buffer;
  signal?: AbortSignal;
}

/** A file that is being received. */
export interface Download {
  /** What the sender says it is. */
  contentType: string;
  /** Throws CenterError `MEDIA_TOO_LARGE` or `MEDIA_UNAVAILABLE` in the middle. */
  chunks: AsyncIterable<Uint8Array>;
}

const TIMEOUT_MS = 60_000;
/** Pauses after a 404, which comes directly after the webhook now and then. */
export const NOT_THERE_YET_MS: readonly number[] = [1000, 3000];
const MOST_REDIRECTS = 3;

/**
 * Fetches a customer's file from Twilio. Credentials go to Twilio's API and nowhere else; a redirect is followed to Twilio's
 * storage only and without them; each name is resolved once, and the connection is made to the address that was checked.
 *
 * @throws CenterError `MEDIA_UNAVAILABLE`, `MEDIA_TOO_LARGE`; `details.passing` is 1 when another try may help
 */
export async function download(
  account: Account,
  messageSid: string,
  address: string,
  options: DownloadOptions = {},
): Promise<Download> {
  const first = firstHop(account, messageSid, address);
  if (first === null) throw unavailable('The file’s address is not one of this message’s at Twilio.', false);
  const pauses = options.notThereYetMs ?? NOT_THERE_YET_MS;
  for (const pause of pauses) {
    const response = await follow(account, first, options);
    if (response.statusCode !== 404) return received(response, options);
    response.destroy();
    await delay(pause, undefined, { signal: options.signal });
  }
  return received(await follow(account, first, options), options);
}

async function follow(account: Account, first: Hop, options: DownloadOptions): Promise<IncomingMessage> {
  let hop = first;
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
    const response = await ask(hop, options);
    const { statusCode = 0, headers } = response;
    if (![301, 302, 303, 307, 308].includes(statusCode)) return response;
    response.destroy();
    const next = nextHop(account, hop.url, headers.location ?? '');
    if (next === null) throw unavailable('Twilio’s answer leads to an address where its files are not.', false);
    hop = next;
  }
  throw unavailable('Twilio’s answer leads on too often.', true);
}

function ask({ url, authorization, trusted }: Hop, options: DownloadOptions): Promise<IncomingMessage> {
  const secure = url.protocol === 'https:';
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void =>
      reject(error instanceof CenterError ? error : unavailable(`Twilio cannot be reached.`, true, error));
    let request: ClientRequest;
    try {
      request = (secure ? httpsRequest : httpRequest)(url, {
        agent: false,
        lookup: trusted ? undefined : checkedLookup(options),
        headers: {
          accept: '*/*',
          'accept-encoding': 'identity',
          ...(authorization === null ? {} : { authorization }),
        },
        ...(options.ca === undefined ? {} : { ca: options.ca }),
        ...(options.signal === undefined ? {} : { signal: options.signal }),
      });
    } catch (error) {
      fail(error as Error);
      return;
    }
    const timer = setTimeout(() => request.destroy(new Error('It took too long.')), options.timeoutMs ?? TIMEOUT_MS);
    request.on('close', () => clearTimeout(timer));
    request.on('error', fail);
    request.on('response', resolve);
    request.end();
  });
}

/**
 * Resolves a name once and answers with addresses that were all checked, so that a second, different answer of the name server
 * (DNS rebinding) is never asked for.
 */
export function checkedLookup({ resolve = systemResolve, mayConnect = isPublicAddress }: DownloadOptions): LookupFunction {
  return (host, wanted, callback) => {
    resolve(host).then(
      (addresses) => {
        const [first] = addresses;
        if (first === undefined || !addresses.every(({ address }) => mayConnect(address))) {
          callback(unavailable('The file’s host is not on the public internet.', false), '', 0);
        } else if (wanted.all === true) callback(null, addresses);
        else callback(null, first.address, first.family);
      },
      (error: Error) => callback(error, '', 0),
    );
  };
}

function systemResolve(host: string): Promise<{ address: string; family: number }[]> {
  return systemLookup(host, { all: true });
}

function received(response: IncomingMessage, options: DownloadOptions): Download {
  const { statusCode = 0, headers } = response;
  if (statusCode !== 200) {
    response.destroy();
    throw refusal(statusCode);
  }
  const limit = options.limit ?? MAX_FILE;
  if (Number(headers['content-length'] ?? 0) > limit) {
    response.destroy();
    throw tooLarge(limit);
  }
  return { contentType: headers['content-type'] ?? '', chunks: bounded(response, limit) };
}

async function* bounded(response: IncomingMessage, limit: number): AsyncGenerator<Uint8Array> {
  let size = 0;
  try {
    for await (const chunk of response as AsyncIterable<Uint8Array>) {
      size += chunk.length;
      if (size > limit) throw tooLarge(limit);
      yield chunk;
    }
  } catch (error) {
    throw error instanceof CenterError ? error : unavailable('The file broke off on its way from Twilio.', true, error);
  } finally {
    response.destroy();
  }
  if (!response.complete) throw unavailable('The file broke off on its way from Twilio.', true);
}

function refusal(status: number): CenterError {
  if (status === 401 || status === 403)
    return unavailable('Twilio does not accept the account’s credentials for this file.', true);
  if (status === 404 || status === 410) return unavailable('Twilio does not have this file.', true);
  return unavailable(`Twilio answered ${status} instead of the file.`, status >= 500 || status === 429);
}

function unavailable(text: string, passing: boolean, cause?: unknown): CenterError {
  return new CenterError('MEDIA_UNAVAILABLE', text, {
    details: { passing: passing ? 1 : 0 },
    ...(cause === undefined ? {} : { cause }),
  });
}

function tooLarge(limit: number): CenterError {
  return new CenterError('MEDIA_TOO_LARGE', `The file is larger than ${Math.floor(limit / 1_048_576)} MB.`, {
    details: { limit },
  });
}
