import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { PhoneUpdate } from '../../../lib/simulator/phone-contract.ts';
import { SAMPLE_CUSTOMERS } from '../../../lib/simulator/sample-customers.ts';
import { Fixture, SENDER } from './fixture.ts';

const LUCIA = '+15550100101';

describe('simulator: the phone’s API', () => {
  let fixture: Fixture;
  let folder: string;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'phone-'));
    fixture = await new Fixture().start({}, { pageRoot: folder, file: join(folder, 'phone.json') });
  });

  afterEach(async () => {
    await fixture.stop();
    rmSync(folder, { recursive: true });
  });

  it('begins with the sample customers, the clock and quiet switches', async () => {
    const state = await fixture.state();
    expect(state).to.include({ now: fixture.clock, offsetMs: 0 });
    expect(state.business).to.deep.equal({ address: SENDER.replace('whatsapp:', ''), name: 'Test shop' });
    expect(state.customers.map(({ address }) => address)).to.deep.equal(SAMPLE_CUSTOMERS.map(({ address }) => address));
    expect(state.faults.every(({ remaining }) => remaining === 0)).to.equal(true);
  });

  it('adds customers of every kind under fictional addresses', async () => {
    for (const kind of ['contact', 'number', 'hidden']) {
      const added = (await (await fixture.phone('customers', { kind, name: ' Ada ' })).json()) as {
        address: string;
        name: string;
      };
      expect(added.address).to.match(kind === 'hidden' ? /^US\.\d{20}$/ : /^\+1555\d{7}$/);
      expect(added.name).to.equal('Ada');
      await fixture.customerWrites(added.address);
    }
    expect((await fixture.phone('customers', { kind: 'robot' })).status).to.equal(400);
  });

  it('leaves ProfileName out for somebody without a name', async () => {
    const { address } = (await (await fixture.phone('customers', { kind: 'number' })).json()) as { address: string };
    await fixture.customerWrites(address);
    expect(fixture.inbound()[0]!.form).to.not.have.property('ProfileName');
  });

  it('sends forwarded messages, and some that come from an ad, as Twilio tells of them', async () => {
    await fixture.phone('send', { address: LUCIA, kind: 'text', text: 'Once', forwarded: 'forwarded' });
    await fixture.phone('send', { address: LUCIA, kind: 'document', text: 'Often', forwarded: 'often', fromAd: true });
    await fixture.until(() => fixture.inbound().length === 2);
    const [once, often] = fixture.inbound().sort((a, b) => Number(b.form.Body === 'Once') - Number(a.form.Body === 'Once'));
    expect(once!.form).to.include({ Forwarded: 'true', FrequentlyForwarded: 'false', ReferralNumMedia: '0' });
    expect(once!.form).to.not.have.property('ReferralSourceType');
    expect(often!.form).to.include({ Forwarded: 'true', FrequentlyForwarded: 'true', MessageType: 'document' });
    expect(often!.form).to.include({ ReferralSourceType: 'ad', ReferralHeadline: 'Spring sale: write to us' });
    expect(often!.signatureValid).to.equal(true);
    const { messages } = await fixture.thread(LUCIA);
    expect(messages.map(({ forwarded, ad }) => [forwarded, ad])).to.deep.equal([
      ['forwarded', undefined],
      ['often', 'Spring sale: write to us'],
    ]);
    for (const wrong of [{ forwarded: 'twice' }, { fromAd: 'yes' }])
      expect((await fixture.phone('send', { address: LUCIA, kind: 'text', text: 'x', ...wrong })).status).to.equal(400);
  });

  it('reacts to a message and takes that back; it shows on that message', async () => {
    await fixture.customerWrites(LUCIA);
    const { sid } = await fixture.client().messages.create({ to: `whatsapp:${LUCIA}`, from: SENDER, body: 'Answer' });
    await fixture.untilOnPhone(LUCIA, ({ id }) => id === sid);
    expect((await fixture.phone('send', { address: LUCIA, kind: 'reaction', messageId: sid, emoji: '👍' })).status).to.equal(200);
    const shown = await fixture.untilOnPhone(LUCIA, ({ reaction }) => reaction !== undefined);
    expect(shown).to.include({ id: sid, reaction: '👍' });
    await fixture.until(() => fixture.inbound().length === 2);
    const { form } = fixture.inbound()[1]!;
    expect(form).to.include({ MessageType: 'reaction', Body: '👍', OriginalRepliedMessageSid: sid });
    await fixture.phone('send', { address: LUCIA, kind: 'reaction', messageId: sid, emoji: '' });
    const { messages } = await fixture.thread(LUCIA);
    expect(messages).to.have.length(2);
    expect(messages.find(({ id }) => id === sid)).to.not.have.property('reaction');
    const elsewhere = { address: '+15550100102', kind: 'reaction', messageId: sid, emoji: '👍' };
    expect((await fixture.phone('send', elsewhere)).status).to.equal(400);
  });

  it('hides a number: messages come from the id, and reach the same phone by either', async () => {
    await fixture.customerWrites(LUCIA);
    const { ExternalUserId: id } = fixture.inbound()[0]!.form;
    expect((await fixture.phone('hide', { address: LUCIA, hidden: true })).status).to.equal(200);
    await fixture.customerWrites(LUCIA, 'From nowhere');
    const { form } = fixture.inbound()[1]!;
    expect(form).to.include({ From: id, ExternalUserId: id, WaId: '', ProfileUsername: 'Lucía Pereira' });
    for (const to of [id!, `whatsapp:${LUCIA}`]) {
      const { sid } = await fixture.client().messages.create({ to, from: SENDER, body: `To ${to}` });
      await fixture.untilOnPhone(LUCIA, (message) => message.id === sid);
    }
    const { customers } = await fixture.state();
    expect(customers).to.have.length(SAMPLE_CUSTOMERS.length);
    expect(customers.find(({ address }) => address === LUCIA)).to.include({ hidesNumber: true });
    await fixture.phone('hide', { address: LUCIA, hidden: false });
    await fixture.customerWrites(LUCIA, 'Here I am');
    expect(fixture.inbound()[2]!.form).to.include({ From: `whatsapp:${LUCIA}`, WaId: LUCIA.slice(1) });
    expect((await fixture.phone('hide', { address: LUCIA, hidden: 'yes' })).status).to.equal(400);
  });

  it('moves the clock and says when the window closes', async () => {
    await fixture.customerWrites(LUCIA);
    const answer = await (await fixture.phone('skip', { byMs: 3_600_000 })).json();
    expect(answer).to.deep.equal({ now: fixture.clock + 3_600_000, offsetMs: 3_600_000 });
    expect(await fixture.thread(LUCIA)).to.include({ lastInboundAt: fixture.clock, windowEndsAt: fixture.clock + 86_400_000 });
    for (const byMs of [0, -1, 'x', 31 * 86_400_000]) expect((await fixture.phone('skip', { byMs })).status).to.equal(400);
  });

  it('tells open pages the whole state first and every change after', async () => {
    const seen: PhoneUpdate[] = [];
    for await (const update of fixture.updates()) {
      seen.push(update);
      if (update.type === 'state') {
        await fixture.phone('faults', { fault: 'api-429', times: 1 });
        await fixture.phone('skip', { byMs: 1000 });
        await fixture.phone('send', { address: LUCIA, kind: 'text', text: 'Hello' });
      }
      if (update.type === 'message' && update.message.tick === 'delivered') break;
    }
    expect(seen[0]!.type).to.equal('state');
    expect(seen.map(({ type }) => type)).to.include.members(['faults', 'clock', 'log', 'message', 'customer']);
    const ticks = seen.flatMap((update) => (update.type === 'message' ? [update.message.tick] : []));
    expect(ticks).to.deep.equal(['sent', 'delivered']);
  });

  const badInput: [string, unknown][] = [
    ['an unknown customer', { address: '+19999', kind: 'text', text: 'x' }],
    ['an empty text', { address: LUCIA, kind: 'text', text: '  ' }],
    ['a text that is none', { address: LUCIA, kind: 'text', text: 7 }],
    ['an unknown kind', { address: LUCIA, kind: 'song' }],
    ['a place off the globe', { address: LUCIA, kind: 'location', location: { latitude: 91, longitude: 0 } }],
    ['no place', { address: LUCIA, kind: 'location' }],
    ['a button of no message', { address: LUCIA, kind: 'button', messageId: 'SM1', buttonId: 'x' }],
    ['a list', []],
  ];
  for (const [what, fields] of badInput) {
    it(`refuses ${what} with 400 and sends nothing`, async () => {
      const answer = await fixture.phone('send', fields);
      expect(answer.status).to.equal(400);
      expect(((await answer.json()) as { error: { message: string } }).error.message).to.be.a('string');
      expect(await fixture.client().messages.list()).to.deep.equal([]);
    });
  }

  it('changes nothing for a foreign page, a form, or somebody without permission', async () => {
    const send = { address: LUCIA, kind: 'text', text: 'x' };
    const statuses = [
      await fixture.phone('send', send, { 'content-type': 'text/plain' }),
      await fixture.phone('send', send, { origin: 'https://evil.example.com' }),
      await fixture.phone('send', send, { 'sec-fetch-site': 'cross-site' }),
      await fetch(`${fixture.apiBase}/api/send`, { method: 'DELETE' }),
      await fixture.phone('nonsense', {}),
    ].map(({ status }) => status);
    expect(statuses).to.deep.equal([403, 403, 403, 405, 404]);
    fixture.mayUse = false;
    expect((await fixture.phone('send', send)).status).to.equal(403);
    expect((await fetch(`${fixture.apiBase}/api/state`)).status).to.equal(403);
    expect((await fetch(`${fixture.apiBase}/`)).status).to.equal(403);
    fixture.mayUse = true;
    expect(await fixture.client().messages.list()).to.deep.equal([]);
    expect((await fixture.phone('send', send, { origin: fixture.base, 'sec-fetch-site': 'same-origin' })).status).to.equal(200);
  });

  it('is not there for a foreign name that was made to point at this machine, except with the key through a proxy', async () => {
    const ask = (host: string, headers: Record<string, string> = {}): Promise<number> =>
      new Promise((resolve, reject) => {
        const url = `${fixture.apiBase}/api/state`;
        get(url, { headers: { host, ...headers } }, (response) => resolve(response.resume().statusCode!)).on('error', reject);
      });
    const port = new URL(fixture.base).port;
    expect(await ask(`evil.example.com:${port}`)).to.equal(403);
    expect(await ask(`localhost:${port}`)).to.equal(200);
    expect(await ask(`[::1]:${port}`)).to.equal(200);
    expect(await ask('phone.example.com', { 'x-forwarded-for': '192.0.2.7' })).to.equal(200);
    fixture.account.publicUrl = 'https://shop.example.com';
    expect(await ask('shop.example.com')).to.equal(200);
  });

  it('refuses a body over 64 KB with 413', async () => {
    expect((await fixture.phone('send', { address: LUCIA, kind: 'text', text: 'x'.repeat(70_000) })).status).to.equal(413);
  });

  it('serves the built page with a strict policy, and nothing from outside its folder', async () => {
    expect((await fetch(`${fixture.apiBase}/`)).status).to.equal(503);
    mkdirSync(join(folder, 'assets'));
    writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Phone</title>');
    writeFileSync(join(folder, 'assets', 'index-a1.js'), 'export {};');
    const page = await fetch(`${fixture.apiBase}/`);
    expect(page.status).to.equal(200);
    expect(page.headers.get('content-security-policy')).to.contain("default-src 'none'").and.contain("frame-ancestors 'none'");
    expect(page.headers.get('content-security-policy')).to.not.contain('unsafe');
    const script = await fetch(`${fixture.apiBase}/assets/index-a1.js`);
    expect(script.headers.get('content-type')).to.match(/^text\/javascript/);
    const bare = await fetch(`${fixture.apiBase}?key=k`, { redirect: 'manual' });
    expect([bare.status, bare.headers.get('location')]).to.deep.equal([302, 'simulator/?key=k']);
    for (const path of ['/phone.json', '/assets/..%2Fphone.json', '/assets/%2e%2e/phone.js', '/assets/none.js']) {
      expect((await fetch(fixture.apiBase + path)).status, path).to.equal(404);
    }
  });

  it('finds threads and the window again after a restart', async () => {
    await fixture.customerWrites(LUCIA, 'Before');
    await fixture.untilOnPhone(LUCIA, ({ tick }) => tick === 'delivered');
    await fixture.simulator.close();
    fixture.startSimulator({ pageRoot: folder, file: join(folder, 'phone.json') });
    const thread = await fixture.thread(LUCIA);
    expect(thread.messages.map(({ text }) => text)).to.deep.equal(['Before']);
    expect(thread.lastInboundAt).to.equal(fixture.clock);
    const statusCallback = `${fixture.webhookBase}/status`;
    await fixture.client().messages.create({ to: `whatsapp:${LUCIA}`, from: SENDER, body: 'After', statusCallback });
    await fixture.until(() => fixture.statuses().includes('delivered'));
  });

  it('goes on after a restart with what was under way', async () => {
    await fixture.customerWrites(LUCIA, 'Before');
    await fixture.untilOnPhone(LUCIA, ({ tick }) => tick === 'delivered');
    await fixture.simulator.close();
    const pace = { stepMs: 60_000, webhookDelayMs: 60_000, apiTimeoutMs: 0, resumeMs: 0 };
    fixture.startSimulator({ file: join(folder, 'phone.json'), pace });
    await fixture.phone('faults', { fault: 'webhook-delayed', times: 1 });
    await fixture.phone('send', { address: LUCIA, kind: 'text', text: 'Held up' });
    const statusCallback = `${fixture.webhookBase}/status`;
    await fixture.client().messages.create({ to: `whatsapp:${LUCIA}`, from: SENDER, body: 'Under way', statusCallback });
    expect(fixture.statuses()).to.deep.equal([]);
    await fixture.simulator.close();
    fixture.startSimulator({ file: join(folder, 'phone.json') });
    await fixture.until(() => fixture.statuses().includes('delivered') && fixture.inbound().length >= 2);
    expect(fixture.inbound().map(({ form }) => form.Body)).to.deep.equal(['Before', 'Held up']);
    expect(fixture.warnings).to.deep.equal([]);
  });

  it('starts afresh, and says so, when its file cannot be read', async () => {
    await fixture.simulator.close();
    writeFileSync(join(folder, 'phone.json'), '{"version":1,');
    fixture.startSimulator({ file: join(folder, 'phone.json') });
    expect((await fixture.state()).customers).to.have.length(SAMPLE_CUSTOMERS.length);
    expect(fixture.warnings).to.have.length(1);
  });
});
