/** How long the rounds are and how many there are. */
export interface Plan {
  warmSeconds: number;
  roundSeconds: number;
  rounds: number;
}

export const FULL: Plan = { warmSeconds: 2, roundSeconds: 4, rounds: 5 };
export const QUICK: Plan = { warmSeconds: 1, roundSeconds: 2, rounds: 3 };

/** A figure over all rounds of one side. */
export interface Figure {
  median: number;
  min: number;
  max: number;
}

export function figureOf(values: number[]): Figure {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
  return { median, min: sorted[0]!, max: sorted.at(-1)! };
}

/** One after the other, ours first: whatever else the machine does falls on both sides. */
export async function alternate<Ours, Peer>(
  rounds: number,
  ours: (round: number) => Promise<Ours>,
  peer: (round: number) => Promise<Peer>,
): Promise<{ ours: Ours[]; peer: Peer[] }> {
  const results: { ours: Ours[]; peer: Peer[] } = { ours: [], peer: [] };
  for (let round = 0; round < rounds; round++) {
    results.ours.push(await ours(round));
    results.peer.push(await peer(round));
  }
  return results;
}
