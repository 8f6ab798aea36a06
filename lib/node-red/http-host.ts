import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CenterError } from '../domain/errors.ts';
import { send } from '../http/mounted.ts';
import type { MountedHandler } from '../http/mounted.ts';

/** How long a webhook waits for the flows' first start, in milliseconds. Twilio itself gives up after 15 s. */
const FIRST_START_WAIT_MS = 10_000;

export type Next = (error?: unknown) => void;

/** A port of its own that a host listens on. */
export interface Listening {
  host: string;
  port: number;
  /** Lets the process end although this port is open. */
  unref(): void;
  close(): Promise<void>;
}

/**
 * The one HTTP handler behind everything this package serves: webhooks, simulator and desk. It knows paths and
 * nothing of Express, so the same object works at the head of Node-RED's root app, on a port of its own and in a
 * test's plain server. Mounts belong to the registry, not to nodes, which is why they outlive a deploy.
 */
export class HttpHost {
  readonly #mounts = new Map<string, MountedHandler>();
  /** What answers on a path while nobody serves it. */
  readonly #holds = new Map<string, Set<MountedHandler>>();
  readonly #waiting = new Set<() => void>();
  readonly #onFreed = new Set<() => void>();
  readonly #basePath: () => string;
  readonly #waitMs: number;
  #started = false;

  /**
   * @param basePath the path under which this host is reached, read at each request because an embedding program
   *   may mount Node-RED after the nodes were loaded
   */
  constructor(options: { basePath?: () => string; firstStartWaitMs?: number } = {}) {
    this.#basePath = options.basePath ?? (() => '');
    this.#waitMs = options.firstStartWaitMs ?? FIRST_START_WAIT_MS;
  }

  /** Where this host is reached on its server, without a slash at the end. */
  get basePath(): string {
    return this.#basePath().replace(/\/+$/, '');
  }

  /**
   * Serves a path and everything below it; the longest mount wins.
   * @returns the way out, which takes away this handler only
   * @throws CenterError `PATH_TAKEN`
   */
  mount(path: string, handler: MountedHandler): () => void {
    const key = path.replace(/\/+$/, '');
    if (this.#mounts.has(key)) throw new CenterError('PATH_TAKEN', `The path ${path} is in use already.`, { details: { path } });
    this.#mounts.set(key, handler);
    this.#wakeWaiting();
    return () => {
      if (this.#mounts.get(key) !== handler) return;
      this.#mounts.delete(key);
      for (const listener of [...this.#onFreed]) listener();
    };
  }

  /**
   * Answers on a path until somebody serves it, and takes it from nobody: a mount on the same path comes first.
   * @returns the way out
   */
  hold(path: string, handler: MountedHandler): () => void {
    const key = path.replace(/\/+$/, '');
    const holds = this.#holds.get(key) ?? new Set();
    this.#holds.set(key, holds.add(handler));
    return () => {
      holds.delete(handler);
      if (holds.size === 0 && this.#holds.get(key) === holds) this.#holds.delete(key);
    };
  }

  /** Told whenever a path has become free. Returns the way out. */
  onFreed(listener: () => void): () => void {
    this.#onFreed.add(listener);
    return () => void this.#onFreed.delete(listener);
  }

  isMounted(path: string): boolean {
    return this.#mounts.has(path.replace(/\/+$/, ''));
  }

  /** The flows have started: from now on a path without a mount is simply not ours. */
  flowsStarted(): void {
    this.#started = true;
    this.#wakeWaiting();
  }

  /** Answers a request that is ours and hands any other one to `next` (404 where there is none). */
  handle(request: IncomingMessage, response: ServerResponse, next?: Next): void {
    const path = this.#ownPath(request);
    if (path === null) return passOn(response, next);
    if (this.#serve(path, request, response)) return;
    if (this.#started || !isWebhook(request)) return passOn(response, next);
    this.#waitForStart(path, request, response, next);
  }

  /**
   * Listens on a port of its own.
   * @param port 0 for any free one
   * @throws the server's error when the port cannot be had
   */
  listen(port: number, host: string): Promise<Listening> {
    const server = createServer((request, response) => this.handle(request, response));
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen({ port, host }, () => {
        server.off('error', reject);
        const address = server.address() as AddressInfo;
        resolve({ host: address.address, port: address.port, unref: () => server.unref(), close: () => closeServer(server) });
      });
    });
  }

  #serve(path: string, request: IncomingMessage, response: ServerResponse): boolean {
    const mount = longestOf(this.#mounts, path);
    // Twilio's webhooks wait for the start instead.
    const held = isWebhook(request) ? null : longestOf(this.#holds, path);
    if (held !== null && (mount === null || held.length > mount.length)) {
      const [holder] = this.#holds.get(held)!;
      holder!(request, response, path.slice(held.length) || '/');
      return true;
    }
    if (mount === null) return false;
    const rest = path.slice(mount.length);
    if (rest === '' && (request.method === 'GET' || request.method === 'HEAD')) {
      redirectToFolder(mount, request, response);
      return true;
    }
    this.#mounts.get(mount)!(request, response, rest === '' ? '/' : rest);
    return true;
  }

  /** The decoded path behind our base, or null when the request is for somebody else. */
  #ownPath(request: IncomingMessage): string | null {
    const url = request.url ?? '/';
    const end = url.search(/[?#]/);
    const raw = end < 0 ? url : url.slice(0, end);
    const base = this.basePath;
    if (base !== '' && raw !== base && !raw.startsWith(`${base}/`)) return null;
    try {
      return decodeURIComponent(raw.slice(base.length));
    } catch {
      return null;
    }
  }

  #waitForStart(path: string, request: IncomingMessage, response: ServerResponse, next?: Next): void {
    const settle = (): void => {
      if (!this.#started && longestOf(this.#mounts, path) === null) return;
      stop();
      if (!this.#serve(path, request, response)) passOn(response, next);
    };
    const stop = (): void => {
      clearTimeout(timer);
      response.off('close', stop);
      this.#waiting.delete(settle);
    };
    const timer = setTimeout(() => {
      stop();
      send(response, 503, 'text/plain; charset=utf-8', 'Not started yet.', { 'retry-after': '5' });
    }, this.#waitMs);
    response.once('close', stop);
    this.#waiting.add(settle);
  }

  #wakeWaiting(): void {
    for (const settle of [...this.#waiting]) settle();
  }
}

function isWebhook(request: IncomingMessage): boolean {
  return request.headers['x-twilio-signature'] !== undefined;
}

/** The longest of some paths that is this path or above it; null when none is. */
function longestOf(paths: { has(path: string): boolean }, path: string): string | null {
  let candidate = path;
  for (;;) {
    if (paths.has(candidate)) return candidate;
    const slash = candidate.lastIndexOf('/');
    if (slash < 0) return null;
    candidate = candidate.slice(0, slash);
  }
}

/** A page's relative addresses only work below "path/"; a relative target survives proxies that change the path before it. */
function redirectToFolder(mount: string, request: IncomingMessage, response: ServerResponse): void {
  const url = request.url ?? '';
  const query = url.includes('?') ? url.slice(url.indexOf('?')) : '';
  const folder = mount === '' ? '' : `${encodeURIComponent(mount.slice(mount.lastIndexOf('/') + 1))}/`;
  send(response, 308, 'text/plain; charset=utf-8', '', { location: `./${folder}${query}` });
}

function passOn(response: ServerResponse, next?: Next): void {
  if (next !== undefined) next();
  else send(response, 404, 'text/plain; charset=utf-8', 'Not found.');
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
