import { fullAddress } from '../domain/address.ts';

/** Windows that are remembered; the oldest goes first. */
const MOST_REMEMBERED = 50_000;

/**
 * Session windows known to be open, in memory. Safe because a customer's last message only moves forward: an
 * "open until" can only turn out too short. Twilio's 63016 clears everything.
 */
export class OpenWindows {
  readonly #until = new Map<string, number>();

  get(address: string, sender: string): number {
    return this.#until.get(keyOf(address, sender)) ?? 0;
  }

  set(address: string, sender: string, until: number): void {
    const key = keyOf(address, sender);
    this.#until.delete(key);
    if (this.#until.size >= MOST_REMEMBERED) this.#until.delete(this.#until.keys().next().value!);
    this.#until.set(key, until);
  }

  clear(): void {
    this.#until.clear();
  }
}

function keyOf(address: string, sender: string): string {
  return `${fullAddress(address)}|${fullAddress(sender)}`;
}
