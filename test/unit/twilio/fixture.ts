import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, request as httpRequest } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Center } from '../../../lib/center/center.ts';
import { openCenter } from '../../../lib/center/open-center.ts';
import type { Account } from '../../../lib/twilio/account.ts';

export const TOKEN = '0123456789abcdef0123456789abcdef';
export const SENDER = 'whatsapp:+15550000001';
export const CUSTOMER = 'whatsapp:+15551234567';

export function testAccount(overrides: Partial<Account> = {}): Account {
  return {
    id: 'account-1',
    name: 'Test',
    mode: 'twilio',
    accountSid: 'AC00000000000000000000000000000001',
    sender: SENDER,
    messagingServiceSid: '',
    publicUrl: 'https://hooks.example.com',
    path: '/whatsapp',
    edge: '',
    region: '',
    apiBaseUrl: '',
    authTokens: [TOKEN],
    apiKey: null,
    ...overrides,
  };
}

/** A customer's text as Twilio sends it, with 15 fields. */
export function inboundForm(sid: string, fields: Record<string, string> = {}): Record<string, string> {
  return {
    SmsMessageSid: sid,
    NumMedia: '0',
    ProfileName: 'Ada Example',
    MessageType: 'text',
    SmsSid: sid,
    WaId: CUSTOMER.slice('whatsapp:+'.length),
    SmsStatus: 'received',
    Body: 'Hello, is anybody there?',
    To: SENDER,
    NumSegments: '1',
    ReferralNumMedia: '0',
    MessageSid: sid,
    AccountSid: 'AC00000000000000000000000000000001',
    From: CUSTOMER,
    ApiVersion: '2010-04-01',
    ...fields,
  };
}

export function sidOf(number: number): string {
  return `SM${number.toString(16).padStart(32, '0')}`;
}

/** A clock that a test moves. */
export class TestClock {
  ms = Date.UTC(2030, 0, 15, 12);

  now(): number {
    return this.ms;
  }
}

/** A center on a file of its own, and the way to get rid of both. */
export async function temporaryCenter(
  clock = new TestClock(),
): Promise<{ center: Center; clock: TestClock; dispose(): Promise<void> }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'whatsapp-twilio-'));
  const center = await openCenter({ file: path.join(folder, 'center.db'), clock });
  return {
    center,
    clock,
    dispose: async () => {
      await center.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export interface TestServer {
  url: string;
  port: number;
  close(): Promise<void>;
}

/** @param port a free one unless it is given */
export function serve(listener: RequestListener, port = 0): Promise<TestServer> {
  const server = createServer(listener);
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address() as AddressInfo;
      resolve({
        url: `http://127.0.0.1:${address.port}`,
        port: address.port,
        close: () =>
          new Promise((done) => {
            server.close(() => done());
            server.closeAllConnections();
          }),
      });
    });
  });
}

export interface RecordedCall {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  form: Record<string, string | string[]>;
  /** The body as it came. */
  text: string;
}

/** A stand-in for Twilio's API that keeps what it was asked and answers as the test says. */
export async function serveApi(answer: (response: ServerResponse, call: RecordedCall, count: number) => void, port = 0) {
  const calls: RecordedCall[] = [];
  const server = await serve((request, response) => {
    void readText(request).then((text) => {
      const url = new URL(request.url ?? '/', 'http://127.0.0.1');
      const form: Record<string, string | string[]> = {};
      for (const name of new Set(new URLSearchParams(text).keys())) {
        const values = new URLSearchParams(text).getAll(name);
        form[name] = values.length === 1 ? values[0]! : values;
      }
      const call = {
        method: request.method ?? '',
        path: url.pathname,
        query: url.searchParams,
        headers: request.headers,
        form,
        text,
      };
      calls.push(call);
      answer(response, call, calls.length);
    });
  }, port);
  return { ...server, calls };
}

export function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

export async function readText(stream: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

/** One request, on a connection of its own. */
export function call(
  url: string,
  options: { method?: string; headers?: Record<string, string>; body?: string | Buffer } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      url,
      { method: options.method ?? 'POST', headers: options.headers ?? {}, agent: false },
      (response) => {
        readText(response).then((text) => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }), reject);
      },
    );
    request.on('error', reject);
    request.end(options.body);
  });
}
