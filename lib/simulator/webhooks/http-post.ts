import { request as httpRequest } from 'node:http';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';

/** What came of one attempt: an answer, or where it ended without one. */
export type Attempt =
  { kind: 'answer'; status: number; contentType: string } | { kind: 'ct' | 'rt' | 'broken' | 'invalid'; reason: string };

export interface PostLimits {
  /** ms until the connection (and TLS) must stand. */
  connectMs: number;
  /** ms until the answer must begin, and between its pieces. */
  readMs: number;
  /** ms for everything. */
  totalMs: number;
}

/** The URL in pieces exactly as they were written, because the written text is what was signed. */
const PARTS = /^(https?):\/\/(?:([^/?#@]*)@)?(\[[^\]]*\]|[^/?#:]*)(?::(\d+))?([^#]*)$/i;

/** Posts a form once. Never throws: a failure is an answer about the receiver. */
export function postForm(
  url: string,
  headers: Record<string, string>,
  body: string,
  limits: PostLimits,
  signal: AbortSignal,
): Promise<Attempt> {
  const parts = PARTS.exec(url);
  if (!parts) return Promise.resolve({ kind: 'invalid', reason: `${url} is no http address` });
  const [, scheme = '', userInfo, bracketed = '', port, rest = ''] = parts;
  const hostname = bracketed.replace(/^\[|\]$/g, '');
  const secure = scheme.toLowerCase() === 'https';
  const path = rest.startsWith('/') ? rest : `/${rest}`;
  return new Promise((resolve) => {
    let request: ClientRequest;
    try {
      request = (secure ? httpsRequest : httpRequest)({
        hostname,
        path,
        method: 'POST',
        agent: false,
        ...(port ? { port: Number(port) } : {}),
        ...(userInfo ? { auth: decodeURIComponent(userInfo) } : {}),
        // Twilio refuses self-signed certificates; on the loopback there is nobody in between to fear.
        ...(secure ? { rejectUnauthorized: !isLoopback(hostname) } : {}),
        headers: {
          ...headers,
          'content-type': 'application/x-www-form-urlencoded',
          'content-length': String(Buffer.byteLength(body)),
        },
        signal,
      });
    } catch (error) {
      resolve({ kind: 'invalid', reason: String(error) });
      return;
    }
    const timers = new Timers();
    let connected = false;
    const settle = (attempt: Attempt): void => {
      timers.clear();
      resolve(attempt);
      request.destroy();
    };
    const noAnswer = (): void => settle({ kind: 'rt', reason: 'the receiver did not answer in time' });
    timers.start('connect', limits.connectMs, () => settle({ kind: 'ct', reason: 'no connection in time' }));
    timers.start('total', limits.totalMs, noAnswer);
    request.on('socket', (socket) => {
      socket.once(secure ? 'secureConnect' : 'connect', () => {
        connected = true;
        timers.stop('connect');
        timers.start('read', limits.readMs, noAnswer);
      });
    });
    request.on('response', (response: IncomingMessage) => {
      response.on('data', () => timers.start('read', limits.readMs, noAnswer));
      response.on('end', () =>
        settle({ kind: 'answer', status: response.statusCode ?? 0, contentType: response.headers['content-type'] ?? '' }),
      );
      response.on('error', (error) => settle({ kind: 'broken', reason: error.message }));
    });
    request.on('error', (error) => settle({ kind: connected ? 'broken' : 'ct', reason: error.message }));
    request.end(body);
  });
}

/** True for names and addresses of this machine itself. */
export function isLoopback(hostname: string): boolean {
  const name = hostname.toLowerCase();
  return name === 'localhost' || name.endsWith('.localhost') || name === '::1' || /^127(\.\d{1,3}){3}$/.test(name);
}

class Timers {
  readonly #running = new Map<string, NodeJS.Timeout>();

  start(name: string, ms: number, then: () => void): void {
    this.stop(name);
    this.#running.set(name, setTimeout(then, ms));
  }

  stop(name: string): void {
    clearTimeout(this.#running.get(name));
    this.#running.delete(name);
  }

  clear(): void {
    for (const name of [...this.#running.keys()]) this.stop(name);
  }
}
