import { expect } from 'chai';
import { Line } from '../../../../lib/twilio/waiting/line.ts';
import { FakeTime } from './fake-time.ts';

describe('the line to Twilio', () => {
  it('pauses longer each time, half a minute at most, and lets one call find out', () => {
    const time = new FakeTime();
    const line = new Line({ random: () => 0.5, later: time.later });
    let tried = 0;
    line.onTry = () => {
      tried += 1;
      expect(line.open).to.equal(false);
      expect(line.trying).to.equal(true);
      line.lost();
    };
    line.lost();
    const pauses = Array.from({ length: 9 }, () => time.next());
    expect(pauses).to.deep.equal([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
    expect(tried).to.equal(9);
    // Ten minutes are bridged with a handful of calls.
    expect(time.running).to.equal(1);
  });

  it('varies each pause by half', () => {
    for (const [random, pause] of [
      [0, 250],
      [0.999, 749.5],
    ] as const) {
      const time = new FakeTime();
      const line = new Line({ random: () => random, later: time.later });
      line.lost();
      expect(time.next()).to.be.closeTo(pause, 0.01);
    }
  });

  it('counts calls that were under way together once, and begins anew after an answer', () => {
    const time = new FakeTime();
    const line = new Line({ random: () => 0.5, later: time.later });
    line.onTry = () => line.lost();
    for (let call = 0; call < 40; call += 1) line.lost();
    expect(time.running).to.equal(1);
    time.next();
    line.reached();
    expect(line.open).to.equal(true);
    expect(time.running).to.equal(0);
    line.lost();
    expect(time.next()).to.equal(500);
  });

  it('keeps the length of the pause when it opens because nothing was there to find out with', () => {
    const time = new FakeTime();
    const line = new Line({ random: () => 0.5, later: time.later });
    line.onTry = () => line.reopen();
    line.lost();
    time.next();
    expect(line.open).to.equal(true);
    line.lost();
    expect(time.next()).to.equal(1000);
  });
});
