import { lostPauseMs } from '../../domain/postponed.ts';

/** Calls `act` after `ms` milliseconds. Returns the way to call it off. */
export type Later = (ms: number, act: () => void) => () => void;

/** By the machine's timers. */
export const inTime: Later = (ms, act) => {
  const timer = setTimeout(act, ms);
  timer.unref();
  return () => clearTimeout(timer);
};

export interface LineOptions {
  /** From 0 to 1. */
  random?: () => number;
  later?: Later;
}

/**
 * Whether Twilio can be reached for an account. Once a call was lost nobody calls for a while, longer each time, and then a
 * single one finds out: an outage is not answered with a storm.
 */
export class Line {
  readonly #random: () => number;
  readonly #later: Later;
  readonly #watchers = new Set<() => void>();
  #state: 'open' | 'closed' | 'trying' = 'open';
  /** How often in a row a call was lost. */
  #lost = 0;
  #cancel: (() => void) | null = null;
  #ended = false;
  /** Makes the one call, which ends in {@link reached} or {@link lost}. Set by whoever has something to ask. */
  onTry: () => void = () => this.reached();

  constructor({ random = Math.random, later = inTime }: LineOptions = {}) {
    this.#random = random;
    this.#later = later;
  }

  /** Whether calls may be made. */
  get open(): boolean {
    return this.#state === 'open';
  }

  /** Whether a single call is finding out. */
  get trying(): boolean {
    return this.#state === 'trying';
  }

  /** A call did not get there, or its answer did not come. Those that were under way together are one and the same. */
  lost(): void {
    if (this.#state === 'closed') return;
    this.#lost += 1;
    this.#state = 'closed';
    if (this.#ended) return;
    this.#cancel = this.#later(lostPauseMs(this.#lost, this.#random()), () => {
      this.#cancel = null;
      this.#state = 'trying';
      this.onTry();
    });
    this.#tell();
  }

  /** Twilio has answered. */
  reached(): void {
    this.#lost = 0;
    this.reopen();
  }

  /** Nothing is there to find out with: the next call may, and if it is lost, the pause is longer again. */
  reopen(): void {
    if (this.#state === 'open') return;
    this.#cancel?.();
    this.#cancel = null;
    this.#state = 'open';
    this.#tell();
  }

  /** Told when it opens and closes. Returns the way out. */
  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => void this.#watchers.delete(watcher);
  }

  /** Nobody finds out any more. */
  close(): void {
    this.#ended = true;
    this.#cancel?.();
    this.#cancel = null;
    this.#watchers.clear();
  }

  #tell(): void {
    for (const watcher of [...this.#watchers]) watcher();
  }
}
