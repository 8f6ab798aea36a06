import type { Reader } from '../../center/arrivals.ts';
import type { HandedMessage } from '../../center/contract.ts';

/** Messages handed to a flow per turn of the event loop. */
export const BATCH = 64;
/** Messages in doubt that are remembered one by one; with more of them everything that was handed over is looked at. */
const MOST_DOUBTFUL = 1_000;

export interface FeederOptions {
  /** Takes the next messages from the store, oldest first, and marks them handed over. */
  take(limit: number): Promise<HandedMessage[]>;
  /** Gives one message to the flow. */
  deliver(handed: HandedMessage): void;
  onError(error: unknown): void;
}

/**
 * Feeds a flow from the store, in order, a batch at a time. No more than one batch, and what is given beside it, is ever in
 * memory here, and the event loop turns between batches, so a backlog of any size neither fills memory nor starves webhooks.
 *
 * It begins paused, and is paused while flows are stopped: what was taken and not delivered by then is handed over
 * again after the start, as everything else that was not taken up.
 */
export class Feeder implements Reader {
  /**
   * A take has failed. A commit whose failure was reported may yet be found in the file, with messages marked as handed over
   * that nobody has got.
   */
  inDoubt = false;
  /** Messages of which the same is true, one by one. */
  readonly doubtful = new Set<string>();
  readonly #options: FeederOptions;
  #paused = true;
  /** The last take brought less than it could have: nothing was left. */
  #caughtUp = false;
  /** Given while something was being taken. */
  #given: HandedMessage[] = [];
  #wanted = false;
  #running: Promise<void> | null = null;

  constructor(options: FeederOptions) {
    this.#options = options;
  }

  get waits(): boolean {
    return this.#caughtUp && !this.#paused;
  }

  give(handed: HandedMessage): void {
    // What is being taken may come before it or after it.
    if (this.#running !== null) this.#given.push(handed);
    else this.#deliverGiven([handed]);
  }

  doubt(messageId: string): void {
    this.doubtful.add(messageId);
    if (this.doubtful.size <= MOST_DOUBTFUL) return;
    this.doubtful.clear();
    this.inDoubt = true;
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
    this.#caughtUp = false;
    await this.#running;
  }

  async #run(): Promise<void> {
    try {
      while (this.#wanted && !this.#paused) {
        this.#wanted = false;
        const batch = await this.#options.take(BATCH);
        if (this.#paused) return;
        for (const handed of this.#inOrder(batch)) this.#deliver(handed);
        this.#caughtUp = batch.length < BATCH;
        if (this.#caughtUp) continue;
        this.#wanted = true;
        await nextTurn();
      }
    } catch (error) {
      this.inDoubt = true;
      this.#options.onError(error);
    } finally {
      this.#running = null;
      this.#deliverGiven(this.#given.splice(0));
    }
  }

  #deliver(handed: HandedMessage): void {
    this.#options.deliver(handed);
    // It was in doubt when an attempt before this one had failed: whatever came of that, the flow has the message now.
    this.doubtful.delete(handed.message.id);
  }

  /** With what was given meanwhile. */
  #inOrder(batch: HandedMessage[]): HandedMessage[] {
    if (this.#given.length === 0) return batch;
    return [...batch, ...this.#given.splice(0)].sort((one, another) => one.seq - another.seq);
  }

  #deliverGiven(given: HandedMessage[]): void {
    // As with what was taken: handed over again after the start.
    if (this.#paused) return;
    for (const handed of given) {
      try {
        this.#deliver(handed);
      } catch (error) {
        this.doubt(handed.message.id);
        this.#options.onError(error);
      }
    }
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
