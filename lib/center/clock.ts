/** Milliseconds since 1970, UTC. The only source of time; everything else takes it as an argument. */
export interface Clock {
  now(): number;
  /** It is at least that late: somebody has written that time down. */
  notBefore?(ms: number): void;
  /** How far it is ahead of the machine's, milliseconds, not counting what somebody moved it on purpose. */
  aheadMs?(): number;
}

/**
 * The machine's clock, which goes forward only. When it is set back, or a computer without a clock of its own starts in the
 * past, time goes on from the latest moment known at its usual pace until the machine has caught up: a session window that has
 * closed stays closed, and what comes later has the later time.
 */
export class SteadyClock implements Clock {
  readonly #wall: () => number;
  readonly #elapsed: () => number;
  #latest = -Infinity;
  #latestAt = 0;

  /**
   * @param wall milliseconds since 1970, as the machine believes
   * @param elapsed milliseconds since any moment, by a clock that nobody can set
   */
  constructor(wall = () => Date.now(), elapsed = () => performance.now()) {
    this.#wall = wall;
    this.#elapsed = elapsed;
  }

  now(): number {
    this.notBefore(this.#wall());
    return Math.floor(this.#steady());
  }

  notBefore(ms: number): void {
    if (ms <= this.#steady()) return;
    this.#latest = ms;
    this.#latestAt = this.#elapsed();
  }

  aheadMs(): number {
    return Math.max(0, this.now() - this.#wall());
  }

  #steady(): number {
    return this.#latest + (this.#elapsed() - this.#latestAt);
  }
}

export const systemClock: Clock = new SteadyClock();

/** The machine's clock moved ahead, for "skip 24 hours" on a center whose accounts are all simulators. */
export class MovedClock implements Clock {
  #offset = 0;
  readonly #base: Clock;

  constructor(base: Clock) {
    this.#base = base;
  }

  get offset(): number {
    return this.#offset;
  }

  set offset(ms: number) {
    this.#offset = ms;
  }

  now(): number {
    return this.#base.now() + this.#offset;
  }

  notBefore(ms: number): void {
    this.#base.notBefore?.(ms - this.#offset);
  }

  aheadMs(): number {
    return this.#base.aheadMs?.() ?? 0;
  }
}
