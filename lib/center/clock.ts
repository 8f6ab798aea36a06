/** Milliseconds since 1970, UTC. The only source of time; everything else takes it as an argument. */
export interface Clock {
  now(): number;
}

/** The machine's clock. */
export const systemClock: Clock = { now: () => Date.now() };

/** The machine's clock moved ahead, for "skip 24 hours" on a center whose accounts are all simulators. */
export class MovedClock implements Clock {
  #offset = 0;
  readonly #base: Clock;

  constructor(base: Clock = systemClock) {
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
}
