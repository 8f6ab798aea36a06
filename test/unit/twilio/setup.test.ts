import { expect } from 'chai';
import fc from 'fast-check';
import type { Account } from '../../../lib/twilio/account.ts';
import { reachProblem } from '../../../lib/twilio/setup/reach.ts';
import { createSetup, isOurs, webhookAddresses } from '../../../lib/twilio/setup/setup.ts';
import { codeOf } from '../../support/center.ts';
import { Fixture, SERVICE } from '../simulator/fixture.ts';
import { json, serveApi, testAccount } from './fixture.ts';

describe('whether Twilio can reach an address', () => {
  const cases: [string, string | null][] = [
    ['https://flows.example.com', null],
    ['https://flows.example.com:8443/red', null],
    ['https://8.8.8.8', null],
    ['https://[2606:4700::1111]', null],
    ['http://flows.example.com', 'not-https'],
    ['https://localhost:1880', 'local-name'],
    ['https://localhost.', 'local-name'],
    ['https://raspberry.local', 'local-name'],
    ['https://red.internal', 'local-name'],
    ['https://nodered', 'local-name'],
    ['https://10.1.2.3', 'private-address'],
    ['https://192.168.1.4:1880', 'private-address'],
    ['https://0x7f.1', 'private-address'],
    ['https://[::1]', 'private-address'],
    ['https://[::ffff:10.0.0.1]', 'private-address'],
    ['http://127.0.0.1:1880', 'private-address'],
    ['https://my_flows.example.com', 'underscore'],
    ['flows.example.com', 'malformed'],
    ['', 'malformed'],
    ['ftp://example.com', 'malformed'],
  ];
  for (const [url, problem] of cases) {
    it(`${url || 'nothing'}: ${problem ?? 'yes'}`, () => expect(reachProblem(url)).to.equal(problem));
  }

  it('is decided for any text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.webUrl()), (url) => {
        if (reachProblem(url) === null) expect(new URL(url).protocol).to.equal('https:');
      }),
    );
  });
});

describe('an account’s set-up', () => {
  describe('with the simulator', () => {
    let fixture: Fixture;
    let account: Account;
    afterEach(() => fixture.stop());

    async function start(change: Partial<Account> = {}): Promise<void> {
      fixture = await new Fixture().start(change);
      account = { ...fixture.account, apiBaseUrl: fixture.apiBase };
    }

    it('finds nothing wrong with an account that works', async () => {
      await start({ apiKey: { sid: `SK${'1'.repeat(32)}`, secret: 'secret' }, authTokens: ['one', 'two'] });
      const setup = createSetup(account);
      expect(await setup.test()).to.deep.equal([
        { what: 'api-key', problem: null, twilioCode: null },
        { what: 'auth-token', problem: null, twilioCode: null },
        { what: 'secondary-token', problem: null, twilioCode: null },
        { what: 'sender', problem: null, twilioCode: null, status: 'ONLINE' },
      ]);
      setup.close();
    });

    it('says which of the pairs is wrong', async () => {
      await start({ apiKey: { sid: `SK${'1'.repeat(32)}`, secret: 'secret' } });
      const setup = createSetup({ ...account, authTokens: ['not the one'] });
      expect(await setup.test()).to.deep.equal([
        { what: 'api-key', problem: null, twilioCode: null },
        { what: 'auth-token', problem: 'pair', twilioCode: 20003 },
      ]);
      setup.close();
    });

    it('lists the senders with what is set there', async () => {
      await start();
      const setup = createSetup(account);
      const senders = await setup.senders();
      expect(senders.map(({ address, name, status }) => ({ address, name, status }))).to.deep.equal([
        { address: account.sender, name: 'Test shop', status: 'ONLINE' },
      ]);
      expect(senders[0]!.settings.callbackUrl).to.equal(`${fixture.webhookBase}/inbound#rc=3&rp=5xx,ct,rt`);
      setup.close();
    });

    it('writes our addresses, where customers’ messages then arrive, and writes back what was there', async () => {
      await start();
      const elsewhere = `${fixture.webhookBase}/elsewhere`;
      const sender = fixture.client().messaging.v2.channelsSenders;
      const { sid } = (await sender.list({ channel: 'whatsapp' }))[0]!;
      await sender(sid).update({ webhook: { callback_url: elsewhere, fallback_url: 'https://example.com/fallback' } } as object);
      const setup = createSetup(account);
      const before = await setup.connect();
      expect(before).to.have.length(1);
      expect(before[0]).to.deep.include({ kind: 'sender', sid });
      expect(before[0]!.settings).to.include({ callbackUrl: elsewhere, statusCallbackUrl: null });
      const [target] = await setup.targets();
      expect(target!.settings).to.include({
        callbackUrl: webhookAddresses(account).inbound,
        statusCallbackUrl: webhookAddresses(account).status,
        fallbackUrl: 'https://example.com/fallback',
      });
      expect(isOurs(target!.settings, account)).to.equal(true);
      await fixture.customerWrites('+15550100101');
      await fixture.until(() => fixture.inbound().length === 1);
      expect(fixture.inbound()[0]!.path).to.equal('/whatsapp/inbound');
      expect(await setup.connect()).to.deep.equal([]);
      await setup.undo(before);
      expect((await setup.targets())[0]!.settings).to.deep.include({ callbackUrl: elsewhere, statusCallbackUrl: null });
      setup.close();
    });

    it('connects a Messaging Service, and has it use its own address', async () => {
      await start({ sender: '', messagingServiceSid: SERVICE });
      const setup = createSetup(account);
      expect(await setup.test()).to.deep.include({ what: 'service', problem: null, twilioCode: null });
      const before = await setup.connect();
      expect(before[0]).to.deep.include({ kind: 'service', sid: SERVICE });
      const [target] = await setup.targets();
      expect(isOurs(target!.settings, account)).to.equal(true);
      await setup.undo(before);
      expect((await setup.targets())[0]!.settings).to.include({ callbackUrl: null, useNumber: true });
      setup.close();
    });

    it('says that a service or a sender is not the account’s', async () => {
      await start({ messagingServiceSid: SERVICE });
      const setup = createSetup({ ...account, sender: 'whatsapp:+15550109999', messagingServiceSid: `MG${'9'.repeat(32)}` });
      expect((await setup.test()).slice(1)).to.deep.equal([
        { what: 'sender', problem: 'unknown', twilioCode: null },
        { what: 'service', problem: 'unknown', twilioCode: 20404 },
      ]);
      setup.close();
      const other = createSetup({ ...account, sender: 'whatsapp:+15550109999', messagingServiceSid: '' });
      expect(await codeOf(other.connect())).to.equal('UNKNOWN_SENDER');
      other.close();
    });
  });

  it('refuses an address that Twilio cannot reach, and writes nothing', async () => {
    const api = await serveApi((response) => json(response, 500, {}));
    const setup = createSetup(testAccount({ apiBaseUrl: api.url, publicUrl: 'https://192.168.1.4' }));
    try {
      expect(await codeOf(setup.connect())).to.equal('PUBLIC_URL_UNREACHABLE');
      expect(api.calls).to.be.empty;
    } finally {
      setup.close();
      await api.close();
    }
  });

  it('reads senders page by page, and one that is offline is no sender to use', async () => {
    const sender = (number: number, status = 'ONLINE') => ({
      sid: `XE${String(number).padStart(32, '0')}`,
      sender_id: `whatsapp:+1555000000${number}`,
      status,
      webhook: null,
      profile: null,
    });
    const api = await serveApi((response, call) => {
      if (call.path.endsWith('Messages.json')) return json(response, 200, { messages: [], page: 0 });
      const second = call.query.get('Page') === '1';
      const next = second ? null : 'https://messaging.twilio.com/v2/Channels/Senders?Channel=whatsapp&Page=1';
      json(response, 200, {
        senders: [second ? sender(1, 'OFFLINE') : sender(2)],
        meta: { key: 'senders', next_page_url: next },
      });
    });
    const setup = createSetup(testAccount({ apiBaseUrl: api.url }));
    try {
      expect((await setup.senders()).map(({ address }) => address)).to.deep.equal([
        'whatsapp:+15550000002',
        'whatsapp:+15550000001',
      ]);
      expect((await setup.test()).at(-1)).to.deep.equal({
        what: 'sender',
        problem: 'offline',
        twilioCode: null,
        status: 'OFFLINE',
      });
    } finally {
      setup.close();
      await api.close();
    }
  });

  const refusals: [number, number | null, string][] = [
    [404, 20404, 'region'],
    [401, 20003, 'pair'],
    [401, 20005, 'inactive'],
    [403, 20008, 'test-credentials'],
    [400, 99999, 'refused'],
    [503, null, 'unreachable'],
  ];
  for (const [status, code, problem] of refusals) {
    it(`says "${problem}" for HTTP ${status}${code === null ? '' : ` with ${code}`}`, async () => {
      const api = await serveApi((response) => json(response, status, code === null ? {} : { code, message: 'No', status }));
      const setup = createSetup(testAccount({ apiBaseUrl: api.url }));
      try {
        expect(await setup.test()).to.deep.equal([{ what: 'auth-token', problem, twilioCode: code }]);
      } finally {
        setup.close();
        await api.close();
      }
    });
  }
});
