import fc from 'fast-check';

const MOST_ROUNDS = 8;

/**
 * Tries a property, and goes on with more sequences until they have really been through everything: a rare step may be drawn
 * at moments only at which it is refused. What is still missing at the end is for the caller to find.
 */
export async function drawOn<Values>(
  property: fc.IAsyncProperty<Values>,
  numRuns: number,
  beenThrough: () => boolean,
): Promise<void> {
  for (let round = 0; round === 0 || (round < MOST_ROUNDS && !beenThrough()); round++) {
    await fc.assert(property, { numRuns, endOnFailure: true });
  }
}
