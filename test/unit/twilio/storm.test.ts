import { expect } from 'chai';
import type { Center } from '../../../lib/center/center.ts';
import { CenterError } from '../../../lib/domain/errors.ts';
import { DEFAULT_RATE } from '../../../lib/domain/send-rate.ts';
import { createOutbox, type Outcome } from '../../../lib/twilio/outbox.ts';
import { Paces } from '../../../lib/twilio/pace.ts';
import type { Sender, SendRequest, Taken } from '../../../lib/twilio/sender.ts';
import { Line } from '../../../lib/twilio/waiting/line.ts';
import { WaitingRoom } from '../../../lib/twilio/waiting/waiting-room.ts';
import { turn } from '../../support/turns.ts';
import { sidOf, temporaryCenter } from './fixture.ts';
import { account, claim, customerWrites } from './outbox-fixture.ts';
import { FakeTime } from './waiting/fake-time.ts';

const STORM_MS = 30_000;
const CUSTOMERS = 60;
const EACH = 4;

/** Answers 429 for the first half minute; every call is written down with its time. */
class BusyTwilio implements Sender {
  readonly calls: { at: number; text: string }[] = [];
  readonly taken: { at: number; text: string }[] = [];
  readonly #time: FakeTime;

  constructor(time: FakeTime) {
    this.#time = time;
  }

  ready(): Promise<void> {
    return Promise.resolve();
  }

  send({ text }: SendRequest): Promise<Taken> {
    const at = this.#time.ms;
    this.calls.push({ at, text });
    if (at < STORM_MS) return Promise.reject(new CenterError('TWILIO_REFUSED', 'Busy.', { twilioCode: 20429 }));
    this.taken.push({ at, text });
    return Promise.resolve({ sid: sidOf(this.taken.length), status: 'queued' });
  }

  lookUp(): Promise<null> {
    return Promise.resolve(null);
  }

  close(): void {}
}

describe('a storm of 429 for half a minute', () => {
  it('ends with every message sent once, in order, and is not answered with one', async function () {
    this.timeout(30_000);
    const { center, dispose } = await temporaryCenter();
    const time = new FakeTime();
    const twilio = new BusyTwilio(time);
    const counted = countingCenter(center);
    const room = new WaitingRoom({ line: new Line({ later: time.later }), later: time.later });
    const paces = new Paces({ now: () => time.ms, later: time.later });
    const outbox = createOutbox({ center: counted.center, account, sender: twilio, paces, room });
    const customers = Array.from({ length: CUSTOMERS }, (_, index) => `whatsapp:+1555123${1000 + index}`);
    for (const [index, from] of customers.entries()) {
      await customerWrites(center, { sid: sidOf(1000 + index), from });
    }

    const texts = customers.flatMap((to) => Array.from({ length: EACH }, (_, nth) => ({ to, text: `${to} ${nth}` })));
    let left = texts.length;
    const all = texts.map(async ({ to, text }): Promise<Outcome> => {
      const outcome = await outbox.submit(claim({ to, text, author: { kind: 'agent' } }));
      left -= 1;
      return outcome;
    });
    // Time goes on whenever there is nothing else to do.
    while (left > 0) {
      await counted.quiet();
      if (left > 0 && time.running > 0) time.next();
    }

    expect((await Promise.all(all)).map(({ kind }) => kind)).to.deep.equal(texts.map(() => 'sent'));
    expect(twilio.taken.map(({ text }) => text).sort()).to.deep.equal(texts.map(({ text }) => text).sort());
    for (const to of customers) {
      const own = twilio.taken.filter(({ text }) => text.startsWith(`${to} `)).map(({ text }) => text);
      expect(own).to.deep.equal(Array.from({ length: EACH }, (_, nth) => `${to} ${nth}`));
    }
    const during = twilio.calls.filter(({ at }) => at < STORM_MS).map(({ at }) => at);
    expect(during.length).to.be.greaterThan(2);
    expect(during.length).to.be.at.most((DEFAULT_RATE * STORM_MS) / 1000 / 10);
    // What was under way together aside, no pause is like the next.
    const pauses = during
      .slice(1)
      .map((at, index) => at - during[index]!)
      .filter((pause) => pause > 100);
    expect(new Set(pauses).size).to.equal(pauses.length);
    for (const { at } of twilio.taken)
      expect(twilio.taken.filter((other) => other.at >= at && other.at < at + 1000).length).to.be.at.most(DEFAULT_RATE);
    room.close();
    await dispose();
  });
});

/** A center that tells when nothing of it is under way, so that time may go on. */
function countingCenter(center: Center): { center: Center; quiet(): Promise<void> } {
  let running = 0;
  let turns = 0;
  const count = async <Result>(result: Promise<Result>): Promise<Result> => {
    running += 1;
    turns += 1;
    try {
      return await result;
    } finally {
      running -= 1;
      turns += 1;
    }
  };
  const counted = {
    ...center,
    run: ((name, args) => count(center.run(name, args))) as Center['run'],
    query: ((name, args) => count(center.query(name, args))) as Center['query'],
  };
  return {
    center: counted,
    async quiet() {
      for (let calm = 0, seen = turns; calm < 3; calm = running === 0 && seen === turns ? calm + 1 : 0) {
        seen = turns;
        await turn();
      }
    },
  };
}
