import type { Twilio } from 'twilio';
import type { Center } from '../center/center.ts';
import type { ReceiveArgs } from '../center/contract.ts';
import { isCenterError } from '../domain/errors.ts';
import type { WebhookParams } from '../domain/message.ts';
import type { Account } from './account.ts';
import { createClient } from './api/client.ts';
import { toSendError } from './api/send-error.ts';
import { arrivalOf } from './incoming/arrival.ts';
import { apiHost } from './media/media-source.ts';

/** What one look at Twilio's list brought. */
export interface CaughtUp {
  /** Messages that no webhook had brought. */
  received: number;
}

export interface CatchUp {
  /** Compares Twilio's list with the store now. @throws CenterError when Twilio or the store cannot be asked */
  run(): Promise<CaughtUp>;
  /** Compares at once, once more when the last webhooks before the start are certainly lost, and then now and again. */
  start(): void;
  close(): Promise<void>;
}

export interface CatchUpOptions {
  center: Center;
  account: Account;
  log: { info(text: string): void; warn(text: string): void };
  /** How much is looked at twice, because Twilio's list may lag and clocks differ. */
  overlapMs?: number;
  /** What is younger may still come by its webhook, which tells more than the list. */
  graceMs?: number;
  everyMs?: number;
  /** How many were fetched so far; `done` at the end of a look that brought some. */
  onProgress?: (received: number, done: boolean) => void;
}

const MINUTE_MS = 60_000;
const OVERLAP_MS = 10 * MINUTE_MS;
/** Twilio gives a webhook 15 s, repeats it up to five times, and then calls the fallback address. */
const GRACE_MS = MINUTE_MS;
const EVERY_MS = 5 * MINUTE_MS;
/** Further back nobody looks: an installation that lay idle for longer begins anew. */
const LONGEST_GAP_MS = 30 * 24 * 60 * MINUTE_MS;
/** Messages held in memory at once; a span that has more is looked at in halves. */
const MOST_AT_ONCE = 5000;
const PAGE = 1000;
const SHORTEST_SPAN_MS = 2000;
const ASKED_AT_ONCE = 500;
const STORED_AT_ONCE = 100;

type Client = Pick<Twilio, 'messages'>;
type Listed = Awaited<ReturnType<Twilio['messages']['list']>>[number];

/**
 * Brings messages whose webhooks were lost: by default Twilio does not repeat one, but keeps the message in its list. What the
 * store does not have is received as if its webhook had come, oldest first, with Twilio's date, which is what window, order and
 * "too old for a bot" go by. The list does not say everything a webhook does: profile name, place and buttons are missing.
 */
export function createCatchUp(options: CatchUpOptions): CatchUp {
  const { center, account, log, overlapMs = OVERLAP_MS, graceMs = GRACE_MS, everyMs = EVERY_MS } = options;
  const client = createClient(account);
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<CaughtUp> | null = null;
  let trouble = '';

  async function runNow(): Promise<CaughtUp> {
    const until = center.now() - graceMs;
    const facts = await center.query('caughtUpTo', { accountId: account.id });
    const before = facts.until ?? facts.lastInboundAt;
    // A new account begins with what is written from now on.
    if (before === null) await center.run('caughtUp', { accountId: account.id, until: center.now() });
    if (before === null) return { received: 0 };
    const api = await client.api();
    let received = 0;
    let from = Math.max(before - overlapMs, until - LONGEST_GAP_MS);
    let span = until - from;
    while (from < until && !closed) {
      const to = Math.min(until, from + span);
      const listed = await list(api, from, to);
      if (listed === null) {
        span = Math.max(SHORTEST_SPAN_MS, Math.floor(span / 2));
        continue;
      }
      const missing = await unknown(listed);
      for (let at = 0; at < missing.length; at += STORED_AT_ONCE) {
        if (closed) return { received };
        received += await receiveAll(api, missing.slice(at, at + STORED_AT_ONCE));
        options.onProgress?.(received, false);
      }
      await center.run('caughtUp', { accountId: account.id, until: to });
      from = to;
    }
    if (received > 0) {
      log.info(
        `${received} message${received === 1 ? '' : 's'} that no webhook had brought ${received === 1 ? 'was' : 'were'} fetched from Twilio.`,
      );
      options.onProgress?.(received, true);
    }
    return { received };
  }

  /** Customers' messages of a span, oldest first; null when there are more than fit. */
  async function list(api: Client, from: number, to: number): Promise<Listed[] | null> {
    const listed = await api.messages.list({
      ...(account.sender === '' ? {} : { to: account.sender }),
      dateSentAfter: new Date(from),
      dateSentBefore: new Date(to),
      pageSize: PAGE,
      limit: MOST_AT_ONCE + 1,
    });
    if (listed.length > MOST_AT_ONCE && to - from > SHORTEST_SPAN_MS) return null;
    return listed
      .filter((message) => message.direction === 'inbound' && message.from.startsWith('whatsapp:') && dateOf(message) <= to)
      .reverse()
      .sort((one, other) => dateOf(one) - dateOf(other));
  }

  async function unknown(listed: Listed[]): Promise<Listed[]> {
    const missing = new Set<string>();
    for (let at = 0; at < listed.length; at += ASKED_AT_ONCE) {
      const sids = listed.slice(at, at + ASKED_AT_ONCE).map(({ sid }) => sid);
      for (const sid of (await center.query('unknownSids', { sids })).sids) missing.add(sid);
    }
    return listed.filter(({ sid }) => missing.has(sid));
  }

  /** Several with one commit; the store takes them in the order in which they are given. */
  async function receiveAll(api: Client, listed: Listed[]): Promise<number> {
    const all: ReceiveArgs[] = [];
    for (const one of listed) all.push(arrivalOf(account, await paramsOf(api, one), dateOf(one)));
    const results = await Promise.all(all.map((arrival) => center.run('receive', arrival)));
    return results.filter(({ duplicate }) => !duplicate).length;
  }

  /** As its webhook would have named them, as far as the list knows. */
  async function paramsOf(api: Client, listed: Listed): Promise<WebhookParams> {
    return {
      MessageSid: listed.sid,
      SmsStatus: 'received',
      AccountSid: listed.accountSid,
      From: listed.from,
      To: listed.to,
      Body: listed.body,
      NumMedia: listed.numMedia,
      ...(listed.messagingServiceSid ? { MessagingServiceSid: listed.messagingServiceSid } : {}),
      ...(listed.numMedia === '0' ? {} : await mediaOf(api, listed)),
    };
  }

  async function mediaOf(api: Client, { sid }: Listed): Promise<WebhookParams> {
    const params: WebhookParams = {};
    const media = await api.messages(sid).media.list({ limit: 10 });
    for (const [index, one] of media.entries()) {
      params[`MediaContentType${index}`] = one.contentType;
      params[`MediaUrl${index}`] =
        `https://${apiHost(account)}/2010-04-01/Accounts/${account.accountSid}/Messages/${sid}/Media/${one.sid}`;
    }
    return params;
  }

  function run(): Promise<CaughtUp> {
    running ??= runNow()
      .catch((error: unknown) => {
        throw isCenterError(error) ? error : toSendError(error);
      })
      .finally(() => (running = null));
    return running;
  }

  async function look(next: number): Promise<void> {
    try {
      await run();
      trouble = '';
    } catch (error) {
      const text = String(error);
      // Said once, not every few minutes.
      if (text !== trouble && !closed) log.warn(`Twilio’s list of messages cannot be compared at the moment: ${text}`);
      trouble = text;
    }
    if (!closed) timer = setTimeout(() => void look(everyMs), next).unref();
  }

  return {
    run,
    start: () => void look(Math.min(everyMs, graceMs)),
    async close() {
      closed = true;
      clearTimeout(timer);
      await running?.catch(() => {});
      clearTimeout(timer);
      client.close();
    },
  };
}

/** Milliseconds; Twilio rounds to seconds. */
function dateOf({ dateSent, dateCreated }: Listed): number {
  return (dateSent ?? dateCreated).getTime();
}
