import type { Center } from '../../center/center.ts';
import type { CenterEvent } from '../../domain/events.ts';

const PAGE = 200;
/** Events waiting in memory; past this they are read from the log again, where they are safe. */
const MOST_WAITING = 1_000;

export interface EventTailOptions {
  center: Center;
  /** Names the cursor in the store; unique per node and purpose. */
  name: string;
  wants(event: CenterEvent): boolean;
  /** Gives events to the flow, in order. */
  deliver(events: CenterEvent[]): void | Promise<void>;
  onError(error: unknown): void;
}

/**
 * Follows the center's event log from where it stopped last, across deploys, restarts and crashes. While it keeps up
 * it lives on the events that each commit announces; when it was away or fell behind it reads the log. The
 * cursor is saved after events were delivered, so a crash repeats the last ones and never skips any.
 */
export class EventTail {
  readonly #options: EventTailOptions;
  #seq = 0;
  #savedSeq = 0;
  #waiting: CenterEvent[] = [];
  #announcedSeq = 0;
  #behind = true;
  #started = false;
  #paused = true;
  #running: Promise<void> | null = null;
  #unsubscribe: () => void = () => {};

  constructor(options: EventTailOptions) {
    this.#options = options;
  }

  /** Begins, or goes on after a pause, where the cursor stands; flows run from now on. */
  resume(): void {
    this.#paused = false;
    this.#wake();
  }

  /** Delivers nothing more after what is under way; resolves when that is done. */
  async pause(): Promise<void> {
    this.#paused = true;
    await this.#running;
  }

  /** Tries again after an error and saves the cursor; called about once a second. */
  async tick(): Promise<void> {
    this.#wake();
    await this.saveCursor();
  }

  /** Writes down how far the flow has been told, when that has changed. */
  async saveCursor(): Promise<void> {
    if (!this.#started || this.#seq === this.#savedSeq) return;
    const seq = this.#seq;
    await this.#options.center.run('saveCursor', { name: this.#options.name, seq });
    this.#savedSeq = seq;
  }

  async close(): Promise<void> {
    await this.pause();
    this.#unsubscribe();
    await this.saveCursor();
  }

  #announce(events: CenterEvent[]): void {
    for (const event of events) {
      this.#announcedSeq = event.seq;
      if (!this.#behind && this.#options.wants(event)) this.#waiting.push(event);
    }
    if (this.#waiting.length > MOST_WAITING) {
      this.#waiting = [];
      this.#behind = true;
    }
    this.#wake();
  }

  #wake(): void {
    if (this.#paused || this.#running !== null) return;
    if (this.#started && !this.#behind && this.#waiting.length === 0) {
      this.#seq = Math.max(this.#seq, this.#announcedSeq);
      return;
    }
    this.#running = this.#run();
  }

  async #run(): Promise<void> {
    try {
      if (!this.#started) await this.#start();
      while (!this.#paused && (this.#behind || this.#waiting.length > 0)) {
        if (this.#behind) await this.#readPage();
        else await this.#deliverWaiting();
      }
    } catch (error) {
      this.#waiting = [];
      this.#behind = true;
      this.#options.onError(error);
    } finally {
      this.#running = null;
    }
  }

  async #start(): Promise<void> {
    const { center, name } = this.#options;
    this.#seq = (await center.query('cursor', { name })).seq;
    // Saved at once, so that a name used for the first time does not begin anew after a crash.
    await center.run('saveCursor', { name, seq: this.#seq });
    this.#savedSeq = this.#seq;
    this.#unsubscribe();
    this.#unsubscribe = center.subscribe((events) => this.#announce(events));
    this.#started = true;
  }

  async #readPage(): Promise<void> {
    const announced = this.#announcedSeq;
    const { events } = await this.#options.center.query('eventsAfter', { seq: this.#seq, limit: PAGE });
    const wanted = events.filter((event) => this.#options.wants(event));
    if (wanted.length > 0) await this.#options.deliver(wanted);
    this.#seq = events.at(-1)?.seq ?? this.#seq;
    if (events.length === PAGE) return;
    // A page that is not full holds everything announced before it was asked for.
    this.#seq = Math.max(this.#seq, announced);
    if (this.#announcedSeq <= this.#seq) this.#behind = false;
  }

  async #deliverWaiting(): Promise<void> {
    const events = this.#waiting.filter((event) => event.seq > this.#seq);
    const last = this.#announcedSeq;
    this.#waiting = [];
    if (events.length > 0) await this.#options.deliver(events);
    this.#seq = Math.max(this.#seq, last);
  }
}
