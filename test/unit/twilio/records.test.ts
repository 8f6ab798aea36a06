import { expect } from 'chai';
import type { Center } from '../../../lib/center/center.ts';
import type { CommandName } from '../../../lib/center/contract.ts';
import type { ClaimArgs } from '../../../lib/center/sending-contract.ts';
import { CenterError } from '../../../lib/domain/errors.ts';
import { createOutbox, type Outbox, type Outcome } from '../../../lib/twilio/outbox.ts';
import { Paces } from '../../../lib/twilio/pace.ts';
import { Records, type RecordName } from '../../../lib/twilio/records.ts';
import type { WaitingRoom } from '../../../lib/twilio/waiting/waiting-room.ts';
import { until } from '../../support/turns.ts';
import { sidOf, temporaryCenter } from './fixture.ts';
import { account, claim, customerWrites, FakeSender, roomIn, statusOf } from './outbox-fixture.ts';
import { FakeTime } from './waiting/fake-time.ts';

/** What Twilio says to the first call, and what has to be recorded because of it. */
const CASES: { name: RecordName; says: CenterError | null; ends: string }[] = [
  { name: 'recordSent', says: null, ends: 'queued' },
  { name: 'recordFailed', says: new CenterError('TWILIO_REFUSED', 'No.', { twilioCode: 21211 }), ends: 'failed' },
  { name: 'recordUnknown', says: new CenterError('SEND_UNKNOWN', 'Perhaps.'), ends: 'unknown' },
  { name: 'postponeOutbound', says: new CenterError('TWILIO_UNREACHABLE', 'Not there.'), ends: 'queued' },
];

describe('what Twilio said, while the store takes nothing', () => {
  let center: Center;
  let dispose: () => Promise<void>;
  let twilio: FakeSender;
  /** The pauses of the records. */
  let time: FakeTime;
  /** The pauses in which nobody calls. */
  let outage: FakeTime;
  let records: Records;
  let room: WaitingRoom;
  /** Commands that fail, and whether they are in the file all the same. */
  let failing: Map<string, 'before' | 'after'>;
  let failures: number;

  beforeEach(async () => {
    ({ center, dispose } = await temporaryCenter());
    twilio = new FakeSender();
    time = new FakeTime();
    outage = new FakeTime();
    records = new Records({ later: time.later });
    room = roomIn(outage);
    failing = new Map();
    failures = 0;
    await customerWrites(center);
  });
  afterEach(async () => {
    records.close();
    room.close();
    await dispose();
  });

  const trouble = (): CenterError => {
    failures++;
    return new CenterError('STORE_UNAVAILABLE', 'The disk is full.');
  };
  const troubled = (): Center => ({
    ...center,
    run: async <Name extends CommandName>(name: Name, args: Parameters<typeof center.run<Name>>[1]) => {
      const fails = failing.get(name);
      if (fails === 'before') throw trouble();
      const result = await center.run(name, args);
      if (fails === 'after') throw trouble();
      return result;
    },
    query: async (name, args) => {
      if (failing.has(name)) throw trouble();
      return center.query(name, args);
    },
  });
  const road = (paces = new Paces()): Outbox =>
    createOutbox({ center: troubled(), account, sender: twilio, room, records, paces });

  const message = (text: string): ClaimArgs => claim({ messageId: text, text });
  /** Twilio takes everything, but says something else to the first call. */
  const saysFirst = (error: CenterError | null): void => {
    twilio.act = (_request, count) => (count === 1 && error !== null ? Promise.reject(error) : Promise.resolve());
  };

  for (const { name, says, ends } of CASES)
    for (const when of ['before', 'after'] as const)
      it(`is recorded as soon as the store takes it, once and in order: ${name} fails ${when} its commit`, async () => {
        saysFirst(says);
        failing.set(name, when);
        const said: (string | null)[] = [];
        center.subscribe((events) => {
          for (const { type, messageId } of events) if (type === 'message.sent') said.push(messageId);
        });
        const outbox = road();
        const ended: string[] = [];
        const submit = (text: string): Promise<Outcome> =>
          outbox.submit(message(text)).then((outcome) => (ended.push(text), outcome));
        const first = submit('first');
        await until(() => time.running === 1);
        const second = submit('second');
        for (const times of [2, 3]) {
          time.next();
          await until(() => failures === times && time.running === 1);
        }
        expect(ended, 'nothing is said before it is recorded').to.deep.equal([]);
        expect(twilio.sent, 'nothing goes past it').to.have.length(1);
        failing.clear();
        time.next();
        await until(() => ended.length > 0 || outage.running > 0);
        while (outage.running > 0 && ended.length < 2) {
          outage.next();
          await until(() => !room.line.trying);
          await outbox.idle();
        }
        expect((await first).kind).to.equal(says === null || name === 'postponeOutbound' ? 'sent' : 'refused');
        expect((await second).kind).to.equal('sent');
        expect(ended).to.deep.equal(['first', 'second']);
        expect(await statusOf(center, 'first')).to.equal(ends);
        expect(said).to.deep.equal(ends === 'queued' ? ['first', 'second'] : ['second']);
        const sent = twilio.sent.map(({ text }) => text);
        expect(sent).to.deep.equal(name === 'postponeOutbound' ? ['first', 'first', 'second'] : ['first', 'second']);
      });

  it('is tried again less and less often, by all that wait together', async () => {
    failing.set('recordSent', 'before');
    const outbox = road();
    const addresses = ['whatsapp:+15550001111', 'whatsapp:+15550002222'];
    for (const [index, from] of addresses.entries()) await customerWrites(center, { sid: sidOf(2000 + index), from });
    const outcomes = addresses.map((to) => outbox.submit({ ...message(to), to }));
    const pauses: number[] = [];
    for (let times = 1; times < 8; times++) {
      await until(() => failures === 2 * times);
      expect(time.running).to.equal(1);
      pauses.push(time.next());
    }
    expect(pauses).to.deep.equal([200, 400, 800, 1600, 3200, 5000, 5000]);
    failing.clear();
    expect((await Promise.all(outcomes)).map(({ kind }) => kind)).to.deep.equal(['sent', 'sent']);
  });

  it('is given up at the end, so that nobody waits for it', async () => {
    failing.set('recordSent', 'before');
    const outbox = road();
    const submitted = outbox.submit(message('first')).catch((error: CenterError) => error.code);
    await until(() => time.running === 1);
    records.close();
    expect(await submitted).to.equal('STORE_UNAVAILABLE');
    await outbox.idle();
    expect(time.running).to.equal(0);
    expect(await outbox.submit(message('later')).catch((error: CenterError) => error.code)).to.equal('STORE_UNAVAILABLE');
  });

  it('is given up when the store is closed', async () => {
    failing.set('recordSent', 'before');
    const submitted = road()
      .submit(message('first'))
      .catch((error: CenterError) => error.message);
    await until(() => time.running === 1);
    await center.close();
    failing.clear();
    time.next();
    expect(await submitted).to.equal('The contact center is closed.');
  });

  it('is not mistaken: a message that could not be looked at again before its call waits', async () => {
    let ms = 0;
    const pass = (wait: number, act: () => void): void => {
      ms += wait;
      act();
    };
    const paces = new Paces({ now: () => ms, later: (wait, act) => (setImmediate(pass, wait, act), () => {}) });
    saysFirst(new CenterError('TWILIO_REFUSED', 'Too much to do.', { twilioCode: 20429 }));
    failing.set('stillSendable', 'before');
    const outcome = road(paces).submit(message('first'));
    await until(() => failures === 1);
    failing.clear();
    expect((await outcome).kind).to.equal('sent');
    expect(twilio.sent).to.have.length(2);
  });
});
