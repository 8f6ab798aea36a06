import type { Later } from '../../../../lib/twilio/waiting/line.ts';

/** Timers that a test lets run out. */
export class FakeTime {
  ms = 0;
  #due: { at: number; act: () => void }[] = [];

  readonly later: Later = (ms, act) => {
    const timer = { at: this.ms + ms, act };
    this.#due.push(timer);
    return () => void (this.#due = this.#due.filter((other) => other !== timer));
  };

  /** How many timers run. */
  get running(): number {
    return this.#due.length;
  }

  /** Goes to the next timer and lets it act. Returns how long that took. */
  next(): number {
    const [timer] = [...this.#due].sort((a, b) => a.at - b.at);
    if (timer === undefined) throw new Error('No timer runs.');
    this.#due = this.#due.filter((other) => other !== timer);
    const passed = timer.at - this.ms;
    this.ms = timer.at;
    timer.act();
    return passed;
  }
}
