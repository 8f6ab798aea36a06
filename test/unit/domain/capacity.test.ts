import { expect } from 'chai';
import fc from 'fast-check';
import { unitsOf, usedUnits, wrapUpCapacity, type Burden } from '../../../lib/domain/capacity.ts';

const ENDED = 1_000_000;
const wrapUp = (capacity: Burden['wrapUp']): Burden => ({ state: 'wrap-up', units: 3, wrapUp: capacity, endedAt: ENDED });

describe('what a conversation costs its agent', () => {
  it('is its queue’s units while it is active, and nothing while it is open, waiting or closed', () => {
    const costs = (['open', 'active', 'waiting', 'closed'] as const).map((state) =>
      unitsOf({ state, units: 3, wrapUp: { kind: 'block' }, endedAt: null }, ENDED),
    );
    expect(costs).to.deep.equal([0, 3, 0, 0]);
  });

  it('is in wrap-up as much as before, nothing, or as much for the seconds that are set', () => {
    expect(unitsOf(wrapUp({ kind: 'block' }), ENDED + 1e9)).to.equal(3);
    expect(unitsOf(wrapUp({ kind: 'free' }), ENDED)).to.equal(0);
    const timed = wrapUp({ kind: 'timed', seconds: 60 });
    expect([0, 59_999, 60_000].map((after) => unitsOf(timed, ENDED + after))).to.deep.equal([3, 3, 0]);
    expect(unitsOf({ ...timed, endedAt: null }, ENDED)).to.equal(0);
  });

  it('adds up', () => {
    const burden = fc.record({
      state: fc.constantFrom('open', 'active', 'waiting', 'wrap-up', 'closed') as fc.Arbitrary<Burden['state']>,
      units: fc.integer({ min: 1, max: 100 }),
      wrapUp: fc.constantFrom<Burden['wrapUp']>({ kind: 'block' }, { kind: 'free' }, { kind: 'timed', seconds: 30 }),
      endedAt: fc.option(fc.nat({ max: 100_000 })),
    });
    fc.assert(
      fc.property(fc.array(burden), fc.nat({ max: 200_000 }), (burdens, now) => {
        const used = usedUnits(burdens, now);
        expect(used).to.equal(burdens.map((one) => unitsOf(one, now)).reduce((a, b) => a + b, 0));
        expect(used).to.be.at.most(burdens.reduce((sum, one) => sum + one.units, 0));
        // Time alone only ever frees.
        expect(usedUnits(burdens, now + 1)).to.be.at.most(used);
      }),
    );
  });
});

describe('the wrap-up setting of a queue', () => {
  it('is block, free, or seconds from 30 to 3600', () => {
    expect([null, 'block', 'free'].map(wrapUpCapacity)).to.deep.equal([{ kind: 'block' }, { kind: 'block' }, { kind: 'free' }]);
    const seconds = [29, 30, '45', 3600, 3601, 'soon'].map((setting) => wrapUpCapacity(setting));
    expect(seconds).to.deep.equal([30, 30, 45, 3600, 3600, 30].map((value) => ({ kind: 'timed', seconds: value })));
  });
});
