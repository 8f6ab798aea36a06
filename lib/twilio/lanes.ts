/**
 * Runs tasks in order within a lane and side by side across lanes, at most a given number at once. The outbox uses one lane
 * per customer and sender: an answer never overtakes the one before it, and one slow recipient holds nobody else up.
 */
export class Lanes {
  readonly #tails = new Map<string, Promise<void>>();
  readonly #queue: (() => void)[] = [];
  #free: number;

  constructor(width: number) {
    this.#free = width;
  }

  /** Runs the task after everything before it in its lane, whatever became of that. */
  run<Result>(lane: string, task: () => Promise<Result>): Promise<Result> {
    const before = this.#tails.get(lane) ?? Promise.resolve();
    const result = before.then(() => this.#withSlot(task));
    const tail = result.then(
      () => undefined,
      () => undefined,
    );
    this.#tails.set(lane, tail);
    void tail.then(() => {
      if (this.#tails.get(lane) === tail) this.#tails.delete(lane);
    });
    return result;
  }

  /** Resolves when nothing is under way any more. */
  async idle(): Promise<void> {
    while (this.#tails.size > 0) await Promise.all(this.#tails.values());
  }

  async #withSlot<Result>(task: () => Promise<Result>): Promise<Result> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#queue.push(resolve));
    try {
      return await task();
    } finally {
      const next = this.#queue.shift();
      if (next === undefined) this.#free++;
      else next();
    }
  }
}
