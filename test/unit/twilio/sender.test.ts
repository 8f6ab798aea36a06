import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { ServerResponse } from 'node:http';
import { expect } from 'chai';
import type { OutboundRow } from '../../../lib/center/contract.ts';
import { isCenterError, type CenterError } from '../../../lib/domain/errors.ts';
import { LIMIT_TEXT } from '../../../lib/domain/session-window.ts';
import { mayRepeat } from '../../../lib/twilio/api/send-error.ts';
import { createSender, type SendRequest } from '../../../lib/twilio/sender.ts';
import { CUSTOMER, json, SENDER, serveApi, sidOf, testAccount, TOKEN, type RecordedCall } from './fixture.ts';

const SID = sidOf(77);
const CREATE = '/2010-04-01/Accounts/AC00000000000000000000000000000001/Messages.json';
const TEXT: SendRequest = {
  from: SENDER,
  to: CUSTOMER,
  text: 'Hello ☺ & more',
  template: null,
  messageId: 'm1',
  statusCallback: 'https://hooks.example.com/whatsapp/status?id=m1',
};

const taken = (response: ServerResponse) =>
  json(response, 201, { sid: SID, status: 'queued', date_created: 'Tue, 15 Jan 2030 12:00:00 +0000' });

function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

async function failureOf(promise: Promise<unknown>): Promise<CenterError> {
  try {
    await promise;
  } catch (error) {
    if (isCenterError(error)) return error;
    throw error;
  }
  throw new Error('It should have failed.');
}

describe('sending through Twilio', () => {
  let api: Awaited<ReturnType<typeof serveApi>>;
  let answer: (response: ServerResponse, call: RecordedCall, count: number) => void;

  beforeEach(async () => {
    answer = taken;
    api = await serveApi((response, call, count) => answer(response, call, count));
  });

  afterEach(() => api.close());

  const send = (request: Partial<SendRequest> = {}, account = {}, options = {}) =>
    createSender(testAccount({ apiBaseUrl: api.url, ...account }), options).send({ ...TEXT, ...request });

  it('posts a text with both prefixes, the callback and the account’s credentials', async () => {
    expect(await send({ from: '+15550000001', to: 'US.1234' })).to.deep.equal({ sid: SID, status: 'queued' });
    expect(api.calls).to.have.length(1);
    const [call] = api.calls;
    expect(call).to.deep.include({ method: 'POST', path: CREATE });
    expect(call!.form).to.deep.equal({
      To: 'whatsapp:US.1234',
      From: SENDER,
      Body: TEXT.text,
      StatusCallback: TEXT.statusCallback,
    });
    expect(call!.headers.authorization).to.equal(basic('AC00000000000000000000000000000001', TOKEN));
    expect(call!.headers['content-type']).to.equal('application/x-www-form-urlencoded');
  });

  it('posts a template without a text', async () => {
    const contentSid = `HX${'0a'.repeat(16)}`;
    await send({ template: { contentSid, variables: { 1: 'Ada', 2: '12:30' } } });
    await send({ template: { contentSid, variables: {} }, statusCallback: '' });
    expect(api.calls[0]!.form)
      .to.include({ ContentSid: contentSid, ContentVariables: '{"1":"Ada","2":"12:30"}' })
      .and.not.have.property('Body');
    expect(api.calls[1]!.form).to.deep.equal({ To: CUSTOMER, From: SENDER, ContentSid: contentSid });
  });

  it('names the sender beside a Messaging Service, when it is known', async () => {
    await send({}, { messagingServiceSid: 'MG1' });
    await send({ from: '' }, { messagingServiceSid: 'MG1' });
    expect(api.calls[0]!.form).to.include({ From: SENDER, MessagingServiceSid: 'MG1' });
    expect(api.calls[1]!.form).to.include({ MessagingServiceSid: 'MG1' }).and.not.have.property('From');
  });

  it('signs in with an API key when there is one, on the account’s path', async () => {
    await send({}, { apiKey: { sid: 'SK1', secret: 'shh' } });
    expect(api.calls[0]!.headers.authorization).to.equal(basic('SK1', 'shh'));
    expect(api.calls[0]!.path).to.equal(CREATE);
  });

  it('keeps the path of a stand-in', async () => {
    await send({}, { apiBaseUrl: `${api.url}/whatsapp/simulator/` });
    expect(api.calls[0]!.path).to.equal(`/whatsapp/simulator${CREATE}`);
  });

  it('takes nothing from the environment', async () => {
    const names = ['TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN', 'TWILIO_REGION', 'TWILIO_EDGE', 'TWILIO_CA_BUNDLE', 'HTTP_PROXY'];
    const before = names.map((name) => process.env[name]);
    names.forEach((name) => (process.env[name] = 'http://127.0.0.1:9/elsewhere'));
    try {
      await send();
      expect(api.calls[0]!.headers.authorization).to.equal(basic('AC00000000000000000000000000000001', TOKEN));
      expect((await failureOf(send({}, { authTokens: [] }))).code).to.equal('ACCOUNT_MISSING');
      expect(api.calls).to.have.length(1);
    } finally {
      names.forEach((name, index) => {
        if (before[index] === undefined) delete process.env[name];
        else process.env[name] = before[index];
      });
    }
  });

  it('refuses an account it cannot use, before any call', async () => {
    for (const account of [{ accountSid: 'SK1' }, { authTokens: [''] }, { edge: 'dublin' }, { region: 'ie1' }]) {
      expect((await failureOf(send({}, account))).code).to.equal('ACCOUNT_MISSING');
    }
    expect(api.calls).to.have.length(0);
  });

  const refusals: [string, number, unknown, { code: string; twilioCode?: number; text: RegExp; repeat: boolean }][] = [
    [
      'an opt-out',
      400,
      { code: 21610, message: 'blocked +15551234567' },
      { code: 'TWILIO_REFUSED', twilioCode: 21610, text: /START/, repeat: false },
    ],
    [
      'too many at once',
      429,
      { code: 20429, message: 'Too Many' },
      { code: 'TWILIO_REFUSED', twilioCode: 20429, text: /Try again/, repeat: true },
    ],
    ['the daily limit', 429, { code: 63038 }, { code: 'TWILIO_REFUSED', twilioCode: 63038, text: /today/, repeat: false }],
    [
      'the end of the window',
      400,
      { code: 63016 },
      { code: 'SESSION_EXPIRED', twilioCode: 63016, text: /24 hour limit/, repeat: false },
    ],
    [
      'wrong credentials',
      401,
      { code: 20003 },
      { code: 'TWILIO_REFUSED', twilioCode: 20003, text: /credentials/, repeat: false },
    ],
    ['401 without a number', 401, { error: 'out of credits' }, { code: 'TWILIO_REFUSED', text: /credentials/, repeat: false }],
    ['404 in HTML', 404, '<html>', { code: 'TWILIO_REFUSED', text: /HTTP 404/, repeat: false }],
    [
      'a problem document',
      400,
      { type: 't', title: 'Bad', status: 400, code: 21211 },
      { code: 'TWILIO_REFUSED', twilioCode: 21211, text: /number/, repeat: false },
    ],
  ];
  for (const [what, status, body, expected] of refusals) {
    it(`reports ${what} as refused, in plain words and without addresses`, async () => {
      answer = (response) => (typeof body === 'string' ? response.writeHead(status).end(body) : json(response, status, body));
      const error = await failureOf(send());
      expect(error.code).to.equal(expected.code);
      expect(error.twilioCode).to.equal(expected.twilioCode);
      expect(error.message).to.match(expected.text).and.not.contain('+1555');
      expect(mayRepeat(error)).to.equal(expected.repeat);
      expect(api.calls).to.have.length(1);
    });
  }

  it('gives the exact limit text for 63016', async () => {
    answer = (response) => json(response, 400, { code: 63016 });
    expect((await failureOf(send())).message).to.equal(LIMIT_TEXT);
  });

  const doubtful: [string, (response: ServerResponse) => void][] = [
    ['500', (response) => json(response, 500, { code: 20500 })],
    ['503 in HTML', (response) => void response.writeHead(503).end('<html>')],
    ['408 of a proxy', (response) => void response.writeHead(408).end()],
    ['a redirect', (response) => void response.writeHead(307, { location: 'https://elsewhere.example.com/' }).end()],
    ['a dropped connection', (response) => void response.destroy()],
    [
      'half an answer',
      (response) => void response.writeHead(201, { 'content-length': '100' }).write('{"sid":"SM', () => response.destroy()),
    ],
    ['201 that cannot be read', (response) => void response.writeHead(201).end('{"sid": "SM')],
    ['201 that is no object', (response) => json(response, 201, null)],
    ['201 without a SID', (response) => json(response, 201, {})],
    ['no answer in time', () => undefined],
  ];
  for (const [what, act] of doubtful) {
    it(`reports ${what} as not known, because the message may be out`, async () => {
      answer = act;
      const error = await failureOf(send({}, {}, { timeoutMs: what === 'no answer in time' ? 50 : 5000 }));
      expect(error.code).to.equal('SEND_UNKNOWN');
      expect(mayRepeat(error)).to.equal(false);
      expect(api.calls).to.have.length(1);
    });
  }

  it('reports a Twilio that cannot be reached as not sent', async () => {
    await api.close();
    const error = await failureOf(send());
    expect(error.code).to.equal('TWILIO_UNREACHABLE');
    expect(mayRepeat(error)).to.equal(true);
  });

  it('reports a host that speaks no TLS as not sent', async () => {
    expect((await failureOf(send({}, { apiBaseUrl: api.url.replace('http:', 'https:') }))).code).to.equal('TWILIO_UNREACHABLE');
  });

  it('reports a connection that is never completed as not sent', async () => {
    const silent = createServer();
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const sockets: { destroy(): void }[] = [];
    silent.on('connection', (socket) => sockets.push(socket));
    const { port } = silent.address() as AddressInfo;
    try {
      const error = await failureOf(send({}, { apiBaseUrl: `https://127.0.0.1:${port}` }, { timeoutMs: 50 }));
      expect(error.code).to.equal('TWILIO_UNREACHABLE');
    } finally {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => silent.close(() => resolve()));
    }
  });

  it('keeps credentials out of its errors', async () => {
    const { inspect } = await import('node:util');
    answer = (response) => void response.destroy();
    const lost = await failureOf(send());
    await api.close();
    const unreached = await failureOf(send());
    const encoded = Buffer.from(TOKEN).toString('base64').slice(0, 16);
    for (const error of [lost, unreached]) {
      expect(error.cause).to.be.instanceOf(Error);
      expect(inspect(error, { depth: 9 }))
        .to.not.contain(TOKEN)
        .and.not.contain(encoded);
    }
  });
});

describe('looking a message up at Twilio', () => {
  const AT = Date.UTC(2030, 0, 15, 12, 0, 30);
  const row: OutboundRow = {
    id: 'm1',
    sid: null,
    accountId: 'account-1',
    from: SENDER,
    to: CUSTOMER,
    text: 'ok',
    submittedAt: AT,
  };

  function resource(sid: string, body: string, ms: number, more: object = {}) {
    return { sid, body, status: 'sent', date_created: new Date(ms).toUTCString().replace('GMT', '+0000'), ...more };
  }

  async function lookUp(messages: object[], changes: Partial<OutboundRow> = {}) {
    const api = await serveApi((response, call) => {
      if (call.path.endsWith('/Messages.json')) json(response, 200, { messages, page: 0, next_page_uri: null });
      else json(response, 200, messages[0]);
    });
    try {
      const found = await createSender(testAccount({ apiBaseUrl: api.url })).lookUp({ ...row, ...changes });
      return { found, calls: api.calls };
    } finally {
      await api.close();
    }
  }

  it('asks for it by its SID when that is known', async () => {
    const { found, calls } = await lookUp([resource(SID, '', AT, { status: 'undelivered', error_code: 63016 })], { sid: SID });
    expect(found).to.deep.equal({ sid: SID, status: 'undelivered', errorCode: 63016 });
    expect(calls[0]!.path).to.contain(`/Messages/${SID}.json`);
  });

  it('recognises it by recipient, sender, text and time', async () => {
    const { found, calls } = await lookUp([
      resource(sidOf(1), 'ok', AT + 60 * 60_000),
      resource(sidOf(2), 'something else', AT),
      resource(sidOf(3), 'ok', AT + 1000),
      resource(sidOf(4), 'ok', AT - 60_000),
    ]);
    expect(found).to.deep.equal({ sid: sidOf(3), status: 'sent', errorCode: null });
    expect(Object.fromEntries(calls[0]!.query)).to.include({ To: CUSTOMER, From: SENDER });
  });

  it('does not guess between two, nor about a template', async () => {
    const twins = [resource(sidOf(1), 'ok', AT), resource(sidOf(2), 'ok', AT + 1000)];
    expect((await lookUp(twins)).found).to.equal(null);
    expect((await lookUp([])).found).to.equal(null);
    expect((await lookUp([resource(sidOf(1), '', AT)], { text: '' })).found).to.equal(null);
  });
});
