import type { HandedMessage } from '../../center/contract.ts';

/** Messages handed to a flow per turn of the event loop. */
export const BATCH = 64;

export interface FeederOptions {
  /** Takes the next messages from the store, oldest first, and marks them handed over. */
  take(limit: number): Promise<HandedMessage[]>;
  /** Gives one message to the flow. */
  deliver(handed: HandedMessage): void;
  onError(error: unknown): void;
}

/**
 * Feeds a flow from the store, in order, a batch at a time. No more than one batch is ever in memory here, and the
 * event loop turns between batches, so a backlog of any size neither fills memory nor starves webhooks.
 *
 * It begins paused, and is paused while flows are stopped: what was taken and not delivered by then is handed over
 * again after the start, as everything else that was not taken up.
 */
export class Feeder {
  /**
   * A take has failed. A commit whose failure was reported may yet be found in the file, with messages marked as handed over
   * that nobody has got.
   */
  inDoubt = false;
  readonly #options: FeederOptions;
  #paused = true;
  #wanted = false;
  #running: Promise<void> | null = null;

  constructor(options: FeederOptions) {
    this.#options = options;
  }

  /** There may be something to hand over. */
  wake(): void {
    this.#wanted = true;
    if (!this.#paused && this.#running === null) this.#running = this.#run();
  }

  resume(): void {
    this.#paused = false;
    this.wake();
  }

  /** Delivers nothing more from this moment; resolves when no call to the store is under way. */
  async pause(): Promise<void> {
    this.#paused = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    try {
      while (this.#wanted && !this.#paused) {
        this.#wanted = false;
        const batch = await this.#options.take(BATCH);
        if (this.#paused) return;
        for (const handed of batch) this.#options.deliver(handed);
        if (batch.length < BATCH) continue;
        this.#wanted = true;
        await nextTurn();
      }
    } catch (error) {
      this.inDoubt = true;
      this.#options.onError(error);
    } finally {
      this.#running = null;
    }
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
