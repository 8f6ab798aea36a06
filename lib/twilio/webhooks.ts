import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Center } from '../center/center.ts';
import { CenterError } from '../domain/errors.ts';
import type { WebhookParams } from '../domain/message.ts';
import { BodyTooLarge, BodyTooSlow, readBody, send, type MountedHandler } from '../http/mounted.ts';
import { withoutPassword } from '../http/without-password.ts';
import type { Account } from './account.ts';
import { plainWords, isKnownCode } from './error-catalogue.ts';
import { arrivalOf } from './incoming/arrival.ts';
import { decodeForm } from './incoming/form.ts';
import { isStatusCallback, parseStatusCallback } from './incoming/parse-status.ts';
import { RareWarning } from './incoming/rare-warning.ts';
import { isForm, isSigned } from './incoming/signature.ts';
import type { Later } from './waiting/line.ts';

export type WebhookKind = 'inbound' | 'status';

export interface WebhookOptions {
  /** The account at this moment; `undefined` while its node is gone. */
  account: () => Account | undefined;
  /** The center, at once where it is open. */
  center: () => Center | Promise<Center>;
  log: { warn(text: string): void };
  /** A webhook was stored. */
  onWebhook?: (kind: WebhookKind) => void;
  /** A signature was missing or wrong; the URL is the one that was checked, without its password. */
  onRefused?: (checkedUrl: string) => void;
  /** A valid webhook could not be stored. */
  onTrouble?: (error: unknown) => void;
  later?: Later;
  /** How long a body may take, in milliseconds. Twilio itself gives up after 15 s. */
  bodyTimeoutMs?: number;
}

/** Twilio's forms have a few kilobytes; nothing larger is read. */
const MAX_BODY = 64 * 1024;

/** More than this many webhooks on their way into the store is a flood: Twilio is told to come back. */
const MAX_WAITING = 256;

const BODY_TIMEOUT_MS = 10_000;

const TEXT = 'text/plain; charset=utf-8';

/** An answer that says nothing to the customer; any other content type is Twilio's error 12300. */
const SILENCE = '<Response/>';
const STORED_HEADERS = { 'content-type': 'text/xml', 'content-length': String(SILENCE.length), 'cache-control': 'no-store' };

/** How a request ends that is not stored: the answer's status and text. */
class Refusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/**
 * Serves `POST /inbound` and `POST /status` of one account. Either address takes both kinds, told apart by what they hold,
 * because a sender in a Messaging Service is easily pointed at one address only.
 *
 * The answer is 200 with an empty `<Response/>` once the center has committed, and never before; 403 for a missing or wrong
 * signature, 400 for what is no message, 413 past 64 KB, 503 when no token is configured or the store does not take it.
 */
export function createWebhooks(options: WebhookOptions): MountedHandler {
  const { bodyTimeoutMs = BODY_TIMEOUT_MS } = options;
  const refusals = new RareWarning((text) => options.log.warn(text), options.later);
  const troubles = new RareWarning((text) => options.log.warn(text), options.later);
  let waiting = 0;

  async function serve(request: IncomingMessage, subPath: string): Promise<WebhookKind> {
    const account = options.account();
    const tokens = account?.authTokens.filter((token) => token !== '') ?? [];
    if (account === undefined || tokens.length === 0) throw new Refusal(503, 'No auth token is configured.');
    const checkedUrl = urlOf(account, subPath, request.url ?? '');
    const signature = request.headers['x-twilio-signature'];
    if (typeof signature !== 'string') throw refused(checkedUrl, 'has no signature');

    const rawBody = await readBody(request, MAX_BODY, bodyTimeoutMs);
    const contentType = request.headers['content-type'];
    const { pairs, params } = decodeForm(isForm(contentType) ? rawBody : NO_BODY);
    if (!isSigned({ url: checkedUrl, pairs, rawBody, contentType, signature, tokens }))
      throw refused(checkedUrl, 'has a wrong signature');

    if (waiting >= MAX_WAITING) throw new Refusal(503, 'Too many webhooks at once.');
    waiting++;
    try {
      const center = await options.center();
      return isStatusCallback(params)
        ? await storeStatus(center, account, params, checkedUrl)
        : await storeInbound(center, account, params);
    } finally {
      waiting--;
    }
  }

  function refused(checkedUrl: string, why: string): Refusal {
    const shown = withoutPassword(checkedUrl);
    refusals.say(
      `A webhook ${why}. Checked address: ${shown} — it must be the one configured at Twilio, letter by letter, and the auth token the ` +
        'account’s primary one. (Signatures with a shared key of Twilio’s webhook configuration API are not supported.)',
      `The last webhook ${why}. Checked address: ${shown}`,
    );
    options.onRefused?.(shown);
    return new Refusal(403, 'The signature does not fit.');
  }

  function fail(request: IncomingMessage, response: ServerResponse, error: unknown): void {
    const { status, message } = verdictOf(error);
    // A caller that went away in the middle of the body hears no answer, and nothing of ours is at fault.
    if (request.destroyed && !request.complete) return;
    if (status === 503 && !(error instanceof Refusal)) {
      const text = `A webhook could not be stored: ${String(error)}`;
      troubles.say(text, text);
      options.onTrouble?.(error);
    }
    if (response.headersSent || response.destroyed) return;
    send(response, status, TEXT, message, status === 503 ? { 'retry-after': '5' } : undefined);
    discard(request, bodyTimeoutMs);
  }

  return (request, response, subPath) => {
    const route = subPath.endsWith('/') ? subPath.slice(0, -1) : subPath;
    if (route !== '/inbound' && route !== '/status') {
      send(response, 404, TEXT, 'Not found.');
      discard(request, bodyTimeoutMs);
      return;
    }
    if (request.method !== 'POST') {
      send(response, 405, TEXT, 'Twilio must call this address with POST.', { allow: 'POST' });
      discard(request, bodyTimeoutMs);
      return;
    }
    serve(request, subPath).then(
      (kind) => {
        response.writeHead(200, STORED_HEADERS);
        response.end(SILENCE);
        options.onWebhook?.(kind);
      },
      (error: unknown) => fail(request, response, error),
    );
  };
}

const NO_BODY = Buffer.alloc(0);

async function storeInbound(center: Center, account: Account, params: WebhookParams): Promise<WebhookKind> {
  await center.arrive(arrivalOf(account, params, center.now()));
  return 'inbound';
}

async function storeStatus(center: Center, account: Account, params: WebhookParams, url: string): Promise<WebhookKind> {
  const { sid, status, errorCode, errorMessage } = parseStatusCallback(params);
  await center.run('receiveStatus', {
    accountId: account.id,
    sid,
    messageId: messageIdOf(url),
    status,
    errorCode,
    errorMessage:
      errorCode === null
        ? errorMessage
        : isKnownCode(errorCode)
          ? plainWords(errorCode)
          : (errorMessage ?? plainWords(errorCode)),
  });
  return 'status';
}

/** Our own id of the message, which we put into the callback's address ourselves. */
function messageIdOf(url: string): string | null {
  const queryStart = url.indexOf('?');
  return queryStart === -1 ? null : new URLSearchParams(url.slice(queryStart + 1)).get('id') || null;
}

/** What Twilio was told to call: never from a Host or Forwarded header, which anybody can send. */
function urlOf(account: Account, subPath: string, requestUrl: string): string {
  const queryStart = requestUrl.indexOf('?');
  return account.publicUrl + account.path + subPath + (queryStart === -1 ? '' : requestUrl.slice(queryStart));
}

function verdictOf(error: unknown): { status: number; message: string } {
  if (error instanceof Refusal) return error;
  if (error instanceof BodyTooLarge) return { status: 413, message: 'The request is too large.' };
  if (error instanceof BodyTooSlow) return { status: 408, message: 'The request took too long.' };
  if (error instanceof CenterError && error.code === 'INVALID_REQUEST') return { status: 400, message: error.message };
  return { status: 503, message: 'The message could not be stored.' };
}

/** Reads away what nobody wants, so that the answer arrives; a sender that never ends is cut off. */
function discard(request: IncomingMessage, withinMs: number): void {
  if (request.complete) return;
  request.resume();
  const timer = setTimeout(() => request.socket.destroy(), withinMs);
  request.once('close', () => clearTimeout(timer));
}
