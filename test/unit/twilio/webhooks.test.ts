import { createHash } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { expect } from 'chai';
import type { Center } from '../../../lib/center/center.ts';
import { CenterError } from '../../../lib/domain/errors.ts';
import { LIMIT_TEXT } from '../../../lib/domain/session-window.ts';
import type { Account } from '../../../lib/twilio/account.ts';
import { expectedSignature } from '../../../lib/twilio/incoming/signature.ts';
import { createWebhooks, type WebhookKind } from '../../../lib/twilio/webhooks.ts';
import {
  call,
  CUSTOMER,
  inboundForm,
  SENDER,
  serve,
  sidOf,
  temporaryCenter,
  testAccount,
  TOKEN,
  type Answer,
  type TestServer,
} from './fixture.ts';

const FORM = 'application/x-www-form-urlencoded';

/** A center that only keeps what it is asked to do, for faults that a real store does not have on request. */
function recordingCenter(run: (name: string, args: unknown) => Promise<unknown>): Center {
  const arrive = (args: unknown) => run('receive', args);
  return { now: () => Date.UTC(2030, 0, 15), run, arrive } as unknown as Center;
}

describe('the webhooks of an account', () => {
  let account: Account | undefined;
  let center: () => Promise<Center>;
  let server: TestServer;
  let warnings: string[];
  let stored: WebhookKind[];
  let refused: string[];
  let troubles: unknown[];
  let received: { name: string; args: Record<string, unknown> }[];

  beforeEach(async () => {
    account = testAccount();
    [warnings, stored, refused, troubles, received] = [[], [], [], [], []];
    const recording = recordingCenter((name, args) => {
      received.push({ name, args: args as Record<string, unknown> });
      return Promise.resolve({});
    });
    center = () => Promise.resolve(recording);
    const handler = createWebhooks({
      account: () => account,
      center: () => center(),
      log: { warn: (text) => warnings.push(text) },
      onWebhook: (kind) => stored.push(kind),
      onRefused: (url) => refused.push(url),
      onTrouble: (error) => troubles.push(error),
      bodyTimeoutMs: 50,
    });
    server = await serve((request, response) => {
      const path = new URL(request.url ?? '/', 'http://127.0.0.1').pathname;
      handler(request, response, path.slice('/whatsapp'.length));
    });
  });

  afterEach(() => server.close());

  /** Signed as Twilio signs it: for the public address, not for the one the test calls. */
  function post(
    route: string,
    form: Record<string, string>,
    changes: { token?: string; url?: string; headers?: Record<string, string> } = {},
  ) {
    const url = changes.url ?? `https://hooks.example.com/whatsapp${route}`;
    const signature = expectedSignature(url, Object.entries(form), changes.token ?? TOKEN);
    const headers = { 'content-type': FORM, 'x-twilio-signature': signature, ...changes.headers };
    return call(`${server.url}/whatsapp${route}`, { headers, body: new URLSearchParams(form).toString() });
  }

  function expectSilence(answer: Answer): void {
    expect(answer.status).to.equal(200);
    expect(answer.headers['content-type']).to.equal('text/xml');
    expect(answer.text).to.equal('<Response/>');
  }

  it('stores a customer’s message and stays silent', async () => {
    expectSilence(await post('/inbound', inboundForm(sidOf(1))));
    expect(received).to.have.length(1);
    expect(received[0]).to.deep.include({ name: 'receive' });
    expect(received[0]!.args).to.deep.include({ accountId: 'account-1', routed: true });
    expect(received[0]!.args.message).to.include({
      id: sidOf(1),
      text: 'Hello, is anybody there?',
      timestamp: '2030-01-15T00:00:00.000Z',
    });
    expect(stored).to.deep.equal(['inbound']);
  });

  it('signs what Twilio was told to call: query as received, a trailing slash, and never a header of the request', async () => {
    expectSilence(await post('/inbound?flow=a%20b&tab=1', inboundForm(sidOf(1))));
    expectSilence(await post('/inbound/', inboundForm(sidOf(2))));
    const headers = { host: 'evil.example', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'http' };
    expectSilence(await post('/inbound', inboundForm(sidOf(3)), { headers }));
    const spoofed = await post('/inbound', inboundForm(sidOf(4)), { url: 'http://evil.example/whatsapp/inbound', headers });
    expect(spoofed.status).to.equal(403);
  });

  it('does not answer before the center has committed', async () => {
    let commit!: (value: unknown) => void;
    const asked = new Promise<void>((resolve) => {
      center = () => Promise.resolve(recordingCenter(() => (resolve(), new Promise((done) => (commit = done)))));
    });
    let answered = false;
    const answer = post('/inbound', inboundForm(sidOf(1))).then((value) => ((answered = true), value));
    await asked;
    await call(`${server.url}/whatsapp/elsewhere`);
    expect(answered).to.equal(false);
    commit({});
    expectSilence(await answer);
  });

  it('takes statuses on either address, with our own id from the query', async () => {
    const status = { MessageSid: sidOf(5), MessageStatus: 'delivered', From: SENDER, To: CUSTOMER };
    expectSilence(await post('/status?id=message-7', status));
    expectSilence(await post('/inbound', status));
    expectSilence(await post('/status', inboundForm(sidOf(6))));
    expect(received.map(({ name }) => name)).to.deep.equal(['receiveStatus', 'receiveStatus', 'receive']);
    const common = { accountId: 'account-1', sid: sidOf(5), status: 'delivered', errorCode: null, errorMessage: null };
    expect(received[0]!.args).to.deep.equal({ ...common, messageId: 'message-7' });
    expect(received[1]!.args).to.deep.equal({ ...common, messageId: null });
    expect(stored).to.deep.equal(['status', 'status', 'inbound']);
  });

  it('says failures in plain words, and passes on Twilio’s only for a number we do not know', async () => {
    const failed = { MessageSid: sidOf(7), MessageStatus: 'failed', ErrorMessage: 'To +15551234567 failed' };
    await post('/status', { ...failed, ErrorCode: '63016' });
    await post('/status', { ...failed, ErrorCode: '63003' });
    await post('/status', { ...failed, ErrorCode: '69999' });
    expect(received.map(({ args }) => args.errorCode)).to.deep.equal([63016, 63003, 69999]);
    expect(received[0]!.args.errorMessage).to.equal(LIMIT_TEXT);
    expect(received[1]!.args.errorMessage).to.match(/not on WhatsApp/);
    expect(received[2]!.args.errorMessage).to.equal('To +15551234567 failed');
  });

  it('keeps a message for somebody else, or over another channel, as unrouted', async () => {
    const to = async (form: Record<string, string>) => {
      expectSilence(await post('/inbound', form));
      return received.at(-1)!.args.routed;
    };
    expect(await to(inboundForm(sidOf(1), { To: 'whatsapp:+15559999999' }))).to.equal(false);
    expect(await to(inboundForm(sidOf(2), { From: '+15551234567', To: '+15550000001' }))).to.equal(false);
    account = testAccount({ messagingServiceSid: 'MG1' });
    expect(await to(inboundForm(sidOf(3), { To: 'whatsapp:+15559999999', MessagingServiceSid: 'MG-unknown' }))).to.equal(true);
    account = testAccount({ sender: '', messagingServiceSid: 'MG1' });
    expect(await to(inboundForm(sidOf(4), { To: 'whatsapp:+15559999999' }))).to.equal(true);
  });

  it('fills in the recipient that a Messaging Service left out', async () => {
    account = testAccount({ messagingServiceSid: 'MG1' });
    const form = inboundForm(sidOf(1), { MessagingServiceSid: 'MG1' });
    delete form.To;
    expectSilence(await post('/inbound', form));
    expect(received[0]!.args).to.deep.include({ routed: true });
    expect(received[0]!.args.message).to.include({ to: SENDER });
  });

  it('refuses a missing or wrong signature, and logs the checked address but no secret', async () => {
    account = testAccount({ publicUrl: 'https://hook:s3cret@hooks.example.com' });
    const form = inboundForm(sidOf(1));
    expect((await post('/inbound?a=b', form)).status).to.equal(403);
    const missing = await call(`${server.url}/whatsapp/inbound`, {
      headers: { 'content-type': FORM },
      body: new URLSearchParams(form).toString(),
    });
    expect(missing.status).to.equal(403);
    expect(refused).to.deep.equal([
      'https://hook:***@hooks.example.com/whatsapp/inbound?a=b',
      'https://hook:***@hooks.example.com/whatsapp/inbound',
    ]);
    // The second one is counted, not told.
    expect(warnings).to.have.length(1);
    expect(warnings[0]).to.contain('https://hook:***@hooks.example.com/whatsapp/inbound?a=b');
    expect(warnings.join()).to.not.contain('s3cret').and.not.contain(TOKEN);
    expect(received).to.deep.equal([]);
    expectSilence(await post('/inbound', form, { url: 'https://hook:s3cret@hooks.example.com/whatsapp/inbound' }));
  });

  it('takes either token during a rotation', async () => {
    account = testAccount({ authTokens: [TOKEN, 'second-token'] });
    expectSilence(await post('/inbound', inboundForm(sidOf(1)), { token: 'second-token' }));
    expect((await post('/inbound', inboundForm(sidOf(2)), { token: 'third-token' })).status).to.equal(403);
  });

  it('answers 400 to a signed request that is no message', async () => {
    expect((await post('/inbound', {})).status).to.equal(400);
    expect((await post('/status', {})).status).to.equal(400);
    expect((await post('/inbound', { From: CUSTOMER, To: SENDER, Body: 'no SID' })).status).to.equal(400);
    const body = '{"MessageSid":"SM1"}';
    const hash = createHash('sha256').update(body).digest('hex');
    const signature = expectedSignature(`https://hooks.example.com/whatsapp/inbound?bodySHA256=${hash}`, [], TOKEN);
    const headers = { 'content-type': 'application/json', 'x-twilio-signature': signature };
    expect((await call(`${server.url}/whatsapp/inbound?bodySHA256=${hash}`, { headers, body })).status).to.equal(400);
    expect(troubles).to.deep.equal([]);
  });

  it('answers 413 past 64 KB, told in advance or not, and 200 up to there', async () => {
    const form = inboundForm(sidOf(1));
    const room = 64 * 1024 - new URLSearchParams(form).toString().length;
    expectSilence(await post('/inbound', { ...form, Body: `${form.Body}${'x'.repeat(room)}` }));
    expect((await post('/inbound', { ...form, Body: `${form.Body}${'x'.repeat(room + 1)}` })).status).to.equal(413);
    const headers = { 'content-type': FORM, 'x-twilio-signature': 'x', 'transfer-encoding': 'chunked' };
    const chunked = await call(`${server.url}/whatsapp/inbound`, { headers, body: Buffer.alloc(64 * 1024 + 1, 'x') });
    expect(chunked.status).to.equal(413);
  });

  it('answers 503 without a token or an account, whatever the signature', async () => {
    account = testAccount({ authTokens: [] });
    expect((await post('/inbound', inboundForm(sidOf(1)))).status).to.equal(503);
    account = testAccount({ authTokens: [''] });
    expect((await post('/inbound', inboundForm(sidOf(1)), { token: '' })).status).to.equal(503);
    account = undefined;
    expect((await post('/inbound', inboundForm(sidOf(1)))).status).to.equal(503);
    expect(received).to.deep.equal([]);
  });

  it('answers 503 when the store fails or is not there, says so, and recovers', async () => {
    const working = center;
    const failure = new CenterError('STORE_UNAVAILABLE', 'The store cannot be written: disk full.');
    center = () => Promise.resolve(recordingCenter(() => Promise.reject(failure)));
    const answer = await post('/inbound', inboundForm(sidOf(1)));
    expect(answer.status).to.equal(503);
    expect(answer.headers['retry-after']).to.equal('5');
    center = () => Promise.reject(failure);
    expect((await post('/inbound', inboundForm(sidOf(1)))).status).to.equal(503);
    expect(troubles).to.deep.equal([failure, failure]);
    expect(warnings[0]).to.contain('disk full');
    expect(warnings.join()).to.not.contain('Hello').and.not.contain('+1555');
    center = working;
    expectSilence(await post('/inbound', inboundForm(sidOf(1))));
  });

  it('answers 503 to more than 256 that wait for the store', async () => {
    let waiting = 0;
    let allWait!: () => void;
    let finish!: (value: unknown) => void;
    const full = new Promise<void>((resolve) => (allWait = resolve));
    const finished = new Promise((resolve) => (finish = resolve));
    center = () => Promise.resolve(recordingCenter(() => (++waiting === 256 && allWait(), finished)));
    const answers = Array.from({ length: 256 }, (_, i) => post('/inbound', inboundForm(sidOf(i))));
    await full;
    expect((await post('/inbound', inboundForm(sidOf(999)))).status).to.equal(503);
    finish({});
    for (const answer of await Promise.all(answers)) expectSilence(answer);
    expectSilence(await post('/inbound', inboundForm(sidOf(999))));
  });

  it('answers 405 to other methods and 404 to other addresses', async () => {
    const get = await call(`${server.url}/whatsapp/inbound`, { method: 'GET' });
    expect(get.status).to.equal(405);
    expect(get.headers.allow).to.equal('POST');
    expect((await call(`${server.url}/whatsapp/other`)).status).to.equal(404);
  });

  it('does not wait for ever for a body that does not come, and ends the connection', async () => {
    const headers = `POST /whatsapp/inbound HTTP/1.1\r\nhost: x\r\ncontent-type: ${FORM}\r\nx-twilio-signature: x\r\ncontent-length: 100\r\n\r\n`;
    const socket = await open(server.port, `${headers}From=`);
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    await once(socket, 'close');
    expect(Buffer.concat(chunks).toString()).to.match(/^HTTP\/1\.1 408 /);
    expect(troubles).to.deep.equal([]);
  });

  it('takes a caller that goes away in the middle for nothing of its own', async () => {
    const headers = `POST /whatsapp/inbound HTTP/1.1\r\nhost: x\r\ncontent-type: ${FORM}\r\nx-twilio-signature: x\r\ncontent-length: 100\r\n\r\n`;
    const socket = await open(server.port, `${headers}From=`);
    socket.destroy();
    expectSilence(await post('/inbound', inboundForm(sidOf(1))));
    expect([troubles, warnings]).to.deep.equal([[], []]);
  });
});

function open(port: number, text: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text, () => resolve(socket)));
    socket.once('error', reject);
  });
}

describe('webhooks and the real store', () => {
  it('keep one message for fifty equal webhooks, every parameter of it', async () => {
    const { center, dispose } = await temporaryCenter();
    const handler = createWebhooks({
      account: () => testAccount(),
      center: () => Promise.resolve(center),
      log: { warn: () => undefined },
    });
    const server = await serve((request, response) => handler(request, response, '/inbound'));
    try {
      const form = inboundForm(sidOf(1), { ['__proto__']: 'x', 'a[b]': '1' });
      const headers = {
        'content-type': FORM,
        'x-twilio-signature': expectedSignature('https://hooks.example.com/whatsapp/inbound', Object.entries(form), TOKEN),
      };
      const body = new URLSearchParams(form).toString();
      const answers = await Promise.all(Array.from({ length: 50 }, () => call(server.url, { headers, body })));
      expect(new Set(answers.map(({ status }) => status))).to.deep.equal(new Set([200]));
      const handed = await center.run('takeInbound', { accountIds: ['account-1'], instance: center.instance, limit: 64 });
      expect(handed).to.have.length(1);
      expect(handed[0]!.message.text).to.equal(form.Body);
      expect(Object.entries(handed[0]!.message.params!)).to.deep.equal(Object.entries(form));
    } finally {
      await server.close();
      await dispose();
    }
  });
});
