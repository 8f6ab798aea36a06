import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { ACCOUNT_SID, AUTH_TOKEN, Fixture, SENDER } from './fixture.ts';

const CUSTOMER = '+15550100101';

describe('simulator: the Senders API', () => {
  let fixture: Fixture;
  beforeEach(async () => (fixture = await new Fixture().start()));
  afterEach(() => fixture.stop());

  const headers = {
    authorization: `Basic ${Buffer.from(`${ACCOUNT_SID}:${AUTH_TOKEN}`).toString('base64')}`,
    'content-type': 'application/json',
  };
  const address = (path: string): string => `${fixture.apiBase}/v2/Channels/Senders${path}`;
  const senderSid = async (): Promise<string> =>
    (await fixture.client().messaging.v2.channelsSenders.list({ channel: 'whatsapp' }))[0]!.sid;
  const write = async (body: string): Promise<Response> =>
    fetch(address(`/${await senderSid()}`), { method: 'POST', headers, body });

  const writes = (text: string): Promise<Response> => fixture.phone('send', { address: CUSTOMER, kind: 'text', text });

  it('shows the account’s sender to Twilio’s own package', async () => {
    const [sender] = await fixture.client().messaging.v2.channelsSenders.list({ channel: 'whatsapp' });
    expect(sender).to.include({ senderId: SENDER, status: 'ONLINE' });
    expect(sender!.sid).to.match(/^XE[0-9a-f]{32}$/);
    expect((await fixture.client().messaging.v2.channelsSenders(sender!.sid).fetch()).senderId).to.equal(SENDER);
  });

  it('refuses what Twilio refuses', async () => {
    expect((await fetch(address('?Channel=whatsapp'))).status).to.equal(401);
    expect((await fetch(address(''), { headers })).status).to.equal(400);
    expect((await fetch(address(`/XE${'9'.repeat(32)}`), { headers })).status).to.equal(404);
    expect((await fetch(address('?Channel=whatsapp'), { method: 'DELETE', headers })).status).to.equal(405);
    for (const body of [
      'no JSON',
      '[]',
      '{"webhook":"x"}',
      '{"webhook":{"callback_url":"x"}}',
      '{"webhook":{"callback_url":"https://a_b.example.com"}}',
      '{"webhook":{"callback_method":"GET"}}',
    ]) {
      expect((await write(body)).status, body).to.equal(400);
    }
  });

  it('sends customers’ messages to what is written at the sender, and nowhere when nothing is', async () => {
    expect((await write(JSON.stringify({ webhook: { callback_url: `${fixture.webhookBase}/other` } }))).status).to.equal(202);
    await writes('Hello');
    await fixture.until(() => fixture.received.length === 1);
    expect(fixture.received[0]!.path).to.equal('/whatsapp/other');
    await write(JSON.stringify({ webhook: { callback_url: null } }));
    await writes('Anybody?');
    const message = await fixture.untilOnPhone(CUSTOMER, ({ text, problem }) => text === 'Anybody?' && problem !== undefined);
    expect(message.problem).to.include('no webhook is written');
    expect(fixture.received).to.have.length(1);
  });

  it('sends statuses to the sender’s address where the message names none', async () => {
    await write(JSON.stringify({ webhook: { status_callback_url: `${fixture.webhookBase}/status-of-sender` } }));
    await fixture.customerWrites(CUSTOMER);
    await fixture.client().messages.create({ from: SENDER, to: `whatsapp:${CUSTOMER}`, body: 'Hello' });
    await fixture.until(() => fixture.received.some(({ form }) => form.MessageStatus === 'delivered'));
    expect(fixture.received.filter(({ path }) => path === '/whatsapp/status-of-sender')).to.have.length.above(2);
  });

  it('remembers them over a restart', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'simulator-'));
    try {
      const file = join(folder, 'phone.json');
      await fixture.simulator.close();
      fixture.startSimulator({ file });
      await write(JSON.stringify({ webhook: { callback_url: 'https://example.com/kept' } }));
      await fixture.simulator.close();
      fixture.startSimulator({ file });
      const [sender] = await fixture.client().messaging.v2.channelsSenders.list({ channel: 'whatsapp' });
      expect(sender!.webhook).to.include({ callbackUrl: 'https://example.com/kept' });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
