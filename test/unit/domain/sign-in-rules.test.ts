import { expect } from 'chai';
import fc from 'fast-check';
import { isSessionAlive, SESSION_IDLE_MS, SESSION_LONGEST_MS } from '../../../lib/domain/desk-session.ts';
import { backoffAfter, backoffKey, kindOfKey, type BackoffKind } from '../../../lib/domain/sign-in-backoff.ts';

describe('sign-in backoff', () => {
  const kinds: BackoffKind[] = ['account', 'address'];

  /** Guesses tried when somebody guesses as often as asked, every `everyMs`. */
  function tried(kind: BackoffKind, guesses: number, everyMs: number): number {
    let count = 0;
    let blockedUntil = 0;
    for (let at = 0, guess = 0; guess < guesses; guess += 1, at += everyMs) {
      if (at < blockedUntil) continue;
      count += 1;
      blockedUntil = at + backoffAfter(kind, count);
    }
    return count;
  }

  it('lets at most 20 of 1,000 guesses through at any pace up to one a second', () => {
    fc.assert(
      fc.property(fc.constantFrom(...kinds), fc.integer({ min: 0, max: 1000 }), (kind, everyMs) => {
        expect(tried(kind, 1000, everyMs)).to.be.within(1, 20);
      }),
    );
  });

  it('forgives a few mistakes and never waits longer than a quarter of an hour', () => {
    fc.assert(
      fc.property(fc.constantFrom(...kinds), fc.integer({ min: 1, max: 1_000_000 }), (kind, count) => {
        const wait = backoffAfter(kind, count);
        expect(wait).to.be.at.most(900_000);
        expect(wait).to.be.at.least(backoffAfter(kind, count - 1));
        if (count < 5) expect(wait).to.equal(0);
        if (count >= 8) expect(wait).to.be.at.least(1000);
      }),
    );
  });

  it('knows a counter’s kind by its key', () => {
    for (const kind of kinds) expect(kindOfKey(backoffKey(kind, 'address:account'))).to.equal(kind);
  });
});

describe('a desk session', () => {
  const start = 1_700_000_000_000;

  it('lives while it is used at least every 30 minutes, and 12 hours at most', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2 * SESSION_LONGEST_MS }),
        fc.integer({ min: 0, max: 2 * SESSION_LONGEST_MS }),
        (used, waited) => {
          const now = start + used + waited;
          const alive = isSessionAlive({ createdAt: start, seenAt: start + used }, now);
          expect(alive).to.equal(waited < SESSION_IDLE_MS && used + waited < SESSION_LONGEST_MS);
        },
      ),
    );
  });

  it('ends when the clock is set back by more than a correction', () => {
    const session = { createdAt: start, seenAt: start };
    expect(isSessionAlive(session, start - 5_000)).to.equal(true);
    expect(isSessionAlive(session, start - 3_600_000)).to.equal(false);
  });
});
