import { shallowRef, type ShallowRef } from 'vue';
import type { CenterEvent } from '../../../lib/domain/events.ts';
import { toDeskError } from '../api/desk-error.ts';
import { createEventParser } from './server-events.ts';
import { realTimers, type Timers } from './timers.ts';

/** `paused`: the server has ended this line for newer ones of the same person; it comes back when asked to. */
export type ConnectionState = 'connecting' | 'live' | 'reconnecting' | 'paused';

/** The server says something at least every 15 s; two missed heartbeats mean that the line is dead. */
const SILENCE_MS = 40_000;
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 15_000;

export interface ConnectionOptions {
  open(lastSeq: number, signal: AbortSignal): Promise<ReadableStream<Uint8Array>>;
  /** The line is up again (or for the first time). */
  onLive(): void;
  onEvent(event: CenterEvent): void;
  /** The server cannot tell what was missed: load everything. */
  onReset(): void;
  onSignedOut(): void;
  /** Tells the server that the line is alive, as an answer to its heartbeat; without it a line that was cut looks open there. */
  confirm?(deskId: string): void;
  timers?: Timers;
  random?: () => number;
}

export interface Connection {
  readonly state: ShallowRef<ConnectionState>;
  /** Begins behind this event; what the page shows already is not told again. */
  start(lastSeq: number): void;
  /** Tries at once instead of at the next turn: the network is back, the tab is looked at again. */
  nudge(): void;
  /** The machine says that it has no network: what looks like a line is none. */
  lost(): void;
  stop(): void;
}

/** Milliseconds before the next try: doubling up to a limit, with jitter so that a hundred desks do not come back in one instant. */
export function retryDelay(attempt: number, random: () => number): number {
  const full = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** attempt);
  return Math.round(full / 2 + (full / 2) * random());
}

/** Keeps the live updates flowing: resumes behind the last event seen, with back-off, until it is stopped. */
export function createConnection(options: ConnectionOptions): Connection {
  const timers = options.timers ?? realTimers;
  const random = options.random ?? Math.random;
  const state = shallowRef<ConnectionState>('connecting');
  let lastSeq = 0;
  let deskId: string | null = null;
  let attempt = 0;
  let running = false;
  let line: AbortController | null = null;
  let retry: unknown = null;
  let watchdog: unknown = null;

  function watch(controller: AbortController): void {
    timers.clear(watchdog);
    watchdog = timers.set(() => controller.abort(), SILENCE_MS);
  }

  function take(name: string, id: string | null, data: string): void {
    const place = id === null ? NaN : Number(id);
    if (name === 'reset') {
      // Also backwards: a restored store has a shorter log.
      if (!Number.isNaN(place)) lastSeq = place;
      options.onReset();
      return;
    }
    if (name === 'desk') {
      ({ deskId } = JSON.parse(data) as { deskId: string });
      options.confirm?.(deskId);
      return;
    }
    if (name === 'paused') {
      state.value = 'paused';
      return;
    }
    if (name === 'signed-out') {
      stop();
      options.onSignedOut();
    } else if (name === 'center') {
      const event = JSON.parse(data) as CenterEvent;
      // After a resume the server may repeat itself; the log's position tells.
      if (event.seq <= lastSeq) return;
      lastSeq = event.seq;
      options.onEvent(event);
    }
    if (name === 'message' && deskId !== null) options.confirm?.(deskId);
    // A heartbeat moves past what was none of this agent's business.
    if (place > lastSeq) lastSeq = place;
  }

  async function read(controller: AbortController): Promise<void> {
    deskId = null;
    const body = await options.open(lastSeq, controller.signal);
    const reader = body.getReader();
    // A cancelled fetch rejects a pending read by itself; a stand-in's stream has to be told.
    controller.signal.addEventListener('abort', () => void reader.cancel().catch(() => undefined));
    attempt = 0;
    state.value = 'live';
    options.onLive();
    const decoder = new TextDecoder();
    const parse = createEventParser();
    while (running && !controller.signal.aborted) {
      watch(controller);
      const { done, value } = await reader.read();
      if (done) return;
      for (const event of parse(decoder.decode(value, { stream: true }))) {
        if (running) take(event.event, event.id, event.data);
      }
    }
  }

  const isPaused = (): boolean => state.value === 'paused';

  async function connect(): Promise<void> {
    const controller = new AbortController();
    line = controller;
    watch(controller);
    try {
      await read(controller);
    } catch (thrown) {
      const error = toDeskError(thrown);
      if (running && line === controller && error.status === 401) {
        stop();
        options.onSignedOut();
      }
    }
    if (!running || line !== controller) return;
    controller.abort();
    timers.clear(watchdog);
    if (isPaused()) return;
    state.value = 'reconnecting';
    retry = timers.set(() => void connect(), retryDelay(attempt++, random));
  }

  function stop(): void {
    running = false;
    timers.clear(retry);
    timers.clear(watchdog);
    const last = line;
    line = null;
    last?.abort();
  }

  return {
    state,
    start(seq) {
      stop();
      running = true;
      lastSeq = seq;
      attempt = 0;
      state.value = 'connecting';
      void connect();
    },
    nudge() {
      if (!running || (state.value !== 'reconnecting' && state.value !== 'paused')) return;
      timers.clear(retry);
      attempt = 0;
      state.value = 'reconnecting';
      void connect();
    },
    lost() {
      if (running) line?.abort();
    },
    stop,
  };
}
