import { expect } from 'chai';
import fc from 'fast-check';
import { sessionWindow } from '../../../../lib/domain/session-window.ts';
import { windowFace } from '../../../../lib/page/session-window.ts';
import { HOUR, NOW, windowLeft } from '../support.ts';

const levelAt = (left: number): string => windowFace(windowLeft(left), NOW).level;

describe('the window ring', () => {
  it('changes its colour at two hours and one hour, and is closed one millisecond after the end', () => {
    expect([2 * HOUR, 2 * HOUR - 1, HOUR, HOUR - 1, 0, -1].map(levelAt)).to.deep.equal([
      'open',
      'soon',
      'soon',
      'urgent',
      'urgent',
      'closed',
    ]);
  });

  it('is closed for a customer who never wrote and for one whom Twilio has refused', () => {
    expect(windowFace({ lastCustomerMessageAt: null, expiresAt: null, open: false, remainingMs: 0 }, NOW).level).to.equal(
      'closed',
    );
    const refused = { ...windowLeft(20 * HOUR), expiresAt: new Date(NOW - 1).toISOString(), open: false, remainingMs: 0 };
    expect(windowFace(refused, NOW).level).to.equal('closed');
  });

  it('agrees with the rule of the domain at every instant, and empties as time passes', () => {
    const time = fc.integer({ min: -30 * HOUR, max: 30 * HOUR });
    fc.assert(
      fc.property(time, time, (left, passed) => {
        const face = windowFace(windowLeft(left), NOW + passed);
        const rule = sessionWindow({ lastCustomerAt: NOW + left - 24 * HOUR, refusedAt: null }, NOW + passed);
        expect(face.level !== 'closed').to.equal(rule.open);
        expect(face.remainingMs).to.equal(rule.remainingMs);
        expect(face.fraction).to.be.within(0, 1);
        expect(windowFace(windowLeft(left), NOW + passed + 1000).fraction).to.be.at.most(face.fraction);
      }),
    );
  });
});
