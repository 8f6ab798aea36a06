/** Messages a second that WhatsApp takes from one sender by default; past it Twilio queues, and then refuses (63018). */
export const DEFAULT_RATE = 80;

/**
 * The length of the window in which no more than the rate may leave, in milliseconds. More than a second, because what leaves
 * evenly does not arrive evenly: the difference may be as large as what is on top.
 */
const WINDOW_MS = 1040;

/** Evenly spread, so that a full window is never a burst; a little less often than the window alone would allow. */
const SPREAD_MS = 1045;

/** How much of an idle time may be made up for at once, in milliseconds: a few messages do not have to wait for each other. */
const CATCH_UP_MS = 100;

/**
 * When the next message of a sender may leave: evenly spread, and never more than the rate within any second. Times are
 * milliseconds of a clock that only goes forward.
 */
export class SendRate {
  readonly #rate: number;
  /** When the last `rate` messages left, as a ring. */
  readonly #left: number[] = [];
  #oldest = 0;
  /** When the next one is due by the even spread. */
  #due = -Infinity;

  /** @param rate messages a second, at least 1 */
  constructor(rate: number) {
    this.#rate = Math.max(1, Math.floor(rate));
  }

  /** Milliseconds to wait; 0 when one may leave now. */
  waitMs(now: number): number {
    const full = this.#left.length === this.#rate;
    const windowFree = full ? this.#left[this.#oldest]! + WINDOW_MS : -Infinity;
    return Math.max(0, this.#due - now, windowFree - now);
  }

  /** One leaves now. */
  take(now: number): void {
    this.#due = Math.max(this.#due, now - CATCH_UP_MS) + SPREAD_MS / this.#rate;
    if (this.#left.length < this.#rate) {
      this.#left.push(now);
      return;
    }
    this.#left[this.#oldest] = now;
    this.#oldest = (this.#oldest + 1) % this.#rate;
  }
}

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
  const atATenth = 10_000 / rate;
  return Math.max(doubled, 2 * atATenth) * (0.5 + random);
}
