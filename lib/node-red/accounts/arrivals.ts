/** Hand-overs that are remembered; the oldest goes first. */
const MOST_REMEMBERED = 20_000;

/**
 * Counts how often a hand-over of an inbound message has arrived at a `whatsapp-out`, because the key of a flow's
 * answer is (inbound id, node, nth arrival). A new hand-over of the same message begins at 0 again, so that a flow
 * run a second time makes the same keys and finds its answers sent.
 */
export class Arrivals {
  readonly #counts = new Map<string, number>();

  /** The number of this arrival, from 0. */
  next(inboundId: string, handover: string): number {
    const key = `${inboundId} ${handover}`;
    const nth = this.#counts.get(key) ?? 0;
    if (nth === 0 && this.#counts.size >= MOST_REMEMBERED) this.#counts.delete(this.#counts.keys().next().value!);
    this.#counts.set(key, nth + 1);
    return nth;
  }
}
