import { availableParallelism } from 'node:os';

/** Fewer calls than this under way at a time are no load, and nobody waits for others. */
const LOAD = 8;
/** A commit of so many milliseconds is worth waiting for those who have just got their answer. */
const SLOW_COMMIT_MS = 2;
const SHORTEST_MS = 1;
const LONGEST_MS = 5;

/**
 * Decides when the calls that wait become the next batch. Callers that have just been answered come back within a
 * millisecond, all together; without a moment's patience one early bird gets a commit to itself and all others wait for it.
 *
 * On a quick disk half of the callers make a batch: while it is worked on in the storage thread, the main thread answers
 * the other half. On a slow disk, and where both threads share one core, the number of commits is what counts, and nearly all
 * callers are waited for.
 */
export class Gathering {
  readonly #flush: () => void;
  readonly #overlaps: boolean;
  #enough = 0;
  #timer: NodeJS.Timeout | undefined;
  #ending = false;

  /**
   * @param flush sends what waits, if anything does
   * @param cores how many this process may use
   */
  constructor(flush: () => void, cores = availableParallelism()) {
    this.#flush = flush;
    this.#overlaps = cores > 1;
  }

  /**
   * A batch is done.
   * @param answered calls that were in it
   * @param waiting calls that have come meanwhile
   * @param commitMs how long its commit took
   */
  begin(answered: number, waiting: number, commitMs: number): void {
    const underWay = answered + waiting;
    const share = this.#overlaps && commitMs <= SLOW_COMMIT_MS ? 0.5 : 0.9;
    this.#enough = underWay < LOAD ? 1 : Math.ceil(underWay * share);
    if (waiting >= this.#enough) {
      this.#flush();
      return;
    }
    if (this.#enough > 1) {
      const patience = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, commitMs / 4));
      // Behind what is being read from sockets at this moment, which may be those who are waited for.
      const timer = setTimeout(() => setImmediate(() => this.#losePatience(timer)), patience);
      this.#timer = timer;
    }
  }

  /** A call has come, and nothing is being worked on. */
  came(waiting: number): void {
    if (this.#ending || (this.#timer !== undefined && waiting < this.#enough)) return;
    this.stop();
    this.#ending = true;
    // At the end of this turn, so that calls made together travel together.
    setImmediate(() => {
      this.#ending = false;
      this.#end();
    });
  }

  #losePatience(timer: NodeJS.Timeout): void {
    if (this.#timer === timer) this.#end();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #end(): void {
    this.stop();
    this.#flush();
  }
}
