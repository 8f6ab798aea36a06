import type { IncomingMessage, ServerResponse } from 'node:http';

/**
 * A part of our one HTTP handler, mounted under a path. It gets plain Node.js objects (nothing of Express) and the
 * rest of the path behind its mount, decoded once, beginning with "/"; the query stays in `request.url`.
 */
export type MountedHandler = (request: IncomingMessage, response: ServerResponse, subPath: string) => void;

/** A body over the limit; the answer is 413. */
export class BodyTooLarge extends Error {
  readonly limit: number;

  constructor(limit: number) {
    super(`The request body is larger than ${limit} bytes.`);
    this.limit = limit;
    this.name = 'BodyTooLarge';
  }
}

/** A body that did not arrive in time; the answer is 408. */
export class BodyTooSlow extends Error {
  constructor() {
    super('The request body did not arrive in time.');
    this.name = 'BodyTooSlow';
  }
}

/**
 * Reads a request's raw bytes.
 * @param limit bytes; the rest of a larger body is discarded unread
 * @param withinMs how long the whole body may take; without it the server's own request time-out is the only limit
 * @throws BodyTooLarge past the limit, BodyTooSlow after the time, or the stream's error when the peer goes away
 */
export function readBody(request: IncomingMessage, limit: number, withinMs?: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    if (Number(request.headers['content-length'] ?? 0) > limit) {
      request.resume();
      reject(new BodyTooLarge(limit));
      return;
    }
    const chunks: Buffer[] = [];
    let size = 0;
    const giveUp = (error: Error): void => {
      clearTimeout(timer);
      request.removeAllListeners('data');
      request.resume();
      reject(error);
    };
    const timer = withinMs === undefined ? undefined : setTimeout(() => giveUp(new BodyTooSlow()), withinMs);
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) giveUp(new BodyTooLarge(limit));
      else chunks.push(chunk);
    });
    request.on('end', () => {
      clearTimeout(timer);
      resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks));
    });
    request.on('error', giveUp);
    request.on('aborted', () => giveUp(new Error('The request was cut off.')));
  });
}

/** Ends a response with a body of known type; never cached, because everything here is personal or of the moment. */
export function send(
  response: ServerResponse,
  status: number,
  contentType: string,
  body: string | Buffer,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, {
    'content-type': contentType,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...headers,
  });
  response.end(body);
}

export function sendJson(response: ServerResponse, status: number, value: unknown, headers: Record<string, string> = {}): void {
  send(response, status, 'application/json; charset=utf-8', JSON.stringify(value), headers);
}
