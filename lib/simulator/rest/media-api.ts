import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { send, sendJson } from '../../http/mounted.ts';
import type { SimulatorContext } from '../context.ts';
import type { StoredMedia, StoredMessage } from '../records.ts';
import { rfc2822 } from './message-view.ts';
import { TwilioRefusal } from './twilio-error.ts';

const LIST = /^\/2010-04-01\/Accounts\/([^/]+)\/Messages\/([^/]+)\/Media\.json$/;
const RESOURCE = /^\/2010-04-01\/Accounts\/([^/]+)\/Messages\/([^/]+)\/Media\/([^/.]+)(\.json)?$/;
const STORAGE = /^\/cdn\/([0-9a-f]{32})$/;
/** How long an address of the storage holds, by the machine's own clock: the center's may be moved. */
const STORAGE_LIVES_MS = 4 * 3_600_000;

/** True for the paths under which media are asked for at the API. */
export function isMediaPath(subPath: string): boolean {
  return LIST.test(subPath) || RESOURCE.test(subPath);
}

/** True for the storage that the API redirects to. */
export function isStoragePath(subPath: string): boolean {
  return STORAGE.test(subPath);
}

/**
 * A message's media, as Twilio gives them out: the list and the resource as JSON, the file itself by a redirect to a short-lived
 * address on a storage that knows no sign-in and refuses one.
 */
export class MediaApi {
  readonly #context: SimulatorContext;
  readonly #addresses = new Map<string, { media: StoredMedia; until: number }>();

  constructor(context: SimulatorContext) {
    this.#context = context;
  }

  /** @throws TwilioRefusal */
  answer(request: IncomingMessage, response: ServerResponse, subPath: string): void {
    const { account, state, faults, log } = this.#context;
    const [, accountSid, messageSid, mediaSid, json] = LIST.exec(subPath) ?? RESOURCE.exec(subPath) ?? [];
    const message = state.message(messageSid ?? '');
    if (request.method !== 'GET') throw new TwilioRefusal(405, 20004, 'Method not allowed');
    if (accountSid !== account.accountSid || !message) throw notFound(subPath);
    if (mediaSid === undefined) {
      const list = message.media === null ? [] : [resource(message, message.media, accountSid)];
      sendJson(response, 200, { media_list: list, page: 0, page_size: 50, next_page_uri: null, uri: subPath });
      return;
    }
    if (message.media?.sid !== mediaSid) throw notFound(subPath);
    if (json !== undefined) {
      sendJson(response, 200, resource(message, message.media, accountSid));
      return;
    }
    if (faults.take('media-late')) {
      log('warn', 'Answered 404 for a file on purpose: not there yet');
      throw notFound(subPath);
    }
    if (faults.take('media-broken')) {
      log('warn', 'Answered 500 for a file on purpose');
      throw new TwilioRefusal(500, 20500, 'Internal Server Error');
    }
    send(response, 307, 'text/plain', '', { location: `${this.#context.apiBase()}/cdn/${this.#addressOf(message.media)}` });
  }

  /** The storage behind the redirect. */
  async serve(request: IncomingMessage, response: ServerResponse, subPath: string): Promise<void> {
    const known = this.#addresses.get(STORAGE.exec(subPath)?.[1] ?? '');
    // As a signed address at Amazon: a second way to sign in is an error.
    if (request.headers.authorization !== undefined) {
      send(
        response,
        400,
        'application/xml',
        '<Error><Code>InvalidArgument</Code><Message>Only one auth mechanism allowed</Message></Error>',
      );
      return;
    }
    const bytes = known === undefined || known.until < performance.now() ? null : await this.#context.files.get(known.media.sid);
    if (bytes === null) send(response, 403, 'application/xml', '<Error><Code>AccessDenied</Code></Error>');
    else send(response, 200, known!.media.contentType, bytes);
  }

  #addressOf(media: StoredMedia): string {
    const now = performance.now();
    for (const [address, { until }] of this.#addresses) if (until < now) this.#addresses.delete(address);
    const address = randomBytes(16).toString('hex');
    this.#addresses.set(address, { media, until: now + STORAGE_LIVES_MS });
    return address;
  }
}

function resource(message: StoredMessage, media: StoredMedia, accountSid: string): Record<string, unknown> {
  const date = rfc2822(message.createdAt);
  return {
    sid: media.sid,
    account_sid: accountSid,
    parent_sid: message.sid,
    content_type: media.contentType,
    date_created: date,
    date_updated: date,
    uri: `/2010-04-01/Accounts/${accountSid}/Messages/${message.sid}/Media/${media.sid}.json`,
  };
}

function notFound(path: string): TwilioRefusal {
  return new TwilioRefusal(404, 20404, `The requested resource ${path} was not found`);
}
