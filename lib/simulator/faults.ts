import { FAULTS } from './phone-contract.ts';
import type { Fault, FaultView } from './phone-contract.ts';

/** The switches under "Twilio behaves badly": each off, on for the next N times, or on until switched off. */
export class Faults {
  readonly #remaining = new Map<Fault, number | null>();
  readonly #changed: () => void;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** @param times how many more times it happens; 0 switches it off, null leaves it on */
  set(fault: Fault, times: number | null): void {
    if (times === 0) this.#remaining.delete(fault);
    else this.#remaining.set(fault, times);
    this.#changed();
  }

  /** Whether the fault happens this time; counts it down. */
  take(fault: Fault): boolean {
    const remaining = this.#remaining.get(fault);
    if (remaining === undefined) return false;
    if (remaining !== null) {
      if (remaining <= 1) this.#remaining.delete(fault);
      else this.#remaining.set(fault, remaining - 1);
      this.#changed();
    }
    return true;
  }

  view(): FaultView[] {
    return FAULTS.map((fault) => ({ fault, remaining: this.#remaining.has(fault) ? this.#remaining.get(fault)! : 0 }));
  }
}

/** Narrows a name that came from outside. */
export function isFault(name: unknown): name is Fault {
  return FAULTS.some((fault) => fault === name);
}
