import { realTimers, type Timers } from './timers.ts';

/**
 * Turns a stream of "something changed" into few loads: the first goes at once, those that come while it runs or
 * shortly after it are one more together. A failure is the load's own business.
 * @param gapMs the least time between the end of one load and the beginning of the next
 * @returns asks for a load; the promise ends with one that began after the asking
 */
export function createRefresher(load: () => Promise<void>, gapMs: number, timers: Timers = realTimers): () => Promise<void> {
  let busy = false;
  let waiting: { promise: Promise<void>; resolve: () => void } | null = null;

  async function start(): Promise<void> {
    busy = true;
    try {
      await load();
    } catch {
      // Said where it is loaded.
    }
    timers.set(() => {
      busy = false;
      const next = waiting;
      waiting = null;
      if (next !== null) void start().then(next.resolve);
    }, gapMs);
  }

  return () => {
    if (!busy) return start();
    if (waiting === null) {
      let resolve = (): void => undefined;
      const promise = new Promise<void>((done) => (resolve = done));
      waiting = { promise, resolve };
    }
    return waiting.promise;
  };
}
