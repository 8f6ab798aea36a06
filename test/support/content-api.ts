import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Center } from '../../lib/center/center.ts';
import type { Account } from '../../lib/twilio/account.ts';
import { createChannel, type Channel, type ChannelAccount } from '../../lib/twilio/channel.ts';
import { createTemplates } from '../../lib/twilio/templates.ts';
import { createTyping } from '../../lib/twilio/typing.ts';

export const WELCOME = `HX${'0a'.repeat(16)}`;
export const REJECTED = `HX${'0b'.repeat(16)}`;
export const PENDING = `HX${'0c'.repeat(16)}`;
export const UNKNOWN = `HX${'0d'.repeat(16)}`;

const TEMPLATES = [
  { sid: WELCOME, name: 'welcome', body: 'Hello {{1}}', status: 'approved', reason: '' },
  { sid: REJECTED, name: 'shouting', body: 'HELLO {{1}}', status: 'rejected', reason: 'Too loud.' },
  { sid: PENDING, name: 'waiting', body: 'Hi {{1}}', status: 'pending', reason: '' },
];

/** The part of Twilio's API that the desk asks: an account's templates and the typing indicator. */
export class ContentApi {
  /** What was asked, as "GET /v1/ContentAndApprovals". */
  readonly calls: string[] = [];
  /** Anything but 200 is how Twilio answers everything. */
  status = 200;
  readonly #server = createServer((request, response) => {
    const [path = ''] = (request.url ?? '').split('?');
    this.calls.push(`${request.method} ${path}`);
    request.resume();
    response.writeHead(this.status, { 'content-type': 'application/json' });
    if (this.status !== 200) response.end(JSON.stringify({ code: 20003, message: 'Authenticate', status: this.status }));
    else if (request.method === 'POST') response.end(JSON.stringify({ success: true }));
    else response.end(JSON.stringify({ contents: TEMPLATES.map(contentOf), meta: { key: 'contents', next_page_url: null } }));
  });
  readonly #parts: { close(): void }[] = [];
  #now = 0;

  async open(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  /** A channel with accounts by these ids, all of which have the same templates. */
  channel(center: Center, ids: string[] = ['account']): Channel {
    const accounts = ids.map((id, index) => this.#account(id, index));
    return createChannel({ center, accounts: () => Promise.resolve(accounts) });
  }

  /** Lets what was read grow old. */
  later(ms: number): void {
    this.#now += ms;
  }

  async close(): Promise<void> {
    for (const part of this.#parts) part.close();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #account(id: string, index: number): ChannelAccount {
    const account: Account = {
      id,
      name: `Account ${id}`,
      mode: 'twilio',
      accountSid: 'AC00000000000000000000000000000001',
      sender: `whatsapp:+1555010999${9 - index}`,
      messagingServiceSid: '',
      publicUrl: 'https://hooks.example.com',
      path: '/whatsapp',
      edge: '',
      region: '',
      apiBaseUrl: `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`,
      authTokens: ['0123456789abcdef0123456789abcdef'],
      apiKey: null,
    };
    const now = (): number => this.#now;
    const part = { account, templates: createTemplates(account, { now }), typing: createTyping(account, { now }) };
    this.#parts.push(part.templates, part.typing);
    return part;
  }
}

function contentOf({ sid, name, body, status, reason }: (typeof TEMPLATES)[number]) {
  return {
    sid,
    friendly_name: name,
    language: 'en',
    variables: { 1: 'Ada' },
    types: { 'twilio/text': { body } },
    approval_requests: { name, category: 'UTILITY', content_type: 'twilio/text', status, rejection_reason: reason },
  };
}
