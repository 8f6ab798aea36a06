import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { EventAudience } from '../../../lib/center/contract.ts';
import type { CenterEvent } from '../../../lib/domain/events.ts';
import type { Session } from '../people/sign-in.ts';
import { visibleEvent } from './visible-event.ts';

/** A reader that falls further behind than this is cut off; it resumes where it was, from the store. */
const MAX_UNREAD_BYTES = 256 * 1024;

/** One desk's live updates: a `text/event-stream` that knows how far in the log its reader is. */
export class LiveStream {
  readonly deskId: string;
  session: Session;
  /** Position of the last event that was told or found to be none of this agent's business. */
  position = 0;
  /** False while it is filled from the store; then events are given to it as they happen. */
  live = false;
  /**
   * When the page last said that it has the line (by the process's own clock, milliseconds); null for a reader that never
   * says so. A line that was cut somewhere on the way looks open from here for many minutes.
   */
  confirmedAt: number | null = null;
  readonly #response: ServerResponse;

  constructor(deskId: string, session: Session, response: ServerResponse) {
    this.deskId = deskId;
    this.session = session;
    this.#response = response;
  }

  get ended(): boolean {
    return this.#response.writableEnded || this.#response.destroyed;
  }

  begin(): void {
    this.#response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      // Proxies of the nginx kind hold a stream back until they have a buffer full.
      'x-accel-buffering': 'no',
    });
    this.#write(`retry: 2000\n\nevent: desk\ndata: {"deskId":"${this.deskId}"}\n\n`);
  }

  /** Tells the events this agent may see, each once. */
  tell(events: CenterEvent[], audience: EventAudience): void {
    let text = '';
    for (const event of events) {
      if (event.seq <= this.position) continue;
      this.position = event.seq;
      const visible = visibleEvent(event, this.session.agent, audience);
      if (visible !== null) text += `id: ${event.seq}\nevent: center\ndata: ${JSON.stringify(visible)}\n\n`;
    }
    if (text !== '') this.#write(text);
  }

  /** What came before `position` cannot be told any more: the reader loads everything anew. */
  reset(position: number): void {
    this.position = position;
    this.#write(`id: ${position}\nevent: reset\ndata: {"lastSeq":${position}}\n\n`);
  }

  /** Keeps the line open and moves the reader's position past what was not for it. */
  beat(): void {
    this.#write(`:\nid: ${this.position}\n\n`);
  }

  /** The session is over. */
  signOut(): void {
    if (!this.ended) this.#response.end('event: signed-out\ndata: {}\n\n');
  }

  /** The same person has opened many pages since: this one goes on when somebody looks at it. */
  pause(): void {
    if (!this.ended) this.#response.end('event: paused\ndata: {}\n\n');
  }

  /** Nobody is at the other end. */
  cut(): void {
    this.#response.destroy();
  }

  end(): void {
    if (!this.ended) this.#response.end();
  }

  /** Resolves when the reader has caught up with what was written, or is gone. */
  async drained(): Promise<void> {
    if (this.ended || !this.#response.writableNeedDrain) return;
    await Promise.race([once(this.#response, 'drain'), once(this.#response, 'close')]);
  }

  #write(text: string): void {
    if (this.ended) return;
    this.#response.write(text);
    if (this.#response.writableLength > MAX_UNREAD_BYTES) this.#response.destroy();
  }
}
