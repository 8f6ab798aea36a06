import { expect } from 'chai';
import fc from 'fast-check';
import { SteadyClock } from '../../../lib/center/clock.ts';
import { openCenter } from '../../../lib/center/open-center.ts';
import { HOUR_MS, sessionWindow } from '../../../lib/domain/session-window.ts';
import { TestCenter } from '../../support/center.ts';

/** Time that passes, and somebody who sets the machine's clock meanwhile: milliseconds each. */
const turns = fc.array(
  fc.record({ passes: fc.nat(30 * HOUR_MS), set: fc.integer({ min: -400 * 24 * HOUR_MS, max: 400 * 24 * HOUR_MS }) }),
  { minLength: 1, maxLength: 20 },
);

/** A machine whose clock can be set, and a clock on it. */
function machine(): { clock: SteadyClock; pass(ms: number): void; set(byMs: number): void } {
  let elapsed = 0;
  let wall = Date.parse('2026-03-28T12:00:00.000Z');
  const clock = new SteadyClock(
    () => wall,
    () => elapsed,
  );
  return {
    clock,
    pass: (ms) => {
      elapsed += ms;
      wall += ms;
    },
    set: (byMs) => {
      wall += byMs;
    },
  };
}

describe('the clock', () => {
  it('is the machine’s', () => {
    const before = Date.now();
    expect(new SteadyClock().now()).to.be.within(before, Date.now());
  });

  it('never goes back and never stands still, however the machine’s is set', () => {
    fc.assert(
      fc.property(turns, (steps) => {
        const { clock, pass, set } = machine();
        let last = clock.now();
        for (const step of steps) {
          set(step.set);
          pass(step.passes);
          expect(clock.now()).to.be.at.least(last + step.passes);
          last = clock.now();
        }
      }),
    );
  });

  it('is the machine’s again as soon as that has caught up', () => {
    const { clock, pass, set } = machine();
    const noon = clock.now();
    set(-2 * HOUR_MS);
    pass(HOUR_MS);
    expect(clock.now()).to.equal(noon + HOUR_MS);
    set(3 * HOUR_MS);
    expect(clock.now()).to.equal(noon + 2 * HOUR_MS);
  });

  it('says how far it is ahead of the machine’s', () => {
    const { clock, pass, set } = machine();
    clock.now();
    expect(clock.aheadMs()).to.equal(0);
    set(-2 * HOUR_MS);
    pass(HOUR_MS);
    expect(clock.aheadMs()).to.equal(2 * HOUR_MS);
    set(3 * HOUR_MS);
    expect(clock.aheadMs()).to.equal(0);
  });

  it('is not ahead when the simulator has moved it', async () => {
    const test = await TestCenter.open();
    try {
      await test.center.close();
      test.center = await openCenter({ file: test.file });
      await test.center.run('skipClock', { byMs: 24 * HOUR_MS, allSimulators: true });
      await test.receive();
      expect(test.center.clockAheadMs()).to.equal(0);
      await test.center.close();
      test.center = await openCenter({ file: test.file });
      expect(test.center.now()).to.be.above(Date.now() + 23 * HOUR_MS);
      expect(test.center.clockAheadMs()).to.be.below(1000);
    } finally {
      await test.close();
    }
  });

  it('never opens a session window again that was closed (I12)', () => {
    fc.assert(
      fc.property(turns, (steps) => {
        const { clock, pass, set } = machine();
        const facts = { lastCustomerAt: clock.now(), refusedAt: null };
        let closed = false;
        for (const step of steps) {
          set(step.set);
          pass(step.passes);
          const { open } = sessionWindow(facts, clock.now());
          expect(closed && open).to.equal(false);
          closed ||= !open;
        }
      }),
    );
  });

  it('is not behind what the store has seen', async () => {
    let told = 0;
    const test = await TestCenter.open();
    try {
      await test.receive();
      await test.center.close();
      const clock = { now: () => test.time - HOUR_MS, notBefore: (ms: number) => void (told = ms) };
      test.center = await openCenter({ file: test.file, clock });
      expect(told).to.equal(test.time);
    } finally {
      await test.close();
    }
  });
});
