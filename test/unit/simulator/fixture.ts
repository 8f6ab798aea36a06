import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import twilio from 'twilio';
import type { RequestOptions as ClientRequestOptions } from 'twilio/lib/base/RequestClient.js';
import { readBody } from '../../../lib/http/mounted.ts';
import type { PhoneMessage, PhoneState, PhoneThread, PhoneUpdate } from '../../../lib/simulator/phone-contract.ts';
import { createSimulator } from '../../../lib/simulator/simulator.ts';
import type { Simulator, SimulatorOptions } from '../../../lib/simulator/simulator.ts';
import type { Account } from '../../../lib/twilio/account.ts';

export const ACCOUNT_SID = `AC${'24'.repeat(16)}`;
export const AUTH_TOKEN = 'a-token-for-tests';
export const SENDER = 'whatsapp:+15550100100';
export const SERVICE = `MG${'24'.repeat(16)}`;
export const START = Date.parse('2026-11-23T09:00:00Z');

export interface Received {
  path: string;
  form: Record<string, string>;
  headers: IncomingMessage['headers'];
  /** As Twilio's own check sees it. */
  signatureValid: boolean;
}

/** A simulator behind a real HTTP server, which also plays the account's webhooks and keeps what arrives there. */
export class Fixture {
  readonly received: Received[] = [];
  readonly warnings: string[] = [];
  account!: Account;
  base = '';
  clock = START;
  offset = 0;
  mayUse = true;
  /** The next answers of the webhooks; 200 when there is none left. */
  answers: number[] = [];
  simulator!: Simulator;
  #server!: Server;
  #watchers: (() => void)[] = [];

  async start(change: Partial<Account> = {}, options: Partial<SimulatorOptions> = {}): Promise<this> {
    this.#server = createServer((request, response) => this.#answer(request, response));
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.base = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    this.account = {
      id: 'account-1',
      name: 'Test shop',
      mode: 'simulator',
      accountSid: ACCOUNT_SID,
      sender: SENDER,
      messagingServiceSid: '',
      publicUrl: this.base,
      path: '/whatsapp',
      edge: '',
      region: '',
      apiBaseUrl: '',
      authTokens: [AUTH_TOKEN],
      apiKey: null,
      ...change,
    };
    this.startSimulator(options);
    return this;
  }

  startSimulator(options: Partial<SimulatorOptions> = {}): void {
    this.simulator = createSimulator({
      account: this.account,
      webhookBase: () => this.webhookBase,
      now: () => this.clock + this.offset,
      skipClock: async (byMs) => (this.offset += byMs),
      clockOffset: () => this.offset,
      mayUse: () => this.mayUse,
      pageRoot: 'test/unit/simulator/no-such-folder',
      log: { warn: (text) => void this.warnings.push(text) },
      pace: { stepMs: 0, webhookDelayMs: 40, apiTimeoutMs: 600, resumeMs: 0 },
      ...options,
    });
  }

  get webhookBase(): string {
    return `${this.base}/whatsapp`;
  }

  get apiBase(): string {
    return `${this.webhookBase}/simulator`;
  }

  async stop(): Promise<void> {
    await this.simulator.close();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** The `twilio` package, led to the simulator. */
  client(timeout = 5000): twilio.Twilio {
    const apiBase = this.apiBase;
    class Redirected extends twilio.RequestClient {
      override request<Data>(
        options: ClientRequestOptions<Data>,
      ): ReturnType<typeof twilio.RequestClient.prototype.request<Data>> {
        return super.request({ ...options, uri: options.uri.replace(/^https:\/\/[a-z.]+\.twilio\.com/, apiBase) });
      }
    }
    return twilio(ACCOUNT_SID, this.account.authTokens[0]!, { httpClient: new Redirected({ timeout }), autoRetry: false });
  }

  /** One call of the phone's API. */
  async phone(name: string, fields: unknown, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(`${this.apiBase}/api/${name}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(fields),
    });
  }

  async state(): Promise<PhoneState> {
    return (await (await fetch(`${this.apiBase}/api/state`)).json()) as PhoneState;
  }

  async thread(address: string): Promise<PhoneThread> {
    return (await this.state()).customers.find((customer) => customer.address === address)!;
  }

  /** A customer writes, and the webhook has taken it. */
  async customerWrites(address: string, text = 'Hello'): Promise<void> {
    const before = this.inbound().length;
    await this.phone('send', { address, kind: 'text', text });
    await this.until(() => this.inbound().length > before);
  }

  inbound(): Received[] {
    return this.received.filter((request) => request.path.endsWith('/inbound'));
  }

  /** The statuses of the callbacks, as they came. */
  statuses(sid?: string): string[] {
    const callbacks = this.received.filter((request) => request.path.startsWith('/whatsapp/status'));
    return callbacks.filter(({ form }) => sid === undefined || form.MessageSid === sid).map(({ form }) => form.MessageStatus!);
  }

  /** Resolves when the condition holds, looked at whenever a webhook arrived. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.#watchers.push(resolve));
  }

  /** Resolves with the phone's message that passes the test, as the live connection tells it. */
  async untilOnPhone(address: string, test: (message: PhoneMessage) => boolean): Promise<PhoneMessage> {
    for await (const update of this.updates()) {
      const messages =
        update.type === 'state'
          ? update.state.customers.filter((customer) => customer.address === address).flatMap((customer) => customer.messages)
          : update.type === 'message' && update.address === address
            ? [update.message]
            : [];
      const found = messages.find(test);
      if (found) return found;
    }
    throw new Error('The live connection ended.');
  }

  /** The live connection; it is closed when the loop over it is left. */
  async *updates(): AsyncGenerator<PhoneUpdate> {
    const response = await fetch(`${this.apiBase}/api/events`);
    let text = '';
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      const blocks = text.split('\n\n');
      text = blocks.pop()!;
      for (const block of blocks) if (block.startsWith('data: ')) yield JSON.parse(block.slice('data: '.length));
    }
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const path = request.url!.split('?')[0]!;
    const mount = '/whatsapp/simulator';
    if (path.startsWith(mount)) this.simulator.handler(request, response, decodeURIComponent(path.slice(mount.length)));
    else void this.#receive(request, response);
  }

  async #receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const form = Object.fromEntries(new URLSearchParams((await readBody(request, 65_536)).toString('utf8')));
    const signature = String(request.headers['x-twilio-signature']);
    const signatureValid = twilio.validateRequest(AUTH_TOKEN, signature, this.base + request.url!, form);
    this.received.push({ path: request.url!, form, headers: request.headers, signatureValid });
    const status = this.answers.shift() ?? 200;
    response.writeHead(status, { 'content-type': 'text/xml' }).end('<Response/>');
    for (const watcher of this.#watchers.splice(0)) watcher();
  }
}
