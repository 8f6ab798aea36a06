import { busyPauseMs, SendRate, type Departure } from '../domain/send-rate.ts';
import type { Later } from './waiting/line.ts';

/** Leave to make one call; its end is reported with {@link Pace.ended}. */
export interface Turn {
  /** The first call after Twilio had too much to do: the others wait for what becomes of it. */
  probe: boolean;
  readonly departure: Departure;
}

/** What became of a call: Twilio took the message, had too much to do, or something else. */
type Ending = 'taken' | 'busy' | 'failed';

export interface PaceOptions {
  /** Messages a second. */
  rate: number;
  /** Milliseconds of a clock that only goes forward. */
  now?: () => number;
  /** From 0 to 1. */
  random?: () => number;
  later?: Later;
}

/** Unlike a pause in which nothing is to be sent, this one keeps a process alive. */
const byTimer: Later = (ms, act) => {
  const timer = setTimeout(act, ms);
  return () => clearTimeout(timer);
};

/**
 * One sender's pace. Calls leave at its rate, urgent ones first. When Twilio says that it has too much to do, the whole sender
 * pauses, longer each time, and then one call at a time finds out whether it is over: a storm is not answered with one.
 */
export class Pace {
  readonly #rate: number;
  readonly #sendRate: SendRate;
  readonly #now: () => number;
  readonly #random: () => number;
  readonly #urgent: ((turn: Turn | null) => void)[] = [];
  readonly #patient: ((turn: Turn | null) => void)[] = [];
  readonly #later: Later;
  #waking = false;
  /** How often in a row Twilio had too much to do. */
  #busy = 0;
  #pausedUntil = -Infinity;
  #probing = false;

  constructor({ rate, now = () => performance.now(), random = Math.random, later = byTimer }: PaceOptions) {
    this.#rate = rate;
    this.#sendRate = new SendRate(rate);
    this.#now = now;
    this.#random = random;
    this.#later = later;
  }

  /**
   * Resolves when a call may be made; with null when nobody is to call any more ({@link sendAway}).
   * @param again for a call that was made already and not processed: it goes before what came later
   */
  turn(options: { urgent: boolean; again?: boolean }): Promise<Turn | null> {
    return new Promise((resolve) => {
      const line = options.urgent ? this.#urgent : this.#patient;
      if (options.again === true) line.unshift(resolve);
      else line.push(resolve);
      this.#next();
    });
  }

  /** To be called at the end of every call, whatever became of it. */
  ended(turn: Turn, ending: Ending): void {
    const busy = ending === 'busy';
    this.#sendRate.answered(turn.departure, this.#now(), ending === 'taken');
    if (turn.probe) this.#probing = false;
    // Calls that were under way together are one and the same "too much".
    if (busy && (turn.probe || this.#busy === 0)) {
      this.#busy++;
      this.#pausedUntil = this.#now() + busyPauseMs(this.#busy, this.#rate, this.#random());
    } else if (!busy && turn.probe) {
      this.#busy = 0;
      this.#pausedUntil = -Infinity;
    }
    this.#next();
  }

  /** Twilio is not there: whoever waits for a turn goes away without one. */
  sendAway(): void {
    for (const resolve of [...this.#urgent.splice(0), ...this.#patient.splice(0)]) resolve(null);
  }

  #next(): void {
    if (this.#waking) return;
    while (this.#urgent.length + this.#patient.length > 0) {
      if (this.#busy > 0 && this.#probing) return;
      const now = this.#now();
      const wait = Math.max(this.#sendRate.waitMs(now), this.#pausedUntil - now);
      if (wait > 0) {
        this.#wakeIn(wait);
        return;
      }
      const departure = this.#sendRate.take(now);
      this.#probing = this.#busy > 0;
      const resolve = this.#urgent.shift() ?? this.#patient.shift()!;
      resolve({ probe: this.#probing, departure });
    }
  }

  #wakeIn(ms: number): void {
    this.#waking = true;
    this.#later(Math.ceil(ms), () => {
      this.#waking = false;
      this.#next();
    });
  }
}

/** The paces of an account's senders. They outlive the outbox: a deploy must not let a sender begin anew in the same second. */
export class Paces {
  readonly #paces = new Map<string, { rate: number; pace: Pace }>();
  readonly #options: Omit<PaceOptions, 'rate'>;

  constructor(options: Omit<PaceOptions, 'rate'> = {}) {
    this.#options = options;
  }

  /** Milliseconds of the clock that they go by. */
  now(): number {
    return (this.#options.now ?? performance.now.bind(performance))();
  }

  /** @param from the sender's address, empty where a Messaging Service chooses */
  of(from: string, rate: number): Pace {
    const known = this.#paces.get(from);
    if (known !== undefined && known.rate === rate) return known.pace;
    const pace = new Pace({ ...this.#options, rate });
    this.#paces.set(from, { rate, pace });
    return pace;
  }

  /** As {@link Pace.sendAway}, of all. */
  sendAway(): void {
    for (const { pace } of this.#paces.values()) pace.sendAway();
  }
}
