import { setTimeout as pause } from 'node:timers/promises';
import { newSid } from '../../../lib/simulator/state.ts';
import type { Answered, Webhooks } from './webhooks.ts';

export interface LoadOptions {
  webhooks: Webhooks;
  /** Customers who write at the same time. */
  senders: number;
  /** Between an answer and the next message of the same sender, in milliseconds. */
  pauseMs?: number;
}

/** Customers who go on writing, each as soon as the message before was answered. */
export class Load {
  /** SIDs that were answered 200: these must never be lost. */
  readonly acked = new Set<string>();
  /** Every answer that was not 200, and every one that did not come. */
  readonly others: Answered[] = [];
  readonly times: number[] = [];
  readonly #options: LoadOptions;
  #running = false;
  #senders: Promise<void>[] = [];

  constructor(options: LoadOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running = true;
    this.#senders = Array.from({ length: this.#options.senders }, (_, number) => this.#send(number));
  }

  /** Lets everybody finish the message that is under way. */
  async stop(): Promise<void> {
    this.#running = false;
    await Promise.all(this.#senders);
  }

  /** The time within which that share of the requests was answered, in milliseconds. */
  quantile(share: number): number {
    const sorted = [...this.times].sort((a, b) => a - b);
    return sorted[Math.ceil(sorted.length * share) - 1] ?? 0;
  }

  async #send(number: number): Promise<void> {
    const { webhooks, pauseMs = 0 } = this.#options;
    const phone = `+1555200${String(number).padStart(4, '0')}`;
    while (this.#running) {
      const sid = newSid('SM');
      const answered = await webhooks.message(sid, { From: `whatsapp:${phone}`, WaId: phone.slice(1) });
      this.times.push(answered.ms);
      if (answered.status === 200) this.acked.add(sid);
      else this.others.push(answered);
      // Nobody answers any more: the process is gone.
      if (answered.status === null) return;
      if (pauseMs > 0) await pause(pauseMs);
    }
  }
}
