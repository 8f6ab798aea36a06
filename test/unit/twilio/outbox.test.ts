import { expect } from 'chai';
import type { Center } from '../../../lib/center/center.ts';
import type { ClaimArgs } from '../../../lib/center/sending-contract.ts';
import { CenterError } from '../../../lib/domain/errors.ts';
import { HOUR_MS, LIMIT_TEXT } from '../../../lib/domain/session-window.ts';
import { createOutbox, type OutboxOptions, type Outcome } from '../../../lib/twilio/outbox.ts';
import { statusCallbackOf } from '../../../lib/twilio/calling.ts';
import { resolveUnknown } from '../../../lib/twilio/resolve-unknown.ts';
import type { Found } from '../../../lib/twilio/sender.ts';
import { CUSTOMER, SENDER, sidOf, temporaryCenter, testAccount, type TestClock } from './fixture.ts';
import { account, claim, customerWrites, FakeSender, TEMPLATE } from './outbox-fixture.ts';

function refusalOf(outcome: Outcome): CenterError {
  if (outcome.kind !== 'refused') throw new Error(`The outcome is ${outcome.kind}.`);
  return outcome.error;
}

describe('the outbox', () => {
  let center: Center;
  let clock: TestClock;
  let dispose: () => Promise<void>;
  let sender: FakeSender;

  beforeEach(async () => {
    ({ center, clock, dispose } = await temporaryCenter());
    sender = new FakeSender();
    await customerWrites(center);
  });

  afterEach(() => dispose());

  const outbox = (options: Partial<OutboxOptions> = {}) => createOutbox({ center, account, sender, ...options });

  /** A report that is lower than anything changes nothing and tells what is there. */
  async function statusOf(id: string, sid = sidOf(9999)): Promise<string> {
    const { changed, status } = await center.run('receiveStatus', {
      accountId: account.id,
      sid,
      messageId: id,
      status: 'held',
      errorCode: null,
      errorMessage: null,
    });
    expect(changed).to.equal(false);
    return String(status);
  }

  it('claims, sends and records', async () => {
    const outcome = await outbox().submit(claim({ to: '+15551234567' }));
    if (outcome.kind !== 'sent') throw new Error(outcome.kind);
    expect(outcome.message).to.include({ status: 'queued', sid: sidOf(1), text: 'Good morning', to: CUSTOMER });
    expect(outcome.conversation?.customer.address).to.equal('+15551234567');
    expect(sender.sent).to.deep.equal([
      {
        from: SENDER,
        to: CUSTOMER,
        text: 'Good morning',
        template: null,
        messageId: outcome.message.id,
        statusCallback: `https://hooks.example.com/whatsapp/status?id=${outcome.message.id}`,
      },
    ]);
  });

  it('sends the answer to a customer’s message once, however often the flow runs', async () => {
    const road = outbox();
    const answer = { inboundId: sidOf(1000), nodeId: 'out-1', nth: 1 };
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => road.submit(claim({ answer }))));
    expect(outcomes.filter(({ kind }) => kind === 'sent')).to.have.length(1);
    expect(outcomes.filter(({ kind }) => kind === 'already')).to.have.length(19);
    expect(sender.sent).to.have.length(1);
  });

  it('refuses an id that was sent already', async () => {
    const road = outbox();
    expect((await road.submit(claim({ messageId: 'mine' }))).kind).to.equal('sent');
    expect(refusalOf(await road.submit(claim({ messageId: 'mine' }))).code).to.equal('ALREADY_SENT');
    expect(sender.sent).to.have.length(1);
  });

  it('checks recipient and content before anything is claimed', async () => {
    const road = outbox();
    const refusals: [Partial<ClaimArgs>, string][] = [
      [{ text: ' ' }, 'EMPTY_TEXT'],
      [{ text: 'x'.repeat(16_001) }, 'TEXT_TOO_LONG'],
      [{ template: { contentSid: 'welcome', variables: {} } }, 'INVALID_TEMPLATE'],
      [{ to: '15551234567' }, 'INVALID_RECIPIENT'],
      [{ to: '' }, 'NO_RECIPIENT'],
    ];
    for (const [changes, code] of refusals) expect(refusalOf(await road.submit(claim(changes))).code).to.equal(code);
    expect(sender.sent).to.have.length(0);
  });

  it('keeps the 24 hour rule to the millisecond, and lets templates pass', async () => {
    const road = outbox();
    clock.ms += 24 * HOUR_MS;
    expect((await road.submit(claim())).kind).to.equal('sent');
    clock.ms += 1;
    const error = refusalOf(await road.submit(claim()));
    expect(error).to.include({ code: 'SESSION_EXPIRED', message: LIMIT_TEXT });
    expect(sender.sent).to.have.length(1);
    expect((await road.submit(claim({ text: '', template: TEMPLATE }))).kind).to.equal('sent');
    expect(sender.sent[1]!.template).to.deep.equal(TEMPLATE);
    expect(refusalOf(await road.submit(claim({ to: '+15557777777' }))).code).to.equal('SESSION_NONE');
  });

  it('records a refusal with Twilio’s number, and 63016 closes the window', async () => {
    sender.act = () => Promise.reject(new CenterError('SESSION_EXPIRED', LIMIT_TEXT, { twilioCode: 63016 }));
    const outcome = await outbox().submit(claim());
    expect(refusalOf(outcome)).to.include({ code: 'SESSION_EXPIRED', twilioCode: 63016, message: LIMIT_TEXT });
    expect(outcome).to.have.nested.property('message.status', 'failed');
    const { refusedAt } = await center.query('sessionOf', { address: CUSTOMER, sender: SENDER });
    expect(refusedAt).to.equal(clock.ms);
    expect(refusalOf(await outbox().submit(claim())).code).to.equal('SESSION_EXPIRED');
    expect(sender.sent).to.have.length(1);
  });

  it('repeats only what was certainly not processed', async () => {
    const busy = new CenterError('TWILIO_REFUSED', 'Busy.', { twilioCode: 20429 });
    const unreachable = new CenterError('TWILIO_UNREACHABLE', 'Not there.');
    sender.act = (_request, count) =>
      count < 3 ? Promise.reject(count === 1 ? busy : unreachable) : Promise.resolve({ sid: sidOf(3), status: 'queued' });
    expect((await outbox().submit(claim())).kind).to.equal('sent');
    expect(sender.sent).to.have.length(3);
    expect(new Set(sender.sent.map(({ messageId }) => messageId)).size).to.equal(1);

    for (const error of [
      new CenterError('SEND_UNKNOWN', '?'),
      new CenterError('TWILIO_REFUSED', 'Limit.', { twilioCode: 63038 }),
    ]) {
      sender.sent.length = 0;
      sender.act = () => Promise.reject(error);
      expect(refusalOf(await outbox().submit(claim())).code).to.equal(error.code);
      expect(sender.sent).to.have.length(1);
    }
  });

  it('does not let a repetition slip past the end of the window', async () => {
    clock.ms += 24 * HOUR_MS;
    sender.act = () => {
      clock.ms += 1;
      return Promise.reject(new CenterError('TWILIO_UNREACHABLE', 'Not there.'));
    };
    expect(refusalOf(await outbox().submit(claim()))).to.include({ code: 'SESSION_EXPIRED', message: LIMIT_TEXT });
    expect(sender.sent).to.have.length(1);
  });

  it('leaves what Twilio may have taken as unknown until a callback tells', async () => {
    sender.act = () => Promise.reject(new CenterError('SEND_UNKNOWN', 'Not known.'));
    const outcome = await outbox().submit(claim({ messageId: 'doubtful' }));
    expect(refusalOf(outcome).code).to.equal('SEND_UNKNOWN');
    expect(await statusOf('doubtful')).to.equal('unknown');
    const callback = {
      accountId: account.id,
      sid: sidOf(9999),
      messageId: 'doubtful',
      status: 'delivered',
      errorCode: null,
      errorMessage: null,
    };
    expect(await center.run('receiveStatus', callback)).to.include({ status: 'delivered', changed: true });
  });

  it('treats a defect of the sender as not known, not as unsent', async () => {
    sender.act = () => Promise.reject(new TypeError('defect'));
    expect(refusalOf(await outbox().submit(claim())).code).to.equal('SEND_UNKNOWN');
  });

  it('throws when the store is gone, because that is no refusal', async () => {
    const broken = { ...center, run: () => Promise.reject(new Error('worker ended')) } as unknown as Center;
    let thrown: unknown;
    await outbox({ center: broken })
      .submit(claim())
      .catch((error: unknown) => (thrown = error));
    expect(String(thrown)).to.contain('worker ended');
  });

  it('keeps the order per customer while others go ahead', async () => {
    const other = 'whatsapp:+15557654321';
    await customerWrites(center, { sid: sidOf(1001), from: other });
    const started: string[] = [];
    let release!: () => void;
    const gate = new Promise<void>((resolve) => (release = resolve));
    let otherIsThrough!: () => void;
    const overtaken = new Promise<void>((resolve) => (otherIsThrough = resolve));
    sender.act = async (request, count) => {
      started.push(request.text);
      if (request.text === 'slow') await gate;
      if (request.to === other) otherIsThrough();
      return { sid: sidOf(count), status: 'queued' };
    };
    const road = outbox();
    const all = [
      road.submit(claim({ text: 'slow' })),
      road.submit(claim({ text: 'second' })),
      road.submit(claim({ to: other, text: 'other' })),
    ];
    await overtaken;
    expect(started).to.deep.equal(['slow', 'other']);
    release();
    await road.idle();
    expect(started).to.deep.equal(['slow', 'other', 'second']);
    expect((await Promise.all(all)).map(({ kind }) => kind)).to.deep.equal(['sent', 'sent', 'sent']);
  });

  it('names no callback without a public address', () => {
    expect(statusCallbackOf(testAccount({ publicUrl: '' }), 'm1')).to.equal('');
    expect(statusCallbackOf(account, 'a b')).to.equal('https://hooks.example.com/whatsapp/status?id=a%20b');
  });

  describe('after an interruption', () => {
    /** A message that was claimed and never recorded, as after kill -9 between Twilio's answer and our write. */
    async function claimOnly(id: string): Promise<void> {
      expect((await center.run('claimOutbound', claim({ messageId: id, text: `text of ${id}` }))).verdict).to.equal('send');
    }

    it('records what Twilio has, marks the rest unknown, and sends nothing', async () => {
      for (const id of ['found', 'failed', 'lost']) await claimOnly(id);
      const answers: (Found | null)[] = [
        { sid: sidOf(1), status: 'delivered', errorCode: null },
        { sid: sidOf(2), status: 'failed', errorCode: 63016 },
        null,
      ];
      sender.find = () => Promise.resolve(answers.shift() ?? null);
      clock.ms += 1000;
      expect(await resolveUnknown(center, account, sender)).to.deep.equal({ found: 2, unknown: 1, left: 0 });
      expect(await statusOf('found', sidOf(1))).to.equal('delivered');
      expect(await statusOf('failed', sidOf(2))).to.equal('failed');
      expect(await statusOf('lost')).to.equal('unknown');
      expect(sender.sent).to.have.length(0);
    });

    it('does not take another message of ours with the same text for it', async () => {
      await claimOnly('first');
      await center.run('recordSent', { messageId: 'first', sid: sidOf(5), status: 'sent' });
      await claimOnly('second');
      sender.find = () => Promise.resolve({ sid: sidOf(5), status: 'sent', errorCode: null });
      expect(await resolveUnknown(center, account, sender)).to.deep.equal({ found: 0, unknown: 1, left: 0 });
      expect(await statusOf('second')).to.equal('unknown');
    });

    it('leaves a message alone when Twilio cannot be asked, and other accounts’ always', async () => {
      await claimOnly('later');
      sender.find = () => Promise.reject(new CenterError('TWILIO_UNREACHABLE', 'Not there.'));
      expect(await resolveUnknown(center, account, sender)).to.deep.equal({ found: 0, unknown: 0, left: 1 });
      expect(await statusOf('later')).to.equal('submitting');
      expect(await resolveUnknown(center, testAccount({ id: 'another' }), sender)).to.deep.equal({
        found: 0,
        unknown: 0,
        left: 0,
      });
    });
  });
});
