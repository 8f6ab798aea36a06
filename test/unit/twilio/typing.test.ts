import { expect } from 'chai';
import { createTyping, type Typing } from '../../../lib/twilio/typing.ts';
import { json, serveApi, sidOf, testAccount } from './fixture.ts';

describe('the typing indicator', () => {
  let api: Awaited<ReturnType<typeof serveApi>>;
  let typing: Typing;
  let now: number;
  let status: number;
  let reasons: string[];

  beforeEach(async () => {
    now = 0;
    status = 200;
    reasons = [];
    api = await serveApi((response) =>
      json(response, status, status === 200 ? { success: true } : { code: 20001, message: 'No' }),
    );
    typing = createTyping(testAccount({ apiBaseUrl: api.url }), { now: () => now, onOff: (reason) => reasons.push(reason) });
  });
  afterEach(async () => {
    typing.close();
    await api.close();
  });

  it('names the customer’s last message', async () => {
    expect(await typing.show('c1', sidOf(7))).to.equal(true);
    expect(api.calls).to.have.length(1);
    expect(api.calls[0]).to.include({ method: 'POST', path: '/v2/Indicators/Typing.json' });
    expect(api.calls[0]!.form).to.deep.equal({ channel: 'whatsapp', messageId: sidOf(7) });
    expect(api.calls[0]!.headers.authorization).to.match(/^Basic /);
  });

  it('is shown every 20 seconds for a conversation, however fast somebody types', async () => {
    await Promise.all(Array.from({ length: 20 }, () => typing.show('c1', sidOf(7))));
    now = 19_999;
    expect(await typing.show('c1', sidOf(7))).to.equal(false);
    expect(await typing.show('c2', sidOf(8))).to.equal(true);
    now = 20_000;
    expect(await typing.show('c1', sidOf(7))).to.equal(true);
    expect(api.calls).to.have.length(3);
  });

  it('never fails, and is off for a while after an error', async () => {
    status = 400;
    expect(await typing.show('c1', sidOf(7))).to.equal(false);
    status = 200;
    now = 599_999;
    expect(await typing.show('c2', sidOf(8))).to.equal(false);
    expect(api.calls).to.have.length(1);
    expect(reasons).to.deep.equal(['Twilio did not give a typing indicator (error 20001).']);
    now = 600_000;
    expect(await typing.show('c2', sidOf(8))).to.equal(true);
    await api.close();
    now = 700_000;
    expect(await typing.show('c2', sidOf(8))).to.equal(false);
    expect(reasons).to.have.length(2);
  });

  it('says once that it is off, however many conversations find out', async () => {
    status = 500;
    await Promise.all(['c1', 'c2', 'c3'].map((id) => typing.show(id, sidOf(7))));
    expect(reasons).to.have.length(1);
  });
});
