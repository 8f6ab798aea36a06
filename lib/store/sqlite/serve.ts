import { DatabaseSync } from 'node:sqlite';
import type { MessagePort } from 'node:worker_threads';
import type { Kysely } from 'kysely';
import { CenterError, isCenterError } from '../../domain/errors.ts';
import type { CenterEvent } from '../../domain/events.ts';
import { migrate } from '../migrate.ts';
import type { Schema } from '../schema.ts';
import { kyselyOver } from './dialect.ts';
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
}

/**
 * Opens the file with the settings that durability rests on: a write-ahead log that is synced at every commit, so
 * that what was acknowledged survives a power cut.
 * @throws CenterError `RUNTIME_TOO_OLD` when this Node.js was built without FTS5
 */
export function openDatabase(file: string): DatabaseSync {
  const db = new DatabaseSync(file, { timeout: 5000 });
  try {
    db.exec(
      'pragma journal_mode = wal; pragma synchronous = full; pragma secure_delete = on; pragma temp_store = memory; pragma cache_size = -16000;',
    );
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

/** Serves calls from a port until it is told to close: whole commands, many per commit, one savepoint each. */
export async function serve(port: MessagePort, file: string, handlers: Handlers): Promise<void> {
  const post = (message: FromWorker) => port.postMessage(message);
  let db: DatabaseSync;
  let kysely: Kysely<Schema>;
  try {
    db = openDatabase(file);
    kysely = kyselyOver(db);
    await migrate(kysely);
  } catch (error) {
    post({ type: 'failed', error: describe(storeError(error)) });
    return;
  }
  post({ type: 'open' });

  /** After a failed write nothing is assumed about the connection: a new one reads what is really there. */
  const discard = (): void => {
    try {
      db.close();
    } catch {
      // Already unusable, which is why it is replaced.
    }
  };

  /** Opens the file again where the connection was given up; as long as that fails, so does every call. */
  const ensureOpen = (): void => {
    if (db.isOpen) return;
    db = openDatabase(file);
    kysely = kyselyOver(db);
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
    const replies = new Map<number, Reply>();
    let events: CenterEvent[] = [];
    if (commands.length > 0) {
      try {
        ensureOpen();
        db.exec('begin immediate');
        for (const call of commands) {
          const done = await runCommand(db, kysely, handlers, call);
          replies.set(call.id, done.reply);
          events.push(...done.events);
        }
        db.exec('commit');
      } catch (error) {
        // Nothing of this batch is on disk, so nobody may be told that it is.
        events = [];
        const failure = describe(storeError(error));
        for (const call of commands) replies.set(call.id, { id: call.id, error: failure });
        discard();
      }
    }
    for (const call of calls) {
      if (call.kind === 'query') replies.set(call.id, await runQuery(call));
    }
    return { replies: calls.map((call) => replies.get(call.id)!), events };
  };

  // One batch after the other; a batch that arrives meanwhile waits and is the next commit.
  let last = Promise.resolve();
  port.on('message', (message: ToWorker) => {
    last = last.then(async () => {
      if (message.type === 'close') {
        if (db.isOpen) db.close();
        post({ type: 'closed' });
        port.close();
        return;
      }
      const outcome = await runBatch(JSON.parse(message.json) as Call[]);
      post({ type: 'replies', json: JSON.stringify(outcome) });
    });
  });
}

/** Errors of the file itself, as opposed to those of one statement: the whole batch fails with them. */
function isStoreFailure(error: unknown): boolean {
  if (!(error instanceof Error) || !('errcode' in error)) return false;
  // full, ioerr, corrupt, cantopen, readonly, nomem, busy, locked, notadb
  return [13, 10, 11, 14, 8, 7, 5, 6, 26].includes(Number(error.errcode) & 0xff);
}

async function runCommand(
  db: DatabaseSync,
  kysely: Kysely<Schema>,
  handlers: Handlers,
  call: Call,
): Promise<{ reply: Reply; events: CenterEvent[] }> {
  db.exec('savepoint command');
  try {
    const { result, events, refusal } = await handlers.command(kysely, call);
    db.exec('release command');
    const reply: Reply = refusal === undefined ? { id: call.id, value: result } : { id: call.id, error: describe(refusal) };
    return { reply, events };
  } catch (error) {
    if (isStoreFailure(error)) throw error;
    db.exec('rollback to command; release command');
    return { reply: { id: call.id, error: describe(error) }, events: [] };
  }
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
