import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, request as httpRequest, type IncomingHttpHeaders, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDesk, type Desk, type DeskOptions } from '../../desk/api/desk.ts';
import { hashPassword } from '../../desk/api/people/password.ts';
import type { Center } from '../../lib/center/center.ts';
import type { Clock } from '../../lib/center/clock.ts';
import type { AgentView, Role } from '../../lib/center/views.ts';
import { openCenter } from '../../lib/center/open-center.ts';
import type { WhatsAppMessage } from '../../lib/domain/message.ts';
import type { Channel } from '../../lib/twilio/channel.ts';
import { queueUp } from './work.ts';

export const PASSWORD = 'correct horse battery';
export const SUPERVISOR = { username: 'sam', password: PASSWORD };

/** A clock that stands until it is moved. */
export class HandClock implements Clock {
  #now: number;
  readonly #readers: (() => void)[] = [];

  constructor(now = Date.UTC(2026, 0, 5, 9)) {
    this.#now = now;
  }

  now(): number {
    for (const resolve of this.#readers.splice(0)) resolve();
    return this.#now;
  }

  /** Resolves when somebody has looked at the clock again. */
  read(): Promise<void> {
    return new Promise((resolve) => this.#readers.push(resolve));
  }

  advance(ms: number): void {
    this.#now += ms;
  }
}

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  /** The body as JSON, undefined when there is none. */
  // Tests look into answers of every shape; each assertion narrows for itself.
  json: Record<string, never> & { error?: { code: string; message: string; details?: Record<string, unknown> } };
}

export interface Ask {
  method?: string;
  body?: unknown;
  /** Sent as it is, instead of `body`. */
  raw?: string | Buffer;
  headers?: Record<string, string | undefined>;
}

/** A desk over a real center on a file of its own, served over real HTTP on the loopback. */
export class DeskServer {
  readonly center: Center;
  readonly desk: Desk;
  readonly port: number;
  /** The machine's clock, as far as the desk's sessions see it. */
  readonly clock: HandClock;
  readonly log: string[];
  readonly #server: Server;
  readonly #folder: string;
  readonly #sockets = new Set<Socket>();

  private constructor(parts: { center: Center; desk: Desk; server: Server; folder: string; clock: HandClock; log: string[] }) {
    this.center = parts.center;
    this.desk = parts.desk;
    this.clock = parts.clock;
    this.log = parts.log;
    this.#server = parts.server;
    this.#folder = parts.folder;
    parts.server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    this.port = (parts.server.address() as AddressInfo).port;
  }

  /** @param channelOf makes what Twilio is asked through, of the center that the desk works with */
  static async start(options: Partial<DeskOptions> = {}, channelOf?: (center: Center) => Channel): Promise<DeskServer> {
    const folder = await mkdtemp(join(tmpdir(), 'desk-'));
    const center = options.center ?? (await openCenter({ file: join(folder, 'center.db') }));
    const clock = new HandClock();
    const log: string[] = [];
    const note = (text: string) => void log.push(text);
    const desk = createDesk({
      center,
      ...(channelOf === undefined ? {} : { channel: channelOf(center) }),
      basePath: '/desk',
      publicUrl: '',
      allowHttp: false,
      supervisor: SUPERVISOR,
      webRoot: join(folder, 'web'),
      log: { info: note, warn: note },
      clock,
      graceMs: 50,
      ...options,
    });
    const server = createServer((request, response) => {
      const path = decodeURIComponent((request.url ?? '/').split('?')[0]!);
      desk.handler(request, response, path.startsWith('/desk') ? path.slice(5) || '/' : path);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new DeskServer({ center, desk, server, folder, clock, log });
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get webRoot(): string {
    return join(this.#folder, 'web');
  }

  /** A browser that has not signed in. */
  browser(): Browser {
    return new Browser(this);
  }

  /** Adds somebody to the team, past the API and with a cheap hash, so that a test need not wait for scrypt. */
  async addAgent(username: string, role: Role = 'agent'): Promise<AgentView> {
    await this.browser().get('/api/session');
    const supervisor = (await this.center.query('team', {})).find((agent) => agent.role === 'supervisor');
    const passwordHash = await hashPassword(PASSWORD, { N: 16, r: 1, p: 1 });
    return this.center.run('addAgent', {
      actorId: supervisor?.id ?? null,
      agent: { username, name: `Agent ${username}`, role, passwordHash },
    });
  }

  async signedIn(username: string): Promise<Browser> {
    const browser = this.browser();
    const answer = await browser.signIn(username, PASSWORD);
    if (answer.status !== 200) throw new Error(`${username} could not sign in: ${answer.text}`);
    return browser;
  }

  /** A queue that a node serves; returns its id. */
  async queue(name = 'Support'): Promise<string> {
    return (await this.center.run('serveQueue', { name, nodeId: `notify-${name}`, offerSeconds: 120 })).queueId;
  }

  /** A customer writes, and the flow hands the conversation to a queue; returns the conversation's id. */
  async queued(from = '+15550100001', text = 'Hello', queue = 'Support'): Promise<string> {
    const { conversationId } = await this.center.run('receive', {
      accountId: 'account',
      routed: true,
      message: inbound(from, text, this.center.now()),
    });
    await queueUp(this.center, await this.queue(queue), conversationId!);
    return conversationId!;
  }

  /** Resolves when the server's side of the connection from this local port is gone. */
  connectionClosed(fromPort: number): Promise<void> {
    const socket = [...this.#sockets].find((candidate) => candidate.remotePort === fromPort);
    return socket === undefined ? Promise.resolve() : new Promise((resolve) => socket.once('close', () => resolve()));
  }

  async stop(): Promise<void> {
    await this.desk.close();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    await this.center.close();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

export function inbound(from: string, text: string, at: number): WhatsAppMessage {
  const sid = `SM${randomUUID().replaceAll('-', '')}`;
  return {
    id: sid,
    sid,
    direction: 'inbound',
    type: 'text',
    text,
    from: `whatsapp:${from}`,
    to: 'whatsapp:+15550109999',
    waId: from.slice(1),
    author: { kind: 'customer' },
    status: 'received',
    timestamp: new Date(at).toISOString(),
    params: { From: `whatsapp:${from}`, Body: text },
  };
}

/** One browser: keeps its cookies and sends what the page sends. */
export class Browser {
  readonly #server: DeskServer;
  readonly cookies = new Map<string, string>();

  constructor(server: DeskServer) {
    this.#server = server;
  }

  get(path: string, headers: Ask['headers'] = {}): Promise<Answer> {
    return this.ask(path, { method: 'GET', headers });
  }

  post(path: string, body: unknown = {}, headers: Ask['headers'] = {}): Promise<Answer> {
    return this.ask(path, { method: 'POST', body, headers });
  }

  signIn(username: string, password: string): Promise<Answer> {
    return this.post('/api/session', { username, password });
  }

  /** One request as the desk's page would send it; a header set to undefined is left out. */
  async ask(path: string, { method = 'GET', body, raw, headers = {} }: Ask): Promise<Answer> {
    const payload = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    const response = await this.open(path, method, { ...(payload === undefined ? {} : JSON_TYPE), ...headers }, payload);
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const isJson = response.headers['content-type']?.startsWith('application/json') === true;
    return {
      status: response.statusCode!,
      headers: response.headers,
      text,
      json: isJson ? (JSON.parse(text) as Answer['json']) : ({} as Answer['json']),
    };
  }

  /** The response as soon as its head is there, for streams. */
  open(
    path: string,
    method: string,
    headers: Record<string, string | undefined>,
    payload?: string | Buffer,
  ): Promise<IncomingMessage> {
    const all: Record<string, string | undefined> = {
      'x-twentyfour-desk': '1',
      ...(method === 'GET' ? {} : { origin: this.#server.origin }),
      ...(payload === undefined ? {} : { 'content-length': String(Buffer.byteLength(payload)) }),
      ...(this.cookies.size === 0 ? {} : { cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ') }),
      ...headers,
    };
    const sent = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
    return new Promise((resolve, reject) => {
      const request = httpRequest(
        { host: '127.0.0.1', port: this.#server.port, path: `/desk${path}`, method, headers: sent, agent: false },
        (response) => {
          this.#keepCookies(response.headers['set-cookie'] ?? []);
          resolve(response);
        },
      );
      request.on('error', reject);
      request.end(payload);
    });
  }

  #keepCookies(lines: string[]): void {
    for (const line of lines) {
      const [name = '', value = ''] = line.split(';')[0]!.split('=');
      if (value === '') this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
  }
}

const JSON_TYPE = { 'content-type': 'application/json' };
