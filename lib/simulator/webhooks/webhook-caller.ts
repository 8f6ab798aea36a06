import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { postForm } from './http-post.ts';
import type { Attempt } from './http-post.ts';
import { splitOverrides } from './overrides.ts';
import type { ConnectionOverrides } from './overrides.ts';

/** What became of a webhook after its last attempt. */
export interface Delivery {
  ok: boolean;
  status: number | null;
  attempts: number;
  /** For people; null when all went well. */
  problem: string | null;
}

export interface WebhookCallerOptions {
  /** The account's primary auth token; only it signs. */
  token: () => string;
  /** ms before the first retry; it doubles with each further one. */
  retryMs: number;
  signal: AbortSignal;
}

/** Calls webhooks as Twilio does: a signed form, retried as the address' `#` part asks. */
export class WebhookCaller {
  readonly #options: WebhookCallerOptions;

  constructor(options: WebhookCallerOptions) {
    this.#options = options;
  }

  /**
   * @param configured the address with an optional `#…` part; what stands before the `#` is called and signed
   * @param forged sign with something that is not the token
   */
  async post(configured: string, form: Record<string, string>, forged = false): Promise<Delivery> {
    const { url, overrides } = splitOverrides(configured);
    const headers = {
      accept: '*/*',
      'user-agent': 'TwilioProxy/1.1',
      'x-twilio-signature': await sign(forged ? `${this.#options.token()}?` : this.#options.token(), url, form),
      'i-twilio-idempotency-token': randomUUID(),
    };
    const body = new URLSearchParams(form).toString();
    const deadline = performance.now() + overrides.totalMs;
    for (let attempts = 1; ; attempts += 1) {
      const limits = { ...overrides, totalMs: Math.max(1, deadline - performance.now()) };
      const attempt = await postForm(url, headers, body, limits, this.#options.signal);
      const last =
        attempts > overrides.retries ||
        !shouldRetry(attempt, overrides) ||
        performance.now() >= deadline ||
        this.#options.signal.aborted;
      if (last) return verdict(attempt, attempts);
      await delay(this.#options.retryMs * 2 ** (attempts - 1), undefined, { signal: this.#options.signal }).catch(
        () => undefined,
      );
    }
  }
}

/** Twilio's own helper signs, so that whoever checks our signatures is measured against an independent hand. */
async function sign(token: string, url: string, form: Record<string, string>): Promise<string> {
  const { getExpectedTwilioSignature } = await import('twilio/lib/webhooks/webhooks.js');
  return getExpectedTwilioSignature(token, url, form);
}

function shouldRetry(attempt: Attempt, overrides: ConnectionOverrides): boolean {
  if (attempt.kind === 'answer') {
    const family = attempt.status >= 500 ? '5xx' : attempt.status >= 400 ? '4xx' : null;
    return family !== null && overrides.retryOn.has(family);
  }
  return (attempt.kind === 'ct' || attempt.kind === 'rt') && overrides.retryOn.has(attempt.kind);
}

function verdict(attempt: Attempt, attempts: number): Delivery {
  if (attempt.kind !== 'answer')
    return { ok: false, status: null, attempts, problem: `${problemCode(attempt.kind)}: ${attempt.reason}` };
  const { status, contentType } = attempt;
  if (status < 200 || status > 299) return { ok: false, status, attempts, problem: `11200: the webhook answered ${status}` };
  if (
    status !== 204 &&
    !/^(text|application)\/xml\b/i.test(contentType) &&
    !/^text\/(plain|html)\b/i.test(contentType) &&
    contentType !== ''
  ) {
    return { ok: true, status, attempts, problem: `12300: the answer's type ${contentType} is not XML` };
  }
  return { ok: true, status, attempts, problem: null };
}

function problemCode(kind: 'ct' | 'rt' | 'broken' | 'invalid'): string {
  return kind === 'ct' || kind === 'rt' ? '11205' : '11200';
}
