import { Worker } from 'node:worker_threads';
import { CenterError, type ErrorCode } from '../../domain/errors.ts';
import type { CenterEvent } from '../../domain/events.ts';
import { Gathering } from './gathering.ts';
import type { Call, FromWorker, Replies, Reply, ToWorker } from './protocol.ts';

/** Calls that wait for the worker; past this the caller is told to come back, so that memory stays bounded. */
const MOST_WAITING = 20_000;
/** One commit never holds more than this, so that its first caller is not kept for the sake of the last. */
const MOST_PER_BATCH = 512;

/** Of the storage thread's memory, what new objects get before they are looked through. */
const NURSERY_MB = 8;

interface Pending {
  call: Call;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/**
 * The store's side in the main thread: sends calls to the worker, as many at a time as have gathered while it was
 * busy, and hands out results and events after their commit.
 */
export class SqliteClient {
  readonly #worker: Worker;
  readonly #onEvents: (events: CenterEvent[]) => void;
  readonly #inFlight = new Map<number, Pending>();
  #waiting: Pending[] = [];
  #nextId = 1;
  #busy = false;
  readonly #gathering = new Gathering(() => this.#flush());
  #failure: CenterError | undefined;
  #closed: (() => void) | undefined;

  private constructor(worker: Worker, onEvents: (events: CenterEvent[]) => void) {
    this.#worker = worker;
    this.#onEvents = onEvents;
  }

  /**
   * Starts the worker and waits until the file is open and at this release's schema.
   * @throws CenterError `STORE_UNAVAILABLE` or `RUNTIME_TOO_OLD`
   */
  static open(script: URL, workerData: unknown, onEvents: (events: CenterEvent[]) => void): Promise<SqliteClient> {
    return new Promise((resolve, reject) => {
      const worker = new Worker(script, {
        workerData,
        execArgv: ['--disable-warning=ExperimentalWarning'],
        // What a command makes is gone with its commit: a small nursery holds it and saves memory that would stay unused.
        resourceLimits: { maxYoungGenerationSizeMb: NURSERY_MB },
      });
      const client = new SqliteClient(worker, onEvents);
      worker.once('error', (error) =>
        reject(new CenterError('STORE_UNAVAILABLE', `The store cannot be opened: ${error.message}`)),
      );
      worker.once('message', (message: FromWorker) => {
        if (message.type === 'failed') {
          void worker.terminate();
          reject(rebuild(message.error));
          return;
        }
        worker.removeAllListeners('error');
        worker.on('message', (next: FromWorker) => client.#receive(next));
        worker.on('error', (error) => client.#fail(error));
        worker.on('exit', () => client.#fail(new Error('the storage thread has ended')));
        resolve(client);
      });
    });
  }

  /** True when no call is taken any more. */
  get isOver(): boolean {
    return this.#failure !== undefined;
  }

  call(kind: Call['kind'], name: string, args: unknown, now: number): Promise<unknown> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    if (this.#waiting.length >= MOST_WAITING) {
      return Promise.reject(new CenterError('STORE_OVERLOADED', 'The store has too much to do at the moment. Try again.'));
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ call: { id: this.#nextId++, kind, name, args, now }, resolve, reject });
      if (!this.#busy) this.#gathering.came(this.#waiting.length);
    });
  }

  /** Finishes what was asked, closes the file and ends the thread. */
  async close(): Promise<void> {
    if (this.#failure !== undefined) return;
    while (this.#waiting.length > 0 || this.#inFlight.size > 0) {
      await Promise.allSettled(
        [...this.#inFlight.values(), ...this.#waiting].map((pending) => new Promise<void>((done) => chain(pending, done))),
      );
    }
    const closed = new Promise<void>((resolve) => (this.#closed = resolve));
    this.#failure = new CenterError('STORE_UNAVAILABLE', 'The contact center is closed.');
    this.#post({ type: 'close' });
    await closed;
    await this.#worker.terminate();
  }

  #flush(): void {
    if (this.#busy || this.#waiting.length === 0) return;
    const batch = this.#waiting.splice(0, MOST_PER_BATCH);
    for (const pending of batch) this.#inFlight.set(pending.call.id, pending);
    this.#busy = true;
    this.#post({ type: 'calls', json: JSON.stringify(batch.map((pending) => pending.call)) });
  }

  #post(message: ToWorker): void {
    this.#worker.postMessage(message);
  }

  #receive(message: FromWorker): void {
    if (message.type === 'closed') {
      this.#closed?.();
      return;
    }
    if (message.type !== 'replies') return;
    const { replies, events, commitMs } = JSON.parse(message.json) as Replies;
    this.#busy = false;
    this.#gathering.begin(replies.length, this.#waiting.length, commitMs);
    for (const reply of replies) this.#settle(reply);
    if (events.length > 0) this.#onEvents(events);
  }

  #settle(reply: Reply): void {
    const pending = this.#inFlight.get(reply.id);
    if (pending === undefined) return;
    this.#inFlight.delete(reply.id);
    if (reply.error === undefined) pending.resolve(reply.value);
    else pending.reject(rebuild(reply.error));
  }

  #fail(error: Error): void {
    if (this.#closed !== undefined) return;
    this.#failure ??= new CenterError('STORE_UNAVAILABLE', `The store has stopped: ${error.message}. Restart Node-RED.`, {
      cause: error,
    });
    for (const pending of [...this.#inFlight.values(), ...this.#waiting]) pending.reject(this.#failure);
    this.#gathering.stop();
    this.#inFlight.clear();
    this.#waiting = [];
  }
}

/** Runs `done` once a call has its answer, whichever it is. */
function chain(pending: Pending, done: () => void): void {
  const { resolve, reject } = pending;
  pending.resolve = (value) => {
    resolve(value);
    done();
  };
  pending.reject = (error) => {
    reject(error);
    done();
  };
}

/** The error as it was in the worker; a defect keeps its stack. */
function rebuild(error: NonNullable<Reply['error']>): Error {
  if (error.code !== undefined) {
    return new CenterError(error.code as ErrorCode, error.message, { twilioCode: error.twilioCode, details: error.details });
  }
  const defect = new Error(error.message);
  if (error.stack !== undefined) defect.stack = error.stack;
  return defect;
}
