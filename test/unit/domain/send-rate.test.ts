import { expect } from 'chai';
import fc from 'fast-check';
import { busyPauseMs, callsAtOnce, SendRate } from '../../../lib/domain/send-rate.ts';

/** The most that left within any second. */
function mostInASecond(times: readonly number[]): number {
  let most = 0;
  let first = 0;
  times.forEach((time, index) => {
    while (times[first]! < time - 1000) first++;
    most = Math.max(most, index - first + 1);
  });
  return most;
}

describe('the rate of a sender', () => {
  it('may be less than one a second, as in the sandbox, and then makes up for nothing', () => {
    const sendRate = new SendRate(0.3);
    const times: number[] = [];
    let now = 0;
    for (const idle of [0, 0, 10_000, 0, 0]) {
      now += idle;
      now += Math.ceil(sendRate.waitMs(now));
      sendRate.answered(sendRate.take(now), now + 50, true);
      times.push(now);
    }
    const gaps = times.slice(1).map((time, index) => time - times[index]!);
    expect(Math.min(...gaps)).to.be.at.least(3000);
    expect(gaps).to.deep.equal([3417, 10_000, 3417, 3417]);
  });

  it('is not exceeded within any second, however requests come and however late timers wake us', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100 }),
        fc.array(fc.tuple(fc.nat(400), fc.nat(30), fc.integer({ min: 1, max: 60 })), { minLength: 1, maxLength: 40 }),
        (rate, bursts) => {
          const sendRate = new SendRate(rate);
          const times: number[] = [];
          let now = 1000;
          for (const [idle, late, count] of bursts) {
            now += idle;
            for (let sent = 0; sent < count; sent++) {
              const wait = sendRate.waitMs(now);
              if (wait > 0) now += Math.ceil(wait) + late;
              sendRate.answered(sendRate.take(now), now, true);
              times.push(now);
            }
          }
          expect(mostInASecond(times)).to.be.at.most(rate);
        },
      ),
    );
  });

  it('is not exceeded where calls arrive either, when some of them arrive late', () => {
    const ANSWER_MS = 50;
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 100 }),
        fc.array(fc.record({ onTheWay: fc.nat(300), back: fc.nat(100) }), { minLength: 150, maxLength: 400 }),
        (rate, calls) => {
          const sendRate = new SendRate(rate);
          const arrivals: number[] = [];
          const answers: { at: number; tell: () => void }[] = [];
          let now = 0;
          // One call that shows how quick an answer can be.
          sendRate.answered(sendRate.take(now), now + ANSWER_MS, true);
          now += 2000;
          const hear = (until: number): void => {
            answers.sort((one, other) => one.at - other.at);
            while (answers.length > 0 && answers[0]!.at <= until) answers.shift()!.tell();
          };
          for (const [index, call] of calls.entries()) {
            // Some are late, never all: one in ten shows how long an answer takes.
            const { onTheWay, back } = index % 10 === 0 ? { onTheWay: 0, back: 0 } : call;
            // Looked at every millisecond, as answers change what there is to wait for.
            for (hear(now); sendRate.waitMs(now) > 0; hear(now)) now += 1;
            const departure = sendRate.take(now);
            const arrival = now + onTheWay;
            arrivals.push(arrival);
            const at = arrival + ANSWER_MS + back;
            answers.push({ at, tell: () => sendRate.answered(departure, at, true) });
          }
          expect(mostInASecond(arrivals.sort((one, other) => one - other))).to.be.at.most(rate);
        },
      ),
      // Shrinking hundreds of calls, millisecond by millisecond, would take longer than anybody waits.
      { numRuns: 30, endOnFailure: true },
    );
  });

  it('is used to at least 95 of 100 when there is enough to send', () => {
    fc.assert(
      fc.property(fc.integer({ min: 5, max: 400 }), fc.integer({ min: 0, max: 2 }), (rate, late) => {
        const sendRate = new SendRate(rate);
        let now = 0;
        for (let sent = 0; sent < rate * 20; sent++) {
          const wait = sendRate.waitMs(now);
          if (wait > 0) now += Math.ceil(wait) + late;
          sendRate.answered(sendRate.take(now), now + 50, true);
        }
        expect((rate * 20) / (now / 1000)).to.be.within(rate * 0.95, rate * 1.01);
      }),
    );
  });

  it('lets a single message leave at once, and a few together', () => {
    const sendRate = new SendRate(80);
    for (const now of [0, 0, 0, 0, 0]) {
      expect(sendRate.waitMs(now)).to.equal(0);
      sendRate.take(now);
    }
  });

  it('has room for enough calls at once', () => {
    expect([1, 80, 400].map(callsAtOnce)).to.deep.equal([20, 40, 200]);
  });
});

describe('the pause after "too many requests"', () => {
  it('doubles up to a bound, differs each time, and keeps calls below a tenth of the rate', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 1, max: 400 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (times, rate, random) => {
          const pause = busyPauseMs(times, rate, random);
          expect(pause).to.be.at.least(10_000 / rate);
          expect(pause).to.be.at.most(Math.max(12_000, 30_000 / rate));
        },
      ),
    );
    expect([1, 2, 3, 9].map((times) => busyPauseMs(times, 80, 0.5))).to.deep.equal([500, 1000, 2000, 8000]);
    expect(busyPauseMs(1, 80, 0)).to.not.equal(busyPauseMs(1, 80, 1));
  });
});
