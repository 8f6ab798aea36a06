import { expect } from 'chai';
import { config, CUSTOMER, onTab, SENDER, TestRuntime, TOKEN } from './support/test-runtime.ts';

const IN = onTab(
  { id: 'in', type: 'whatsapp-in', account: 'account', wires: [['got'], []] },
  { id: 'got', type: 'probe', wires: [] },
);

describe('whatsapp-account', () => {
  let runtime: TestRuntime;

  afterEach(() => runtime.stop());

  const problems: [string, object, object, string][] = [
    ['the public URL is missing', { publicUrl: '' }, { authToken: TOKEN }, 'PUBLIC_URL_MISSING'],
    ['the public URL is no address', { publicUrl: 'example' }, { authToken: TOKEN }, 'PUBLIC_URL_MISSING'],
    ['no token is configured', {}, {}, 'TOKEN_MISSING'],
    ['the Account SID is malformed', { accountSid: 'AC123' }, { authToken: TOKEN }, 'MALFORMED_SID'],
    ['the service’s SID is malformed', { messagingServiceSid: 'MG1' }, { authToken: TOKEN }, 'MALFORMED_SID'],
    ['neither sender nor service is given', { sender: '' }, { authToken: TOKEN }, 'SENDER_MISSING'],
    ['the sender is no address', { sender: '0049 123' }, { authToken: TOKEN }, 'INVALID_RECIPIENT'],
    ['the contact center is missing', { center: '' }, { authToken: TOKEN }, 'CENTER_MISSING'],
  ];
  for (const [what, account, credentials, code] of problems) {
    it(`answers 503, is red and says so once when ${what}`, async () => {
      runtime = await TestRuntime.start([...config(account), ...IN], { account: credentials });
      await runtime.shows('account', code);
      await runtime.shows('in', code);
      expect(runtime.errorsOf('whatsapp-account')).to.have.length(1);
      expect(runtime.errorsOf('whatsapp-in')).to.be.empty;
      expect(await runtime.receive('Hello')).to.equal(503);
    });
  }

  it('takes its properties from environment variables', async () => {
    process.env.TEST_WHATSAPP_PATH = '/from-environment';
    process.env.TEST_WHATSAPP_TOKEN = TOKEN;
    try {
      runtime = await TestRuntime.start([...config({ path: '${TEST_WHATSAPP_PATH}' }), ...IN], {
        account: { authToken: '${TEST_WHATSAPP_TOKEN}' },
      });
      const form = { MessageSid: runtime.newSid(), From: CUSTOMER, To: SENDER, Body: 'Hello', NumMedia: '0' };
      expect(await runtime.webhook('/from-environment/inbound', form)).to.equal(200);
    } finally {
      delete process.env.TEST_WHATSAPP_PATH;
      delete process.env.TEST_WHATSAPP_TOKEN;
    }
  });

  it('accepts the secondary token while the token is being changed', async () => {
    runtime = await TestRuntime.start([...config(), ...IN], { account: { authToken: 'the old one', secondaryAuthToken: TOKEN } });
    expect(await runtime.receive('Hello')).to.equal(200);
  });

  it('is red on a path that another account has, and the first goes on', async () => {
    const second = { ...(config()[1] as object), id: 'second', sender: 'whatsapp:+15550100222' };
    runtime = await TestRuntime.start([...config(), second, ...IN]);
    await runtime.shows('second', 'PATH_TAKEN');
    expect(await runtime.receive('Hello')).to.equal(200);
    await runtime.inbox('got').next();
  });

  it('takes over the path when the other account is gone, and so does its whatsapp-in', async () => {
    const second = { ...(config()[1] as object), id: 'second' };
    const reader = onTab({ id: 'in2', type: 'whatsapp-in', account: 'second', wires: [['got'], []] }, IN[2]!);
    const credentials = { account: { authToken: TOKEN }, second: { authToken: TOKEN } };
    runtime = await TestRuntime.start([...config(), second, ...reader], credentials);
    await runtime.shows('in2', 'PATH_TAKEN');
    await runtime.deploy([config()[0]!, second, ...reader], 'nodes', { second: { authToken: TOKEN } });
    await runtime.shows('in2', 'noWebhookYet');
    expect(await runtime.receive('Hello')).to.equal(200);
    expect((await runtime.inbox('got').next()).payload).to.equal('Hello');
    expect(runtime.errorsOf('whatsapp-account')).to.have.length(1);
  });

  it('refuses a real account on a store whose clock was ever moved', async () => {
    runtime = await TestRuntime.start([...config({ mode: 'simulator', publicUrl: '' }), ...IN]);
    await (await runtime.phone()).skipHours(1);
    await runtime.unload();
    await runtime.load([...config(), ...IN]);
    await runtime.shows('in', 'CLOCK_MOVED');
    expect(await runtime.receive('Hello')).to.equal(503);
  });

  it('does not move the clock while one of the center’s accounts is real', async () => {
    const real = { ...(config()[1] as object), id: 'real', path: '/real' };
    runtime = await TestRuntime.start([...config({ mode: 'simulator', publicUrl: '' }), real], { real: { authToken: TOKEN } });
    const phone = await runtime.phone();
    let refusal = '';
    await phone.skipHours(1).catch((error: unknown) => (refusal = String(error)));
    expect(refusal).to.match(/409|simulator/);
  });

  it('lets the simulator’s phone go, with its path, when the account becomes a real one', async () => {
    runtime = await TestRuntime.start([...config({ mode: 'simulator', publicUrl: '' }), ...IN]);
    await runtime.simulator();
    const phone = `${runtime.baseUrl}/whatsapp/simulator/api/state`;
    expect((await fetch(phone)).status).to.equal(200);
    await runtime.deploy([...config(), ...IN]);
    await runtime.simulator();
    expect((await fetch(phone)).status).to.equal(404);
  });

  it('opens the phone to a proxy’s peers with the key only, and remembers it in a cookie', async () => {
    runtime = await TestRuntime.start([...config({ mode: 'simulator', publicUrl: '' }), ...IN]);
    await runtime.simulator();
    const { phoneKey } = runtime.slotOf('account').simulator!;
    const state = `${runtime.baseUrl}/whatsapp/simulator/api/state`;
    const headers = { 'x-forwarded-for': '203.0.113.7' };
    expect((await fetch(state, { headers })).status).to.equal(403);
    expect((await fetch(`${state}?key=wrong`, { headers })).status).to.equal(403);
    const opened = await fetch(`${state}?key=${phoneKey}`, { headers });
    expect(opened.status).to.equal(200);
    const cookie = opened.headers.getSetCookie()[0]!;
    expect(cookie).to.match(/; HttpOnly; SameSite=Strict$/);
    expect((await fetch(state, { headers: { ...headers, cookie: cookie.split(';')[0]! } })).status).to.equal(200);
  });
});
