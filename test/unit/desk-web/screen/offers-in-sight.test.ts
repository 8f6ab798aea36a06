import { expect } from 'chai';
import { offersInSight } from '../../../../desk/web/alerts/offers-in-sight.ts';
import { conversation, NOW, offer } from '../support.ts';

const at = (id: string, createdAt: number) =>
  offer(id, conversation({ id: `of ${id}` }), { createdAt, expiresAt: createdAt + 120_000 });
const ids = (offers: { id: string }[]): string[] => offers.map(({ id }) => id);

describe('what is offered, as the page shows it', () => {
  const offers = [at('third', NOW + 2), at('first', NOW), at('second', NOW + 1)];

  it('is a card until it is made small, the oldest first', () => {
    const { cards, small } = offersInSight(offers, NOW + 10, new Set());
    expect(ids(cards)).to.deep.equal(['first', 'second', 'third']);
    expect(small).to.deep.equal([]);
  });

  it('stands in the line once it is small, and what comes later is a card all the same', () => {
    const { cards, small } = offersInSight(offers, NOW + 10, new Set(['second', 'first']));
    expect(ids(cards)).to.deep.equal(['third']);
    expect(ids(small)).to.deep.equal(['first', 'second']);
  });

  it('goes when its time is over, small or not', () => {
    const end = NOW + 120_001;
    expect(ids(offersInSight(offers, end, new Set(['first'])).small)).to.deep.equal([]);
    expect(ids(offersInSight(offers, end, new Set(['first'])).cards)).to.deep.equal(['third']);
  });

  it('loses nothing and shows nothing twice', () => {
    for (const madeSmall of [[], ['first'], ['first', 'third'], ['first', 'second', 'third', 'gone']]) {
      const { cards, small } = offersInSight(offers, NOW + 10, new Set(madeSmall));
      expect(ids([...cards, ...small])).to.have.members(['first', 'second', 'third']);
    }
  });
});
