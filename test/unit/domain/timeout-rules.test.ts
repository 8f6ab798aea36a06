import { expect } from 'chai';
import fc from 'fast-check';
import { dueRules, problemOf, silentSince, type Silence, type TimeoutRule } from '../../../lib/domain/timeout-rules.ts';

const rule = (id: string, change: Partial<TimeoutRule> = {}): TimeoutRule => ({
  id,
  silent: 'customer',
  afterMinutes: 10,
  action: { type: 'wait' },
  ...change,
});
const silence = (lastCustomerAt: number | null, lastAgentAt: number | null, acted: string[] = []): Silence => ({
  lastCustomerAt,
  lastAgentAt,
  acted,
});
const MINUTE = 60_000;

describe('who is silent', () => {
  it('is whoever has not written after the other one did, since then', () => {
    expect(silentSince('customer', silence(100, 200))).to.equal(200);
    expect(silentSince('agent', silence(100, 200))).to.equal(null);
    expect(silentSince('agent', silence(300, 200))).to.equal(300);
    expect(silentSince('customer', silence(300, 200))).to.equal(null);
  });

  it('is nobody before anybody has written, and an agent who has not answered at all', () => {
    expect(silentSince('customer', silence(null, null))).to.equal(null);
    expect(silentSince('agent', silence(null, null))).to.equal(null);
    expect(silentSince('agent', silence(100, null))).to.equal(100);
    expect(silentSince('customer', silence(100, null))).to.equal(null);
    expect(silentSince('customer', silence(null, 100))).to.equal(100);
  });

  it('is nobody when both wrote in the same moment', () => {
    expect([silentSince('customer', silence(100, 100)), silentSince('agent', silence(100, 100))]).to.deep.equal([null, null]);
  });
});

describe('time-out rules', () => {
  it('are due at their minute and not a moment before', () => {
    const rules = [rule('a')];
    const quiet = silence(1000, 2000);
    expect(dueRules(rules, quiet, 2000 + 10 * MINUTE - 1)).to.deep.equal([]);
    expect(dueRules(rules, quiet, 2000 + 10 * MINUTE)).to.deep.equal(rules);
  });

  it('act in their order, each once in a silence', () => {
    const rules = [rule('b', { afterMinutes: 2 }), rule('a', { afterMinutes: 1 }), rule('c', { afterMinutes: 30 })];
    const ids = (acted: string[]) => dueRules(rules, silence(0, 1, acted), 1 + 2 * MINUTE).map((one) => one.id);
    expect(ids([])).to.deep.equal(['b', 'a']);
    expect(ids(['a'])).to.deep.equal(['b']);
    expect(ids(['a', 'b'])).to.deep.equal([]);
  });

  it('never act on both sides at once', () => {
    const time = fc.option(fc.nat({ max: 1000 }));
    const both = [rule('customer', { afterMinutes: 1 }), rule('agent', { silent: 'agent', afterMinutes: 1 })];
    fc.assert(
      fc.property(time, time, fc.nat({ max: 10 * MINUTE }), (customer, agent, now) => {
        expect(dueRules(both, silence(customer, agent), now).length).to.be.at.most(1);
      }),
    );
  });

  it('that cannot be kept are refused with the reason', () => {
    expect(problemOf([rule('a'), rule('b', { action: { type: 'message-agent', text: 'Still there?' } })])).to.equal(null);
    expect(problemOf([rule('a', { afterMinutes: 1 })])).to.equal(null);
    for (const rules of [
      [rule('a', { afterMinutes: 0 })],
      [rule('a', { afterMinutes: NaN })],
      [rule('a', { afterMinutes: Infinity })],
      [rule('a', { action: { type: 'message-customer', text: ' ' } })],
      [rule('a'), rule('a')],
    ]) {
      expect(problemOf(rules as TimeoutRule[])).to.be.a('string');
    }
  });
});
