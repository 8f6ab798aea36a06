import { inTime, type Later } from '../waiting/line.ts';

const PAUSE_MS = 60_000;

/**
 * A warning that a flood cannot make a flood of lines from: the first one is logged as it is, the others of each minute as one
 * line that counts them.
 */
export class RareWarning {
  readonly #warn: (text: string) => void;
  readonly #later: Later;
  #more = 0;
  #last = '';
  #quiet = true;

  constructor(warn: (text: string) => void, later: Later = inTime) {
    this.#warn = warn;
    this.#later = later;
  }

  /**
   * @param text the whole story
   * @param short what of it is to stand in the line that counts
   */
  say(text: string, short: string): void {
    if (!this.#quiet) {
      this.#more += 1;
      this.#last = short;
      return;
    }
    this.#warn(text);
    this.#wait();
  }

  #wait(): void {
    this.#quiet = false;
    this.#later(PAUSE_MS, () => {
      this.#quiet = this.#more === 0;
      if (this.#quiet) return;
      this.#warn(`${this.#more} more within a minute. ${this.#last}`);
      this.#more = 0;
      this.#wait();
    });
  }
}
