import type { OfferView } from '../../../lib/center/views.ts';

/** What is offered to an agent, as the page shows it: cards over the page, and in a line above it what was made small. */
export interface OffersInSight {
  cards: OfferView[];
  small: OfferView[];
}

/** Both oldest first, without what has expired by the center's clock. What was not made small by hand is a card. */
export function offersInSight(offers: readonly OfferView[], now: number, madeSmall: ReadonlySet<string>): OffersInSight {
  const live = offers
    .filter((offer) => offer.expiresAt > now)
    .toSorted((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1));
  return {
    cards: live.filter(({ id }) => !madeSmall.has(id)),
    small: live.filter(({ id }) => madeSmall.has(id)),
  };
}
