import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Center } from '../../../lib/center/center.ts';
import type { EventAudience } from '../../../lib/center/contract.ts';
import type { CenterEvent } from '../../../lib/domain/events.ts';
import type { DeskLog } from '../desk-log.ts';
import type { Session } from '../people/sign-in.ts';
import { LiveStream } from './live-stream.ts';

/** Milliseconds between two signs of life; each also asks whether the session still stands. */
export const HEARTBEAT_MS = 15_000;

/** Milliseconds an agent still counts as present after the line broke: a reload must not lose an offer. */
export const GRACE_MS = 5_000;

/** Open streams of one session; with one more the oldest ends. Nobody has so many tabs, a loop that opens them does. */
export const MOST_STREAMS = 20;

/** A page that has answered heartbeats and misses so many of them is not there any more. */
const MISSED_BEATS = 3;

/** Events read from the store at a time while a desk catches up. */
const PAGE = 500;

export interface LiveHubOptions {
  center: Center;
  /** The session as it is now, null when it has ended. */
  touch(tokenHash: string): Promise<Session | null>;
  log: DeskLog;
  heartbeatMs?: number;
  graceMs?: number;
}

/** Brings what happens in the center to every open desk: from the log first, then as it happens, with no gap between. */
export class LiveHub {
  readonly #options: LiveHubOptions;
  readonly #streams = new Set<LiveStream>();
  /** Desks whose line broke and that still count as open. */
  readonly #leaving = new Map<string, NodeJS.Timeout>();
  readonly #unsubscribe: () => void;
  readonly #heartbeat: NodeJS.Timeout;
  /** Position up to which live events have been given to the streams. */
  #told = 0;
  #telling: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(options: LiveHubOptions) {
    this.#options = options;
    this.#unsubscribe = options.center.subscribe((events) => this.#onCommit(events));
    this.#heartbeat = setInterval(() => this.#beat(), options.heartbeatMs ?? HEARTBEAT_MS);
    this.#heartbeat.unref();
  }

  /**
   * Opens a desk's stream and keeps it until either side ends it.
   * @param after position in the log the reader has seen; null begins with what happens from now on
   */
  async open(request: IncomingMessage, response: ServerResponse, session: Session, after: number | null): Promise<void> {
    if (this.#closed) {
      response.destroy();
      return;
    }
    this.#makeRoom(session);
    const stream = new LiveStream(randomUUID(), session, response);
    // Before the first await, so that an end of the session meanwhile is not missed.
    this.#streams.add(stream);
    response.on('close', () => this.#onLineClosed(stream));
    request.socket.setKeepAlive(true);
    stream.begin();
    const { center } = this.#options;
    if (after === null) stream.position = await this.#endOfLog();
    else stream.position = after;
    await center.run('openDesk', { deskId: stream.deskId, agentId: session.agent.id });
    if (stream.ended) {
      await this.#closeDesk(stream.deskId);
      return;
    }
    await this.#catchUp(stream);
  }

  /** A page says that its line is alive; from now on it has to go on saying so. */
  confirm(deskId: string, session: Session): void {
    for (const stream of this.#streams) {
      if (stream.deskId === deskId && stream.session.id === session.id) stream.confirmedAt = performance.now();
    }
  }

  #makeRoom({ id }: Session): void {
    const own = [...this.#streams].filter((stream) => stream.session.id === id && !stream.ended);
    // A set keeps the order in which they came.
    for (const oldest of own.slice(0, Math.max(0, own.length - MOST_STREAMS + 1))) oldest.pause();
  }

  /** Ends every stream and takes every desk's presence away at once. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#unsubscribe();
    clearInterval(this.#heartbeat);
    const desks = new Set(this.#leaving.keys());
    for (const timer of this.#leaving.values()) clearTimeout(timer);
    this.#leaving.clear();
    for (const stream of this.#streams) {
      desks.add(stream.deskId);
      stream.end();
    }
    this.#streams.clear();
    await Promise.all([...desks].map((deskId) => this.#closeDesk(deskId)));
    await this.#telling;
  }

  async #endOfLog(): Promise<number> {
    return (await this.#options.center.query('eventsAfter', { seq: Number.MAX_SAFE_INTEGER, limit: 1 })).lastSeq;
  }

  /** Reads from the log until nothing is left that was not told, then hands over to the live events. */
  async #catchUp(stream: LiveStream): Promise<void> {
    const { center } = this.#options;
    while (!stream.ended) {
      const told = this.#told;
      const page = await center.query('eventsAfter', { seq: stream.position, limit: PAGE });
      if (page.reset) {
        stream.reset(page.lastSeq);
        continue;
      }
      stream.tell(page.events, await this.#audienceOf(page.events));
      // Complete, and nothing was told to the others since it was read: from here on it is told with them.
      if (page.events.length < PAGE && (this.#told === told || stream.position >= this.#told)) {
        stream.live = true;
        return;
      }
      await stream.drained();
    }
  }

  #onCommit(events: CenterEvent[]): void {
    for (const event of events) this.#endSessions(event);
    if (this.#streams.size === 0) {
      this.#told = Math.max(this.#told, events.at(-1)?.seq ?? 0);
      return;
    }
    this.#telling = this.#telling.then(() => this.#tell(events));
  }

  async #tell(events: CenterEvent[]): Promise<void> {
    try {
      const audience = await this.#audienceOf(events);
      for (const stream of this.#streams) if (stream.live) stream.tell(events, audience);
      this.#told = Math.max(this.#told, events.at(-1)?.seq ?? 0);
    } catch (error) {
      // Whoever would miss these comes back and reads them from the log.
      this.#options.log.warn(`Live updates were interrupted: ${String(error)}`);
      for (const stream of this.#streams) stream.end();
    }
  }

  async #audienceOf(events: CenterEvent[]): Promise<EventAudience> {
    const conversationIds = new Set<string>();
    const queueIds = new Set<string>();
    for (const { conversationId, queueId, data } of events) {
      if (conversationId === null) continue;
      conversationIds.add(conversationId);
      for (const id of [queueId, data['fromQueue']]) if (typeof id === 'string') queueIds.add(id);
    }
    if (conversationIds.size === 0) return { conversations: {}, queues: {} };
    return this.#options.center.query('eventAudience', {
      conversationIds: [...conversationIds],
      queueIds: [...queueIds],
    });
  }

  /** A sign-out, a disabled or removed agent or a reset password ends the desks it concerns at once (threat T10). */
  #endSessions(event: CenterEvent): void {
    const session = event.type === 'agent.signed-out' ? event.data['session'] : undefined;
    const everywhere = (event.type === 'agent.changed' || event.type === 'agent.removed') && event.data['signedOut'] === true;
    if (session === undefined && !everywhere) return;
    for (const stream of this.#streams) {
      if (everywhere ? stream.session.agent.id === event.agentId : stream.session.id === session) this.#signOut(stream);
    }
  }

  #signOut(stream: LiveStream): void {
    this.#streams.delete(stream);
    stream.signOut();
    void this.#closeDesk(stream.deskId);
  }

  #beat(): void {
    const lost = performance.now() - MISSED_BEATS * (this.#options.heartbeatMs ?? HEARTBEAT_MS);
    for (const stream of this.#streams) {
      if (stream.confirmedAt !== null && stream.confirmedAt < lost) {
        stream.cut();
        continue;
      }
      if (stream.live) stream.beat();
      this.#options.touch(stream.session.tokenHash).then(
        (session) => {
          if (session !== null) stream.session = session;
          else if (this.#streams.has(stream)) this.#signOut(stream);
        },
        (error: unknown) => this.#options.log.warn(`A desk's session could not be checked: ${String(error)}`),
      );
    }
  }

  #onLineClosed(stream: LiveStream): void {
    // Not there any more after a sign-out or at the end: presence has been taken away already.
    if (!this.#streams.delete(stream)) return;
    const timer = setTimeout(() => {
      this.#leaving.delete(stream.deskId);
      void this.#closeDesk(stream.deskId);
    }, this.#options.graceMs ?? GRACE_MS);
    timer.unref();
    this.#leaving.set(stream.deskId, timer);
  }

  async #closeDesk(deskId: string): Promise<void> {
    try {
      await this.#options.center.run('closeDesk', { deskId });
    } catch (error) {
      this.#options.log.warn(`A desk's end could not be written down: ${String(error)}`);
    }
  }
}
