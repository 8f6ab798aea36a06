import { readdir } from 'node:fs/promises';
import { expect } from 'chai';
import { json, serveApi } from '../unit/twilio/fixture.ts';
import { config, onTab, PUBLIC_URL, SENDER, TestRuntime, TOKEN } from './support/test-runtime.ts';

const SIMULATOR = config({ mode: 'simulator', publicUrl: '', accountSid: '' });
const SID = `AC${'0'.repeat(32)}`;

interface Answer {
  problem?: { code: string; message: string; twilioCode: number | null; reason: string | null };
  checks?: object[];
  senders?: object[];
  targets?: { inbound: string | null; status: string | null; ours: boolean }[];
  canUndo?: boolean;
  [name: string]: unknown;
}

describe('the account’s dialog', () => {
  let runtime: TestRuntime;
  let api: Awaited<ReturnType<typeof serveApi>> | null = null;

  afterEach(async () => {
    await runtime.stop();
    await api?.close();
    api = null;
  });

  const ask = async (path: string, body: object = {}, type = 'application/json'): Promise<Answer> => {
    const address = `${runtime.adminUrl}/whatsapp-account/account/${path}`;
    const response = await fetch(address, { method: 'POST', headers: { 'content-type': type }, body: JSON.stringify(body) });
    expect(response.status).to.equal(200);
    return (await response.json()) as Answer;
  };
  const state = async (id = 'account'): Promise<Answer> =>
    (await (await fetch(`${runtime.adminUrl}/whatsapp-account/${id}/state`)).json()) as Answer;

  /** A stand-in for Twilio with one sender, which keeps what is written there. */
  async function twilio(): Promise<string> {
    let webhook: Record<string, unknown> = { callback_url: 'https://user:secret@old.example.com/sms', callback_method: 'POST' };
    api = await serveApi((response, call) => {
      const pair = Buffer.from(String(call.headers.authorization).slice('Basic '.length), 'base64').toString();
      if (pair !== `${SID}:${TOKEN}`) return json(response, 401, { code: 20003, message: 'Authenticate', status: 401 });
      if (call.path.endsWith('Messages.json')) return json(response, 200, { messages: [] });
      if (call.method === 'POST') {
        const body = JSON.parse(call.text) as { webhook: object };
        webhook = { ...webhook, ...body.webhook };
      }
      const sender = { sid: `XE${'1'.repeat(32)}`, sender_id: SENDER, status: 'ONLINE', profile: { name: 'Shop' }, webhook };
      json(response, 200, call.method === 'POST' ? sender : { senders: [sender], meta: { key: 'senders', next_page_url: null } });
    });
    return api.url;
  }

  const fields = (change: object = {}): object => ({
    fields: { mode: 'twilio', accountSid: SID, sender: SENDER, publicUrl: PUBLIC_URL, path: '/whatsapp', ...change },
  });

  it('tries the simulator’s account, lists its sender, connects it and takes that back', async () => {
    runtime = await TestRuntime.start(SIMULATOR);
    await runtime.simulator();
    expect((await ask('test', fields({ mode: 'simulator' }))).checks).to.deep.equal([
      { what: 'auth-token', problem: null, twilioCode: null },
      { what: 'sender', problem: null, twilioCode: null, status: 'ONLINE' },
    ]);
    expect((await ask('senders', fields({ mode: 'simulator' }))).senders).to.deep.equal([
      { address: SENDER, name: 'Simulated sender', status: 'ONLINE' },
    ]);
    expect((await ask('webhooks')).targets![0]).to.include({ ours: false, status: null });
    const connected = await ask('connect');
    expect(connected).to.include({ canUndo: true, reach: null });
    expect(connected.targets![0]).to.include({ ours: true });
    const undone = await ask('undo');
    expect(undone).to.include({ canUndo: false });
    expect(undone.targets![0]).to.include({ ours: false, status: null });
  });

  it('tries what is typed before anything is deployed', async () => {
    const apiBaseUrl = await twilio();
    runtime = await TestRuntime.start(config().slice(0, 1), {});
    const typed = { ...fields({ apiBaseUrl }), credentials: { authToken: TOKEN } };
    expect((await ask('test', typed)).checks).to.have.length(2);
    expect((await ask('senders', { ...typed, ...fields({ apiBaseUrl, sender: 'whatsapp:+1' }) })).senders).to.have.length(1);
    const wrong = await ask('test', { ...typed, credentials: { authToken: 'wrong' } });
    expect(wrong.checks).to.deep.equal([{ what: 'auth-token', problem: 'pair', twilioCode: 20003 }]);
    expect((await ask('test', fields({ accountSid: 'AC1' }))).problem).to.include({ code: 'MALFORMED_SID' });
    expect((await ask('connect')).problem).to.include({ code: 'ACCOUNT_MISSING' });
    expect(await state()).to.deep.equal({ deployed: false, problem: null, webhooks: null });
  });

  it('uses what is stored, and only where it was deployed to go', async () => {
    const apiBaseUrl = await twilio();
    runtime = await TestRuntime.start(config({ apiBaseUrl }));
    expect((await ask('test', fields({ apiBaseUrl }))).checks).to.have.length(2);
    const before = api!.calls.length;
    expect((await ask('test', fields({ apiBaseUrl: `${apiBaseUrl}/elsewhere` }))).problem).to.include({ code: 'TOKEN_MISSING' });
    expect(api!.calls).to.have.length(before);
  });

  it('resolves environment variables', async () => {
    const apiBaseUrl = await twilio();
    process.env.TEST_WHATSAPP_TOKEN = TOKEN;
    try {
      runtime = await TestRuntime.start(config().slice(0, 1), {});
      const typed = { ...fields({ apiBaseUrl }), credentials: { authToken: '${TEST_WHATSAPP_TOKEN}' } };
      expect((await ask('test', typed)).checks).to.have.length(2);
    } finally {
      delete process.env.TEST_WHATSAPP_TOKEN;
    }
  });

  it('connects a real sender, remembers what was there over a restart, and shows no password', async () => {
    const apiBaseUrl = await twilio();
    const flow = config({ apiBaseUrl });
    runtime = await TestRuntime.start(flow);
    const first = await ask('webhooks');
    expect(first.targets![0]).to.deep.include({ inbound: 'https://user:***@old.example.com/sms', ours: false });
    const connected = await ask('connect');
    expect(connected.targets![0]).to.deep.include({
      inbound: `${PUBLIC_URL}/whatsapp/inbound#rc=3&rp=5xx,ct,rt`,
      status: `${PUBLIC_URL}/whatsapp/status#rc=3&rp=5xx,ct,rt`,
      ours: true,
    });
    expect(await ask('connect')).to.include({ canUndo: true });
    await runtime.unload();
    await runtime.load(flow);
    expect((await readdir(runtime.folder)).filter((file) => file.endsWith('.webhooks.json'))).to.have.length(1);
    const undone = await ask('undo');
    expect(undone.targets![0]).to.deep.include({ inbound: 'https://user:***@old.example.com/sms' });
    expect(api!.calls.filter(({ method }) => method === 'POST').at(-1)!.text).to.include('user:secret@old');
  });

  it('refuses to connect an address that Twilio cannot reach', async () => {
    const apiBaseUrl = await twilio();
    runtime = await TestRuntime.start(config({ apiBaseUrl, publicUrl: 'https://192.168.1.4' }));
    expect((await ask('webhooks')).reach).to.equal('private-address');
    expect((await ask('connect')).problem).to.include({ code: 'PUBLIC_URL_UNREACHABLE', reason: 'private-address' });
  });

  it('says how webhooks are getting on', async () => {
    runtime = await TestRuntime.start([
      ...config(),
      ...onTab({ id: 'in', type: 'whatsapp-in', account: 'account', wires: [[], []] }),
    ]);
    expect(await state()).to.deep.include({ deployed: true, problem: null });
    await runtime.receive('Hello');
    expect(((await state()).webhooks as { kind: string }).kind).to.equal('arriving');
    await runtime.webhook('/whatsapp/inbound', { MessageSid: runtime.newSid() }, 'forged');
    expect((await state()).webhooks).to.deep.include({ kind: 'refused', refusedUrl: `${PUBLIC_URL}/whatsapp/inbound` });
  });

  it('lists templates for whatsapp-out, of the chosen account or the only one', async () => {
    runtime = await TestRuntime.start(SIMULATOR);
    await runtime.simulator();
    const list = async (account: string): Promise<Answer> =>
      (await (await fetch(`${runtime.adminUrl}/whatsapp-out/templates?account=${account}`)).json()) as Answer;
    for (const account of ['', 'account', '_ADD_']) {
      const { templates } = (await list(account)) as { templates: { contentSid: string; approval: string }[] };
      expect(templates.length, account).to.be.above(2);
      expect(templates[0]).to.include({ approval: 'approved' });
    }
    expect((await list('nobody')).problem).to.include({ code: 'ACCOUNT_MISSING' });
    const second = { ...(SIMULATOR[1] as object), id: 'second', path: '/second' };
    await runtime.deploy([...SIMULATOR, second]);
    await runtime.simulator('second');
    expect((await list('')).problem).to.include({ code: 'SENDER_AMBIGUOUS' });
    await runtime.deploy(SIMULATOR.slice(0, 1));
    expect((await list('')).problem).to.include({ code: 'ACCOUNT_MISSING' });
  });

  it('takes JSON only, which no page of another origin can send', async () => {
    runtime = await TestRuntime.start(config());
    expect((await ask('test', fields(), 'text/plain')).problem).to.include({ code: 'JSON_REQUIRED' });
    expect((await ask('connect', {}, 'application/x-www-form-urlencoded')).problem).to.include({ code: 'JSON_REQUIRED' });
  });

  it('tells no secret', async () => {
    const apiBaseUrl = await twilio();
    runtime = await TestRuntime.start(config({ apiBaseUrl }));
    const answers = [
      await state(),
      ...(await Promise.all(['test', 'senders', 'webhooks', 'connect'].map((path) => ask(path, fields({ apiBaseUrl }))))),
    ];
    expect(JSON.stringify(answers)).not.to.include(TOKEN).and.not.include('secret');
  });
});
