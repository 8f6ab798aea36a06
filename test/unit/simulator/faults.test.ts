import { expect } from 'chai';
import fc from 'fast-check';
import { Faults } from '../../../lib/simulator/faults.ts';
import { Fixture, SENDER } from './fixture.ts';

const LUCIA = '+15550100101';

describe('simulator: Twilio behaves badly', () => {
  let fixture: Fixture;

  beforeEach(async () => {
    fixture = await new Fixture().start();
  });

  afterEach(() => fixture.stop());

  const fault = (name: string, times: number | null): Promise<Response> => fixture.phone('faults', { fault: name, times });
  const write = (timeout?: number): Promise<{ sid: string }> =>
    fixture.client(timeout).messages.create({
      to: `whatsapp:${LUCIA}`,
      from: SENDER,
      body: 'Answer',
      statusCallback: `${fixture.webhookBase}/status`,
    });
  const listed = async (): Promise<number> => (await fixture.client().messages.list({ to: `whatsapp:${LUCIA}` })).length;
  const failure = async (sending: Promise<unknown>): Promise<{ status?: number; code?: number | string; message: string }> =>
    sending.then(
      () => expect.fail('It went through.'),
      (error: { status?: number; code?: number | string; message: string }) => error,
    );

  it('answers 429 for the next N and then behaves', async () => {
    await fault('api-429', 2);
    for (let time = 0; time < 2; time += 1) expect(await failure(write())).to.include({ status: 429, code: 20429 });
    await write();
    expect(await listed()).to.equal(1);
  });

  it('answers 500 without or after accepting', async () => {
    await fault('api-500', 1);
    expect(await failure(write())).to.include({ status: 500, code: 20500 });
    expect(await listed()).to.equal(0);
    await fault('api-500-accepted', 1);
    expect(await failure(write())).to.include({ status: 500, code: 20500 });
    expect(await listed()).to.equal(1);
  });

  it('drops the connection after accepting', async () => {
    await fault('api-dropped', 1);
    expect((await failure(write())).message).to.match(/socket hang up|ECONNRESET|aborted/);
    expect(await listed()).to.equal(1);
  });

  it('does not answer for a while, although it has accepted', async () => {
    await fault('api-timeout', 1);
    expect((await failure(write(50))).message).to.match(/timeout/);
    expect(await listed()).to.equal(1);
  });

  it('answers 201 with a body that cannot be read', async () => {
    await fault('api-unreadable', 1);
    expect((await failure(write())).message).to.match(/JSON/);
    expect(await listed()).to.equal(1);
  });

  it('sends callbacks twice', async () => {
    await fixture.customerWrites(LUCIA);
    await fault('callback-twice', null);
    await write();
    await fixture.until(() => fixture.statuses().length === 6);
    expect(fixture.statuses()).to.deep.equal(['sending', 'sending', 'sent', 'sent', 'delivered', 'delivered']);
  });

  it('sends callbacks out of order', async () => {
    await fixture.customerWrites(LUCIA);
    await fault('callback-disorder', 1);
    await write();
    await fixture.until(() => fixture.statuses().length === 3);
    expect(fixture.statuses()).to.deep.equal(['delivered', 'sent', 'sending']);
  });

  it('says that a message failed at WhatsApp, as often as it is told to', async () => {
    await fixture.customerWrites(LUCIA);
    await fault('callback-failed', 1);
    await write();
    await fixture.until(() => fixture.statuses().length === 1);
    await write();
    await fixture.until(() => fixture.statuses().length === 4);
    expect(fixture.statuses()).to.deep.equal(['failed', 'sending', 'sent', 'delivered']);
    expect(fixture.received.find(({ form }) => form.MessageStatus === 'failed')!.form.ErrorCode).to.equal('63012');
  });

  it('calls the webhook twice for one message', async () => {
    await fault('webhook-twice', 1);
    await fixture.phone('send', { address: LUCIA, kind: 'text', text: 'Hello' });
    await fixture.until(() => fixture.inbound().length === 2);
    const [first, second] = fixture.inbound();
    expect(first!.form).to.deep.equal(second!.form);
    expect([first!.signatureValid, second!.signatureValid]).to.deep.equal([true, true]);
  });

  it('signs the webhook wrongly', async () => {
    await fault('webhook-wrong-signature', 1);
    await fixture.customerWrites(LUCIA, 'Forged');
    await fixture.customerWrites(LUCIA, 'Genuine');
    expect(fixture.inbound().map(({ signatureValid }) => signatureValid)).to.deep.equal([false, true]);
  });

  it('brings a delayed message late', async () => {
    await fault('webhook-delayed', 1);
    await fixture.customerWrites(LUCIA, 'Late');
    expect(fixture.inbound().map(({ form }) => form.Body)).to.deep.equal(['Late']);
  });

  it('lets a later message overtake a delayed one', async () => {
    await fixture.stop();
    fixture = await new Fixture().start({}, { pace: { stepMs: 0, webhookDelayMs: 60_000 } });
    await fault('webhook-delayed', 1);
    await fixture.phone('send', { address: LUCIA, kind: 'text', text: 'First' });
    await fixture.customerWrites(LUCIA, 'Second');
    expect(fixture.inbound().map(({ form }) => form.Body)).to.deep.equal(['Second']);
  });

  it('shows which switches are on, and refuses ones that do not exist', async () => {
    await fault('api-429', 3);
    await fault('webhook-twice', null);
    const remaining = Object.fromEntries((await fixture.state()).faults.map((view) => [view.fault, view.remaining]));
    expect(remaining).to.include({ 'api-429': 3, 'webhook-twice': null, 'api-500': 0 });
    await fault('webhook-twice', 0);
    expect((await fixture.state()).faults.find((view) => view.fault === 'webhook-twice')!.remaining).to.equal(0);
    expect((await fault('meteor', 1)).status).to.equal(400);
    expect((await fault('api-429', -1)).status).to.equal(400);
    expect((await fault('api-429', 1.5)).status).to.equal(400);
  });

  it('happens exactly as often as it was asked for', () => {
    fc.assert(
      fc.property(fc.nat(20), fc.nat(40), (times, tries) => {
        const faults = new Faults(() => undefined);
        faults.set('api-500', times);
        const taken = Array.from({ length: tries }, () => faults.take('api-500')).filter(Boolean).length;
        expect(taken).to.equal(Math.min(times, tries));
      }),
    );
  });
});
