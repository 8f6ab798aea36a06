import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

/** The call never got as far as Twilio, or was turned away at its door: nothing was sent, so it may be repeated. */
export class NotReached extends Error {
  constructor(cause: unknown) {
    super('Twilio could not be reached.', { cause });
    this.name = 'NotReached';
  }
}

/** The request left and no whole answer came back: what became of it is not known. */
export class AnswerLost extends Error {
  constructor(cause: unknown) {
    super('Twilio’s answer did not arrive.', { cause });
    this.name = 'AnswerLost';
  }
}

/** What the SDK hands to its HTTP client, as far as it matters here. */
export interface ApiRequest {
  method: string;
  uri: string;
  username?: string;
  password?: string;
  headers?: Record<string, string>;
  params?: object;
  data?: unknown;
}

export interface ApiResponse {
  statusCode: number;
  body: string;
  headers: IncomingHttpHeaders;
}

/** Twilio's answers have a few kilobytes, lists some hundred. */
const MAX_ANSWER = 4 * 1024 * 1024;

/** An idle connection older than this might be closed by the other side just as it is used, and then nobody knows what arrived. */
const IDLE_MS = 5000;

/**
 * The HTTP client under the SDK. The SDK's own takes proxies and certificates from the process's environment, which in
 * Node-RED is shared by everybody, and its errors hold the request with its credentials; this one does neither. It can be
 * pointed at a stand-in for Twilio, and it tells "never reached" from "may have been taken", on which at-most-once rests.
 */
export class ApiTransport {
  readonly #base: URL | null;
  readonly #timeoutMs: number;
  readonly #agents: { 'http:': HttpAgent; 'https:': HttpsAgent };

  /**
   * @param apiBaseUrl a stand-in for `https://api.twilio.com`, empty for Twilio itself
   * @param timeoutMs how long a call may take from connecting to the last byte of the answer
   * @param maxSockets calls at once
   */
  constructor(apiBaseUrl: string, timeoutMs: number, maxSockets: number) {
    this.#base = apiBaseUrl === '' ? null : new URL(apiBaseUrl);
    this.#timeoutMs = timeoutMs;
    const options = { keepAlive: true, maxSockets, timeout: IDLE_MS };
    this.#agents = { 'http:': new HttpAgent(options), 'https:': new HttpsAgent(options) };
  }

  /** @throws NotReached or AnswerLost; an HTTP error is an answer */
  request(call: ApiRequest): Promise<ApiResponse> {
    const url = this.#target(call);
    const secure = url.protocol === 'https:';
    const headers: Record<string, string> = { ...call.headers };
    const json = headers['Content-Type'] === 'application/json';
    const body = call.data === undefined ? null : json ? JSON.stringify(call.data) : encode(call.data as object);
    if (call.username !== undefined && call.password !== undefined) {
      headers.Authorization = `Basic ${Buffer.from(`${call.username}:${call.password}`).toString('base64')}`;
    }
    if (body !== null) headers['Content-Length'] = String(Buffer.byteLength(body));
    const options = { method: call.method.toUpperCase(), headers, agent: this.#agents[secure ? 'https:' : 'http:'] };

    return new Promise((resolve, reject) => {
      let reached = false;
      const request: ClientRequest = (secure ? httpsRequest : httpRequest)(url, options);
      const timer = setTimeout(() => request.destroy(new Error('The call took too long.')), this.#timeoutMs);
      const fail = (error: unknown): void => {
        clearTimeout(timer);
        reject(reached ? new AnswerLost(error) : new NotReached(error));
      };
      request.on('socket', (socket) => {
        // Only a new connection is still connecting; before its end not a byte of the request has left.
        if (socket.connecting) socket.once(secure ? 'secureConnect' : 'connect', () => (reached = true));
        else reached = true;
      });
      request.on('error', fail);
      request.on('response', (response) => {
        readAnswer(response).then((text) => {
          clearTimeout(timer);
          if (asksToComeBack(response)) return reject(new NotReached(new Error('HTTP 503 with Retry-After')));
          resolve({ statusCode: response.statusCode ?? 0, body: text, headers: response.headers });
        }, fail);
      });
      request.end(body ?? undefined);
    });
  }

  /** Drops idle connections; calls under way end by themselves. */
  close(): void {
    for (const agent of Object.values(this.#agents)) {
      for (const sockets of Object.values(agent.freeSockets)) for (const socket of sockets ?? []) socket.destroy();
    }
  }

  #target(call: ApiRequest): URL {
    const url = new URL(call.uri);
    if (call.params !== undefined)
      for (const [name, value] of new URLSearchParams(encode(call.params))) url.searchParams.append(name, value);
    if (this.#base === null) return url;
    const target = new URL(this.#base);
    target.pathname = this.#base.pathname.replace(/\/+$/, '') + url.pathname;
    target.search = url.search;
    return target;
  }
}

/** A server that is not there at the moment and says when to ask again has turned the request away (RFC 9110, 15.6.4). */
function asksToComeBack({ statusCode, headers }: IncomingMessage): boolean {
  return statusCode === 503 && headers['retry-after'] !== undefined;
}

async function readAnswer(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    size += (chunk as Buffer).length;
    if (size > MAX_ANSWER) throw new Error('The answer is too large.');
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** A repeated field is written once per value, in order. */
function encode(fields: object): string {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(fields) as [string, unknown][]) {
    for (const one of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (one !== undefined && one !== null) form.append(name, String(one));
    }
  }
  return form.toString();
}
