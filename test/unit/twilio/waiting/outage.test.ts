import { expect } from 'chai';
import type { Center } from '../../../../lib/center/center.ts';
import type { ClaimArgs } from '../../../../lib/center/sending-contract.ts';
import { CenterError } from '../../../../lib/domain/errors.ts';
import { HOUR_MS, LIMIT_TEXT } from '../../../../lib/domain/session-window.ts';
import { createOutbox, type Outbox, type Outcome } from '../../../../lib/twilio/outbox.ts';
import type { Found, Sender, SendRequest, Taken } from '../../../../lib/twilio/sender.ts';
import type { RoomState, WaitingRoom } from '../../../../lib/twilio/waiting/waiting-room.ts';
import { until } from '../../../support/turns.ts';
import { CUSTOMER, sidOf, temporaryCenter, type TestClock } from '../fixture.ts';
import { account, claim as anyClaim, customerWrites, roomIn, statusOf, TEMPLATE } from '../outbox-fixture.ts';
import { FakeTime } from './fake-time.ts';

const MINUTE_MS = 60_000;
const OTHER = 'whatsapp:+15557654321';

/** Twilio, which can go away. */
class Twilio implements Sender {
  /** What is thrown instead of an answer. */
  down: CenterError | null = null;
  readonly attempts: SendRequest[] = [];
  readonly sent: SendRequest[] = [];
  asked = 0;
  knows: Found | null = null;

  ready(): Promise<void> {
    return Promise.resolve();
  }

  send(request: SendRequest): Promise<Taken> {
    this.attempts.push(request);
    if (this.down !== null) return Promise.reject(this.down);
    this.sent.push(request);
    return Promise.resolve({ sid: sidOf(this.sent.length), status: 'queued' });
  }

  lookUp(): Promise<Found | null> {
    this.asked += 1;
    return this.down === null ? Promise.resolve(this.knows) : Promise.reject(this.down);
  }

  close(): void {}
}

const unreachable = (): CenterError => new CenterError('TWILIO_UNREACHABLE', 'Not there.');
const ambiguous = (): CenterError => new CenterError('SEND_UNKNOWN', 'Perhaps.');

describe('an outage of Twilio', () => {
  let center: Center;
  let clock: TestClock;
  let dispose: () => Promise<void>;
  let twilio: Twilio;
  let time: FakeTime;
  let room: WaitingRoom;
  let outbox: Outbox;

  beforeEach(async () => {
    ({ center, clock, dispose } = await temporaryCenter());
    twilio = new Twilio();
    start();
    for (const [index, from] of [CUSTOMER, OTHER].entries()) {
      await customerWrites(center, { sid: sidOf(1000 + index), from });
    }
  });

  afterEach(async () => {
    room.close();
    await outbox.idle();
    await dispose();
  });

  /** A process begins: everything but the store is new. */
  function start(): void {
    time = new FakeTime();
    room = roomIn(time);
    outbox = createOutbox({ center, account, sender: twilio, room });
  }

  function claim(changes: Partial<ClaimArgs> = {}): ClaimArgs {
    return anyClaim({ nodeId: 'out-1', ...changes });
  }

  /** Submits and resolves once the message is safe and waits. */
  async function waits(changes: Partial<ClaimArgs> = {}): Promise<Promise<Outcome>[]> {
    let outcome!: Promise<Outcome>;
    await new Promise<void>((resolve, reject) => {
      outcome = outbox.submit(claim(changes), resolve);
      outcome.then((known) => reject(new Error(`It is ${known.kind} already.`)), reject);
    });
    return [outcome];
  }

  /** Lets the next pause run out, by the center's clock too, and everything end that comes of it. */
  async function nextTry(): Promise<void> {
    const { attempts, asked } = { attempts: twilio.attempts.length, asked: twilio.asked };
    clock.ms += time.next();
    await until(() => twilio.attempts.length > attempts || twilio.asked > asked || room.line.open);
    await until(() => !room.line.trying);
    await outbox.idle();
  }

  it('of ten minutes is bridged: in order, one call at a time, and nothing is sent twice', async () => {
    twilio.down = unreachable();
    const outcomes: Promise<Outcome>[] = [];
    for (const text of ['one', 'two', 'three']) {
      outcomes.push(...(await waits({ text })));
      outcomes.push(...(await waits({ text, to: OTHER })));
    }
    expect(twilio.attempts).to.have.length(1);
    expect(room.size).to.equal(6);
    while (time.ms < 10 * MINUTE_MS) await nextTry();
    // Once every half minute in the end.
    expect(twilio.attempts.length).to.be.within(20, 30);
    expect(twilio.sent).to.have.length(0);
    twilio.down = null;
    await nextTry();
    const kinds = (await Promise.all(outcomes)).map(({ kind }) => kind);
    expect(kinds).to.deep.equal(Array(6).fill('sent'));
    for (const to of [CUSTOMER, OTHER])
      expect(twilio.sent.filter((one) => one.to === to).map(({ text }) => text)).to.deep.equal(['one', 'two', 'three']);
    expect(room.size).to.equal(0);
    expect(time.running).to.equal(0);
    expect((await outbox.submit(claim({ text: 'four' }))).kind).to.equal('sent');
  });

  it('does not keep others waiting for a message in doubt that was erased', async () => {
    twilio.down = ambiguous();
    expect((await outbox.submit(claim({ messageId: 'm1' }))).kind).to.equal('refused');
    await center.run('erase', { customer: CUSTOMER });
    const [outcome] = await waits({ to: OTHER });
    twilio.down = null;
    twilio.knows = { sid: sidOf(77), status: 'sent', errorCode: null };
    await nextTry();
    expect(room.line.open).to.equal(true);
    expect((await outcome!).kind).to.equal('sent');
  });

  it('keeps what waits where a new process finds it and goes on', async () => {
    twilio.down = unreachable();
    await waits({ text: 'first', messageId: 'm1' });
    await waits({ text: 'second', messageId: 'm2' });
    await waits({ text: '', template: TEMPLATE, messageId: 'm3', nodeId: 'out-2' });
    room.close();
    start();
    const left = await center.query('postponed', { accountId: account.id });
    expect(left.map(({ id, nodeId, mailing }) => [id, nodeId, mailing])).to.deep.equal([
      ['m1', 'out-1', false],
      ['m2', 'out-1', false],
      ['m3', 'out-2', true],
    ]);
    expect(await center.query('postponed', { accountId: 'another' })).to.deep.equal([]);
    const resumed: [string, string][] = [];
    room.onResumed = ({ messageId }, { kind }) => resumed.push([messageId, kind]);
    twilio.attempts.length = 0;
    outbox.resume(left);
    // What comes later waits behind it, and what is known already is not taken in twice.
    const [after] = await waits({ text: 'after' });
    outbox.resume(left.slice(0, 1));
    twilio.down = null;
    await nextTry();
    expect((await after!).kind).to.equal('sent');
    expect(resumed).to.deep.equal([
      ['m1', 'sent'],
      ['m2', 'sent'],
      ['m3', 'sent'],
    ]);
    expect(twilio.sent.map(({ text, template }) => template?.contentSid ?? text)).to.deep.equal([
      'first',
      'second',
      TEMPLATE.contentSid,
      'after',
    ]);
  });

  it('shows what waits as pending, with the reason, and says so', async () => {
    const events: unknown[] = [];
    center.subscribe((all) =>
      events.push(...all.filter(({ type }) => type === 'message.status').map((e) => [e.reason, e.data['status']])),
    );
    const states: RoomState[] = [];
    room.watch((state) => states.push(state));
    twilio.down = unreachable();
    const [first] = await waits({ messageId: 'm1' });
    await waits({ messageId: 'm2' });
    expect(events).to.deep.equal([
      ['waiting-for-twilio', 'pending'],
      ['waiting-for-twilio', 'pending'],
    ]);
    expect(await statusOf(center, 'm1')).to.equal('pending');
    expect(states.at(-1)).to.deep.equal({ waiting: 2, reachable: false });
    twilio.down = null;
    await nextTry();
    expect((await first!).message?.status).to.equal('queued');
    expect(states.at(-1)).to.deep.equal({ waiting: 0, reachable: true });
  });

  it('does not carry a text over the end of the session window; a template goes', async () => {
    clock.ms += 24 * HOUR_MS - MINUTE_MS;
    twilio.down = unreachable();
    const [text] = await waits();
    const [template] = await waits({ text: '', template: TEMPLATE, to: OTHER });
    clock.ms += MINUTE_MS + 1;
    twilio.down = null;
    await nextTry();
    const outcome = await text!;
    if (outcome.kind !== 'refused') throw new Error(outcome.kind);
    expect(outcome.error).to.include({ code: 'SESSION_EXPIRED', message: LIMIT_TEXT });
    expect((await template!).kind).to.equal('sent');
    expect(twilio.sent).to.have.length(1);
  });

  it('sends the fallback template in the place of a text whose window has ended meanwhile', async () => {
    clock.ms += 24 * HOUR_MS - MINUTE_MS;
    twilio.down = unreachable();
    const [text] = await waits({ fallback: { template: TEMPLATE, text: 'What the customer reads' } });
    clock.ms += MINUTE_MS + 1;
    twilio.down = null;
    await nextTry();
    expect((await text!).message).to.deep.include({ type: 'template', template: TEMPLATE, text: 'What the customer reads' });
    expect(twilio.sent.map(({ template }) => template)).to.deep.equal([TEMPLATE]);
  });

  it('gives a text up after half an hour and a template after four, as not sent', async () => {
    twilio.down = unreachable();
    const [text] = await waits();
    const [template] = await waits({ text: '', template: TEMPLATE, to: OTHER });
    clock.ms += 30 * MINUTE_MS;
    await nextTry();
    expect(room.size).to.equal(1);
    const outcome = await text!;
    if (outcome.kind !== 'refused') throw new Error(outcome.kind);
    expect(outcome.error.code).to.equal('TWILIO_UNREACHABLE');
    clock.ms += 4 * HOUR_MS;
    await nextTry();
    expect((await template!).kind).to.equal('refused');
    expect(room.size).to.equal(0);
    // Nobody is left to ask with: the next message does.
    expect(room.line.open).to.equal(true);
    twilio.down = null;
    expect((await outbox.submit(claim())).kind).to.equal('sent');
  });

  it('risks nothing while it is not known what becomes of messages: Twilio is asked first', async () => {
    twilio.down = ambiguous();
    const unknown = await outbox.submit(claim({ messageId: 'doubtful' }));
    expect(unknown).to.have.nested.property('error.code', 'SEND_UNKNOWN');
    const [later] = await waits({ text: 'later' });
    const [other] = await waits({ text: 'other', to: OTHER });
    for (let round = 0; round < 5; round += 1) await nextTry();
    expect(twilio.attempts).to.have.length(1);
    expect(twilio.asked).to.equal(5);
    twilio.down = null;
    twilio.knows = { sid: sidOf(77), status: 'sent', errorCode: null };
    await nextTry();
    expect((await later!).kind).to.equal('sent');
    expect((await other!).kind).to.equal('sent');
    expect(twilio.sent.map(({ text }) => text)).to.deep.equal(['later', 'other']);
    expect(await statusOf(center, 'doubtful')).to.equal('sent');
  });

  it('asks again, after one minute and after ten, about what Twilio could not see at first', async () => {
    twilio.down = ambiguous();
    await outbox.submit(claim({ messageId: 'doubtful' }));
    twilio.down = null;
    await nextTry();
    expect(room.line.open).to.equal(true);
    expect(time.next()).to.equal(MINUTE_MS);
    await until(() => time.running === 1);
    twilio.knows = { sid: sidOf(78), status: 'delivered', errorCode: null };
    expect(time.next()).to.equal(10 * MINUTE_MS);
    await until(() => twilio.asked === 3);
    expect(time.running).to.equal(0);
  });

  it('takes a refusal to tell for an answer: Twilio is there', async () => {
    twilio.down = ambiguous();
    await outbox.submit(claim());
    twilio.down = new CenterError('TWILIO_REFUSED', 'Not with this key.', { twilioCode: 20003 });
    await nextTry();
    expect(room.line.open).to.equal(true);
  });

  it('lets the parts of a long text wait together, and does not send the rest of one that failed', async () => {
    twilio.down = unreachable();
    const long = `${'x'.repeat(1590)} `.repeat(3);
    const [whole] = await waits({ text: long });
    expect(room.size).to.equal(3);
    twilio.down = null;
    await nextTry();
    const outcome = await whole!;
    expect(outcome.kind).to.equal('sent');
    expect(outcome.earlier).to.have.length(2);
    expect(twilio.sent).to.have.length(3);

    twilio.down = unreachable();
    const [doomed] = await waits({ text: long });
    twilio.down = new CenterError('TWILIO_REFUSED', 'No.', { twilioCode: 63024 });
    await nextTry();
    expect((await doomed!).kind).to.equal('refused');
    expect(twilio.sent).to.have.length(3);
    expect(room.size).to.equal(0);
  });

  it('lets go when the account goes, and what waits stays in the store', async () => {
    twilio.down = unreachable();
    await waits({ messageId: 'm1' });
    await waits({ messageId: 'm2', to: OTHER });
    // Closed in the middle of the one call that finds out.
    const called = new Promise<void>((resolve) => {
      twilio.send = (request) => {
        twilio.attempts.push(request);
        room.close();
        resolve();
        return Promise.reject(unreachable());
      };
    });
    time.next();
    await called;
    await outbox.idle();
    expect(time.running).to.equal(0);
    expect((await center.query('postponed', { accountId: account.id })).map(({ id }) => id)).to.deep.equal(['m1', 'm2']);
  });

  it('puts off what Twilio has been too busy for, and refuses what a daily limit stops', async () => {
    outbox = createOutbox({ center, account, sender: twilio, room, patienceMs: 0 });
    twilio.down = new CenterError('TWILIO_REFUSED', 'Busy.', { twilioCode: 20429 });
    const [patient] = await waits();
    twilio.down = null;
    await nextTry();
    expect((await patient!).kind).to.equal('sent');
    twilio.down = new CenterError('TWILIO_REFUSED', 'Limit.', { twilioCode: 63038 });
    expect((await outbox.submit(claim())).kind).to.equal('refused');
  });

  it('finds a flow’s answer that waits when the flow runs again, and an id that waits is taken', async () => {
    twilio.down = unreachable();
    const answer = { inboundId: sidOf(1000), nodeId: 'out-1', nth: 0 };
    await waits({ answer });
    await waits({ messageId: 'mine' });
    expect((await outbox.submit(claim({ answer }))).kind).to.equal('already');
    expect(await outbox.submit(claim({ messageId: 'mine' }))).to.have.nested.property('error.code', 'ALREADY_SENT');
    expect(room.size).to.equal(2);
  });
});
