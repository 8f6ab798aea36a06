import type { LogEntry } from '../phone-contract.ts';

const KEPT = 50;

/** The last lines of "What Twilio did". */
export class SimulatorLog {
  readonly #entries: LogEntry[] = [];
  readonly #now: () => number;
  readonly #added: (entry: LogEntry) => void;
  #next = 1;

  constructor(now: () => number, added: (entry: LogEntry) => void) {
    this.#now = now;
    this.#added = added;
  }

  add(level: LogEntry['level'], text: string): void {
    const entry: LogEntry = { id: this.#next, at: this.#now(), level, text };
    this.#next += 1;
    this.#entries.push(entry);
    if (this.#entries.length > KEPT) this.#entries.shift();
    this.#added(entry);
  }

  entries(): LogEntry[] {
    return [...this.#entries];
  }
}
