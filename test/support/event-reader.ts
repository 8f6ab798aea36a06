import type { IncomingMessage } from 'node:http';
import type { CenterEvent } from '../../lib/domain/events.ts';
import type { Browser } from './desk.ts';

export interface Told {
  id: string | null;
  event: string;
  data: string;
}

/** Reads a desk's live updates as a page does. */
export class EventReader {
  readonly told: Told[] = [];
  readonly response: IncomingMessage;
  /** Resolves when the stream is over, from either side. */
  readonly ended: Promise<void>;
  /** The last id seen, also that of a heartbeat. */
  lastId: string | null = null;
  #rest = '';
  #waiting: { test: (told: Told) => boolean; resolve: (told: Told) => void }[] = [];

  private constructor(response: IncomingMessage) {
    this.response = response;
    response.setEncoding('utf8');
    response.on('data', (text: string) => this.#read(text));
    response.on('error', () => undefined);
    this.ended = new Promise((resolve) => response.once('close', resolve));
  }

  static async open(browser: Browser, after?: number): Promise<EventReader> {
    const headers = after === undefined ? {} : { 'last-event-id': String(after) };
    const response = await browser.open('/api/events', 'GET', headers);
    if (response.statusCode !== 200) throw new Error(`The stream was refused: ${response.statusCode}`);
    return new EventReader(response);
  }

  get events(): CenterEvent[] {
    return this.told.filter((told) => told.event === 'center').map((told) => JSON.parse(told.data) as CenterEvent);
  }

  /** The first event of that name (and, for `center`, of that type, about that agent), past or to come. */
  next(event: string, type?: string, agentId?: string): Promise<Told> {
    const test = (told: Told) => {
      if (told.event !== event) return false;
      const about = JSON.parse(told.data) as CenterEvent;
      return (type === undefined || about.type === type) && (agentId === undefined || about.agentId === agentId);
    };
    const there = this.told.find(test);
    if (there !== undefined) return Promise.resolve(there);
    return new Promise((resolve) => this.#waiting.push({ test, resolve }));
  }

  close(): void {
    this.response.destroy();
  }

  #read(text: string): void {
    const blocks = (this.#rest + text).split('\n\n');
    this.#rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const told: Told = { id: null, event: '', data: '' };
      for (const line of block.split('\n')) {
        const [name = '', ...value] = line.split(': ');
        if (name === 'id' || name === 'event' || name === 'data') told[name] = value.join(': ');
      }
      if (told.id !== null) this.lastId = told.id;
      this.#tell(told);
    }
  }

  #tell(told: Told): void {
    if (told.event !== '') this.told.push(told);
    this.#waiting = this.#waiting.filter(({ test, resolve }) => {
      const fits = told.event !== '' && test(told);
      if (fits) resolve(told);
      return !fits;
    });
  }
}
