import { busyPauseMs, SendRate, type Departure } from '../domain/send-rate.ts';

/** Leave to make one call; its end is reported with {@link Pace.ended}. */
export interface Turn {
  /** The first call after Twilio had too much to do: the others wait for what becomes of it. */
  probe: boolean;
  readonly departure: Departure;
}

/** What became of a call: Twilio took the message, had too much to do, or something else. */
export type Ending = 'taken' | 'busy' | 'failed';

export interface PaceOptions {
  /** Messages a second. */
  rate: number;
  /** Milliseconds of a clock that only goes forward. */
  now?: () => number;
  random?: () => number;
}

/**
 * One sender's pace. Calls leave at its rate, urgent ones first. When Twilio says that it has too much to do, the whole sender
 * pauses, longer each time, and then one call at a time finds out whether it is over: a storm is not answered with one.
 */
export class Pace {
  readonly #rate: number;
  readonly #sendRate: SendRate;
  readonly #now: () => number;
  readonly #random: () => number;
  readonly #urgent: ((turn: Turn) => void)[] = [];
  readonly #patient: ((turn: Turn) => void)[] = [];
  #timer: NodeJS.Timeout | null = null;
  /** How often in a row Twilio had too much to do. */
  #busy = 0;
  #pausedUntil = -Infinity;
  #probing = false;

  constructor({ rate, now = () => performance.now(), random = Math.random }: PaceOptions) {
    this.#rate = rate;
    this.#sendRate = new SendRate(rate);
    this.#now = now;
    this.#random = random;
  }

  /**
   * Resolves when a call may be made.
   * @param again for a call that was made already and not processed: it goes before what came later
   */
  turn(options: { urgent: boolean; again?: boolean }): Promise<Turn> {
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

  #next(): void {
    if (this.#timer !== null) return;
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
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#next();
    }, Math.ceil(ms));
  }
}

/** The paces of an account's senders. They outlive the outbox: a deploy must not let a sender begin anew in the same second. */
export class Paces {
  readonly #paces = new Map<string, { rate: number; pace: Pace }>();

  /** @param from the sender's address, empty where a Messaging Service chooses */
  of(from: string, rate: number): Pace {
    const known = this.#paces.get(from);
    if (known !== undefined && known.rate === rate) return known.pace;
    const pace = new Pace({ rate });
    this.#paces.set(from, { rate, pace });
    return pace;
  }
}
