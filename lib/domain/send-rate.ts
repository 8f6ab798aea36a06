/** Messages a second that WhatsApp takes from one sender by default; past it Twilio queues, and then refuses (63018). */
export const DEFAULT_RATE = 80;

/** The length of the window in which no more than the rate may arrive, in milliseconds; a little more than the second it is about. */
const WINDOW_MS = 1010;

/** Evenly spread, so that a full window is never a burst; a little less often than the window alone would allow. */
const SPREAD_MS = 1025;

/** How much of an idle time may be made up for at once, in milliseconds: a few messages do not have to wait for each other. */
const CATCH_UP_MS = 250;

/** How late a call may arrive of which nothing is known yet, in milliseconds. */
const PERHAPS_LATE_MS = 250;

/** Twilio's sandbox takes one message in three seconds. */
export const LEAST_RATE = 0.1;

/** One call: when it left, and when its answer was there. */
export interface Departure {
  readonly leftAt: number;
  answeredAt: number | null;
}

/**
 * When the next message of a sender may leave: evenly spread, and never more than the rate within any second, counted where
 * they arrive. A call that had to connect first, or a busy machine, arrives late, and the one that leaves a second after it
 * does not: so it counts when it arrived, which its answer tells. Times are milliseconds of a clock that only goes forward.
 */
export class SendRate {
  readonly #rate: number;
  /** How many may be within a window. */
  readonly #most: number;
  /** The last `#most` departures, as a ring. */
  readonly #departures: Departure[] = [];
  #oldest = 0;
  /** When the next one is due by the even spread. */
  #due = -Infinity;
  /** How long the last calls took, as a ring; the quickest shows how long an answer takes from the arrival on. */
  readonly #durations: number[] = [];
  #nextDuration = 0;

  /** @param rate messages a second; whole from 1 on, and down to {@link LEAST_RATE} */
  constructor(rate: number) {
    this.#rate = rate >= 1 ? Math.floor(rate) : Math.max(LEAST_RATE, rate);
    this.#most = Math.max(1, this.#rate);
  }

  /** Milliseconds to wait; 0 when one may leave now. */
  waitMs(now: number): number {
    const full = this.#departures.length === this.#most;
    const windowFree = full ? this.#arrivalOf(this.#departures[this.#oldest]!) + WINDOW_MS : -Infinity;
    return Math.max(0, this.#due - now, windowFree - now);
  }

  /** One leaves now. */
  take(now: number): Departure {
    const departure: Departure = { leftAt: now, answeredAt: null };
    // Below one a second it is the gap that counts, and nothing is made up for.
    const catchUpMs = this.#rate < 1 ? 0 : CATCH_UP_MS;
    this.#due = Math.max(this.#due, now - catchUpMs) + SPREAD_MS / this.#rate;
    if (this.#departures.length < this.#most) {
      this.#departures.push(departure);
      return departure;
    }
    this.#departures[this.#oldest] = departure;
    this.#oldest = (this.#oldest + 1) % this.#most;
    return departure;
  }

  /**
   * Its answer is there.
   * @param taken whether it is the usual answer, whose time tells something about others
   */
  answered(departure: Departure, now: number, taken: boolean): void {
    departure.answeredAt = now;
    if (!taken) return;
    this.#durations[this.#nextDuration] = now - departure.leftAt;
    this.#nextDuration = (this.#nextDuration + 1) % DURATIONS;
  }

  /** The latest moment at which a call can have arrived: so long before its answer as the quickest of all calls took. */
  #arrivalOf({ leftAt, answeredAt }: Departure): number {
    if (answeredAt === null) return leftAt + PERHAPS_LATE_MS;
    return Math.max(leftAt, answeredAt - Math.min(...this.#durations));
  }
}

/** As many calls as are looked at for the quickest. */
const DURATIONS = 100;

/** How many calls may be under way at once, so that half a second each does not slow the sender down. */
export function callsAtOnce(rate: number): number {
  return Math.max(20, Math.ceil(rate / 2));
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 8000;

/**
 * How long nobody calls after Twilio said that it has too much to do (20429), in milliseconds: doubling, different each time
 * so that several senders do not come back together, and in any case no more than a tenth of the rate.
 *
 * @param times how often Twilio has said so in a row, from 1
 * @param random from 0 to 1
 */
export function busyPauseMs(times: number, rate: number, random: number): number {
  const doubled = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (times - 1));
  const atATenth = 10_000 / Math.max(1, rate);
  return Math.max(doubled, 2 * atATenth) * (0.5 + random);
}
