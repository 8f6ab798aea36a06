import type { Center } from '../center/center.ts';
import type { Commands } from '../center/contract.ts';
import { isStoreTrouble } from '../domain/errors.ts';
import { inTime, type Later } from './waiting/line.ts';

/** What became of a call. */
export type RecordName = 'recordSent' | 'recordFailed' | 'recordUnknown' | 'postponeOutbound';

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 5000;

/**
 * Writes down what Twilio said. What happened has happened: while the store is in trouble the record waits, with its place in the
 * customer's lane, and is tried again after pauses that double, all that wait together. Each of these commands may be run twice.
 */
export class Records {
  readonly #later: Later;
  #closed = false;
  /** How often in a row there was a pause. */
  #pauses = 0;
  #pause: Promise<void> | null = null;
  #endPause: () => void = () => {};

  constructor({ later = inTime }: { later?: Later } = {}) {
    this.#later = later;
  }

  /**
   * Resolves when it is on disk.
   * @throws CenterError as the command; `STORE_UNAVAILABLE`, `STORE_OVERLOADED` only when nobody waits for the store any more
   */
  async run<Name extends RecordName>(
    center: Center,
    name: Name,
    args: Commands[Name]['args'],
  ): Promise<Commands[Name]['result']> {
    for (;;) {
      try {
        const result = await center.run(name, args);
        this.#pauses = 0;
        return result;
      } catch (error) {
        if (!isStoreTrouble(error) || this.#closed || center.isOver()) throw error;
      }
      await (this.#pause ??= this.#rest());
    }
  }

  /** What waits is tried once more, and then given up: the next process finds out what became of it. */
  close(): void {
    this.#closed = true;
    this.#endPause();
  }

  #rest(): Promise<void> {
    const ms = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(this.#pauses++, 16));
    return new Promise((resolve) => {
      const end = (): void => {
        this.#pause = null;
        resolve();
      };
      const cancel = this.#later(ms, end);
      this.#endPause = () => {
        cancel();
        end();
      };
    });
  }
}
