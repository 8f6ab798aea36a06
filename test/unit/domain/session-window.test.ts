import { expect } from 'chai';
import fc from 'fast-check';
import { HOUR_MS, LIMIT_TEXT, sessionSnapshot, sessionWindow } from '../../../lib/domain/session-window.ts';

const DAY = 24 * HOUR_MS;
const instants = fc.integer({ min: 0, max: 4_000_000_000_000 });

describe('the session window', () => {
  it('says the limit in exactly the words that flows and people know', () => {
    expect(LIMIT_TEXT).to.equal('This conversation has exceeded the 24 hour limit to respond to the customer.');
  });

  it('is open at exactly 24 hours and closed one millisecond later, whenever the customer wrote', () => {
    fc.assert(
      fc.property(instants, (wrote) => {
        const facts = { lastCustomerAt: wrote, refusedAt: null };
        expect(sessionWindow(facts, wrote + DAY).open).to.equal(true);
        expect(sessionWindow(facts, wrote + DAY).remainingMs).to.equal(0);
        expect(sessionWindow(facts, wrote + DAY + 1).open).to.equal(false);
      }),
    );
  });

  it('is judged by the length that is set', () => {
    fc.assert(
      fc.property(instants, fc.integer({ min: 1, max: 24 }), fc.integer({ min: 0, max: 2 * DAY }), (wrote, hours, later) => {
        const { open } = sessionWindow({ lastCustomerAt: wrote, refusedAt: null }, wrote + later, hours);
        expect(open).to.equal(later <= hours * HOUR_MS);
      }),
    );
  });

  it('never says more time is left than the window is long, nor less than none', () => {
    fc.assert(
      fc.property(instants, instants, (wrote, now) => {
        const { remainingMs } = sessionWindow({ lastCustomerAt: wrote, refusedAt: null }, now);
        expect(remainingMs).to.be.within(0, DAY);
      }),
    );
  });

  it('does not exist for a customer who never wrote', () => {
    expect(sessionWindow({ lastCustomerAt: null, refusedAt: 5 }, 10)).to.deep.equal({
      open: false,
      expiresAt: null,
      remainingMs: 0,
    });
  });

  it('is closed by Twilio’s word until the customer writes again', () => {
    fc.assert(
      fc.property(
        instants,
        fc.integer({ min: 0, max: DAY }),
        fc.integer({ min: 0, max: DAY }),
        (wrote, refusedAfter, nowAfter) => {
          const now = wrote + nowAfter;
          expect(sessionWindow({ lastCustomerAt: wrote, refusedAt: wrote + refusedAfter }, now).open).to.equal(false);
          expect(
            sessionWindow({ lastCustomerAt: wrote + refusedAfter + 1, refusedAt: wrote + refusedAfter }, wrote + refusedAfter + 1)
              .open,
          ).to.equal(true);
        },
      ),
    );
  });

  it('is shown as times of day in UTC', () => {
    const wrote = Date.parse('2026-03-29T00:30:00.000Z');
    expect(sessionSnapshot({ lastCustomerAt: wrote, refusedAt: null }, wrote + HOUR_MS)).to.deep.equal({
      lastCustomerMessageAt: '2026-03-29T00:30:00.000Z',
      expiresAt: '2026-03-30T00:30:00.000Z',
      open: true,
      remainingMs: 23 * HOUR_MS,
    });
  });
});
