import type { FlowMessage } from '../../../lib/node-red/runtime-api.ts';

const LONGEST_WAIT_MS = 8_000;

/** Messages that arrived at a place in a flow, to be awaited one after the other. */
export class Inbox {
  readonly all: FlowMessage[] = [];
  #read = 0;
  #waiting: (() => void) | null = null;
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
  }

  put(message: FlowMessage): void {
    this.all.push(message);
    this.#waiting?.();
  }

  /** The next message that fits; the ones before it are passed over. */
  async next(fits: (message: FlowMessage) => boolean = () => true): Promise<FlowMessage> {
    for (;;) {
      while (this.#read < this.all.length) {
        const message = this.all[this.#read++]!;
        if (fits(message)) return message;
      }
      await this.#more();
    }
  }

  /** The next `count` messages. */
  async take(count: number): Promise<FlowMessage[]> {
    const taken: FlowMessage[] = [];
    while (taken.length < count) taken.push(await this.next());
    return taken;
  }

  #more(): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`Nothing more arrived at ${this.#name}.`)), LONGEST_WAIT_MS);
      this.#waiting = () => {
        clearTimeout(timer);
        this.#waiting = null;
        resolve();
      };
    });
  }
}
