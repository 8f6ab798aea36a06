import { closeSync, existsSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { MessagePort } from 'node:worker_threads';
import type { Kysely } from 'kysely';
import { CenterError, isCenterError } from '../../domain/errors.ts';
import type { CenterEvent } from '../../domain/events.ts';
import { migrate } from '../migrate.ts';
import type { Schema } from '../schema.ts';
import { kyselyOver, Statements } from './dialect.ts';
import type { Call, FromWorker, Replies, Reply, ToWorker } from './protocol.ts';

/** What the worker runs; the center hands in its commands and queries, the store does not know them. */
export interface Handlers {
  command(db: Kysely<Schema>, call: Call): Promise<CommandOutcome>;
  query(db: Kysely<Schema>, call: Call): Promise<unknown>;
}

/** `refusal`: the call fails with this error, yet what it wrote (that it failed) is kept. */
export interface CommandOutcome {
  result: unknown;
  events: CenterEvent[];
  refusal?: CenterError;
  /** What was deleted must not stay readable beside the file: the log of writes is emptied behind it. */
  wipe?: boolean;
}

/**
 * What durability and speed rest on. The write-ahead log is synced at every commit, so that what was acknowledged
 * survives a power cut. It is carried over into the database every 32 MB and not, as by default, every 4: pages that are
 * written again and again are carried over once, and the wait for the disk that this brings comes an eighth as often.
 * A larger cache than 4 MB costs more than it saves: SQLite looks through all of it at every commit.
 */
const SETTINGS = `pragma journal_mode = wal;
  pragma synchronous = full;
  pragma wal_autocheckpoint = 8000;
  pragma journal_size_limit = 67108864;
  pragma secure_delete = on;
  pragma temp_store = memory;
  pragma cache_size = -4000;
`;

/**
 * Opens the file.
 * @throws CenterError `RUNTIME_TOO_OLD` when this Node.js was built without FTS5
 */
export function openDatabase(file: string): DatabaseSync {
  keepPrivate(file);
  const db = new DatabaseSync(file, { timeout: 5000 });
  try {
    db.exec(SETTINGS);
  } catch (error) {
    db.close();
    throw error;
  }
  try {
    db.exec("create virtual table temp.probe using fts5(text, tokenize = 'trigram'); drop table temp.probe;");
  } catch (cause) {
    db.close();
    throw new CenterError(
      'RUNTIME_TOO_OLD',
      `This Node.js (${process.version}) has no full-text search (FTS5) in node:sqlite. Install an official Node.js 22.16 or newer.`,
      { cause },
    );
  }
  return db;
}

/**
 * Keeps every other process out for as long as this one lives: two that feed flows from one store would answer everybody twice. The lock
 * is the operating system's, on a file beside the store, so that a process that was killed leaves none, and the store itself can still be read from
 * outside, for a backup.
 * @throws CenterError `FILE_TAKEN`
 */
function lockOut(file: string): DatabaseSync {
  const lock = `${file}.lock`;
  keepPrivate(lock);
  const db = new DatabaseSync(lock, { timeout: 0 });
  try {
    db.exec('begin exclusive');
    return db;
  } catch (cause) {
    db.close();
    if (!isHeld(cause)) throw cause;
    throw new CenterError('FILE_TAKEN', `Another process uses the store ${file}. Only one Node-RED can.`, { cause });
  }
}

/** What customers write is nobody else's on this machine; the files beside it get the same rights from SQLite. */
function keepPrivate(file: string): void {
  if (existsSync(file)) return;
  try {
    closeSync(openSync(file, 'a', 0o600));
  } catch {
    // Whatever is wrong with the place, opening the database says it.
  }
}

/** Serves calls from a port until it is told to close: whole commands, many per commit, each of them whole or not at all. */
export async function serve(port: MessagePort, file: string, handlers: Handlers): Promise<void> {
  const post = (message: FromWorker) => port.postMessage(message);
  let db: DatabaseSync | undefined;
  let statements!: Statements;
  let kysely!: Kysely<Schema>;

  /** Opens the file, again where the connection was given up; as long as that fails, so does every call. */
  const ensureOpen = (): void => {
    if (db?.isOpen === true) return;
    db = openDatabase(file);
    statements = new Statements(db);
    kysely = kyselyOver(statements);
  };

  /** After a failed write nothing is assumed about the connection: a new one reads what is really there. */
  const discard = (): void => {
    try {
      db?.close();
    } catch {
      // Already unusable, which is why it is replaced.
    }
  };

  let lock: DatabaseSync | undefined;
  try {
    lock = lockOut(file);
    ensureOpen();
    await migrate(kysely);
  } catch (error) {
    lock?.close();
    post({ type: 'failed', error: describe(storeError(error)) });
    return;
  }
  post({ type: 'open' });

  let wipe = false;
  const run = async (call: Call): Promise<CommandOutcome> => {
    const outcome = await handlers.command(kysely, call);
    wipe ||= outcome.wipe === true;
    return outcome;
  };

  /** Carries everything over into the database, whose freed pages are overwritten, and leaves nothing in the log of writes. */
  const emptyLog = (): void => {
    wipe = false;
    try {
      db!.exec('pragma wal_checkpoint(truncate)');
    } catch {
      // It is committed all the same, and carried over with the next ones.
    }
  };

  const commit = (): number => {
    const started = performance.now();
    db!.exec('commit');
    return performance.now() - started;
  };

  /**
   * Runs commands in one transaction, without a savepoint for each: those cost a copy of every page that a command
   * changes, and hardly any command fails after it has written. Undefined when one did, and then nothing has happened.
   */
  const runPlainly = async (commands: Call[]): Promise<Replies | undefined> => {
    const done: Replies = { replies: [], events: [], commitMs: 0 };
    db!.exec('begin immediate');
    for (const call of commands) {
      const before = statements.writes;
      try {
        keep(done, call, await run(call));
      } catch (error) {
        if (isStoreFailure(error)) throw error;
        if (statements.writes !== before) {
          db!.exec('rollback');
          return undefined;
        }
        done.replies.push({ id: call.id, error: describe(error) });
      }
    }
    done.commitMs = commit();
    return done;
  };

  /** Runs commands in one transaction, each within a savepoint: one that fails takes no other down. */
  const runGuarded = async (commands: Call[]): Promise<Replies> => {
    const done: Replies = { replies: [], events: [], commitMs: 0 };
    db!.exec('begin immediate');
    for (const call of commands) {
      statements.rows('savepoint command');
      try {
        keep(done, call, await run(call));
      } catch (error) {
        if (isStoreFailure(error)) throw error;
        statements.rows('rollback to command');
        done.replies.push({ id: call.id, error: describe(error) });
      }
      statements.rows('release command');
    }
    done.commitMs = commit();
    return done;
  };

  const runCommands = async (commands: Call[]): Promise<Replies> => {
    try {
      ensureOpen();
      const done = (await runPlainly(commands)) ?? (await runGuarded(commands));
      if (wipe) emptyLog();
      return done;
    } catch (error) {
      // Nothing of this batch is on disk, so nobody may be told that it is.
      const failure = describe(storeError(error));
      discard();
      return { replies: commands.map(({ id }) => ({ id, error: failure })), events: [], commitMs: 0 };
    }
  };

  const runQuery = async (call: Call): Promise<Reply> => {
    try {
      ensureOpen();
      return { id: call.id, value: await handlers.query(kysely, call) };
    } catch (error) {
      return { id: call.id, error: describe(isStoreFailure(error) ? storeError(error) : error) };
    }
  };

  const runBatch = async (calls: Call[]): Promise<Replies> => {
    const commands = calls.filter((call) => call.kind === 'command');
    const done = commands.length > 0 ? await runCommands(commands) : { replies: [], events: [], commitMs: 0 };
    for (const call of calls) if (call.kind === 'query') done.replies.push(await runQuery(call));
    return done;
  };

  // One batch after the other; a batch that arrives meanwhile waits and is the next commit.
  let last = Promise.resolve();
  port.on('message', (message: ToWorker) => {
    last = last.then(async () => {
      if (message.type === 'close') {
        if (db?.isOpen === true) db.close();
        lock.close();
        post({ type: 'closed' });
        port.close();
        return;
      }
      const outcome = await runBatch(JSON.parse(message.json) as Call[]);
      post({ type: 'replies', json: JSON.stringify(outcome) });
    });
  });
}

function keep(done: Replies, call: Call, { result, events, refusal }: CommandOutcome): void {
  done.replies.push(refusal === undefined ? { id: call.id, value: result } : { id: call.id, error: describe(refusal) });
  done.events.push(...events);
}

/** Errors of the file itself, as opposed to those of one statement: the whole batch fails with them. */
function isStoreFailure(error: unknown): boolean {
  if (!(error instanceof Error) || !('errcode' in error)) return false;
  // full, ioerr, corrupt, cantopen, readonly, nomem, busy, locked, notadb
  return [13, 10, 11, 14, 8, 7, 5, 6, 26].includes(Number(error.errcode) & 0xff);
}

/** Somebody else has the lock. */
function isHeld(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === 5;
}

function storeError(error: unknown): unknown {
  if (isCenterError(error)) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new CenterError('STORE_UNAVAILABLE', `The store cannot be written: ${reason}.`, { cause: error });
}

function describe(error: unknown): NonNullable<Reply['error']> {
  if (isCenterError(error)) {
    return { message: error.message, code: error.code, twilioCode: error.twilioCode, details: error.details };
  }
  if (error instanceof Error) return { message: error.message, stack: error.stack };
  return { message: String(error) };
}
