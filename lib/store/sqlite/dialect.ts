import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import {
  CompiledQuery,
  Kysely,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
} from 'kysely';
import type { DirectAdapter } from '../prepared.ts';
import type { Schema } from '../schema.ts';

/** Lists of different lengths make statements of their own; this many are kept compiled. */
const MOST_KNOWN = 1_000;

/** Asks for the place of the one row it inserts: the connection knows it without the statement giving rows back. */
const INSERT_RETURNING_SEQ = /^(insert [^;]*) returning "seq"$/;

interface Known {
  statement: StatementSync;
  /** The row's place is read from the connection, which is quicker than `returning`. */
  placed: boolean;
  /** Gives rows back, as `select` does and `insert … returning`. */
  gives: boolean;
  /** Changes nothing. */
  reads: boolean;
}

/** The statements of one connection, each compiled once. */
export class Statements {
  /** How many statements that may change something have run; tells whether a command has left traces. */
  writes = 0;
  readonly #db: DatabaseSync;
  readonly #known = new Map<string, Known>();

  constructor(db: DatabaseSync) {
    this.#db = db;
  }

  /** Runs a statement and gives its rows, none for one that has none. */
  rows(sql: string, parameters: readonly unknown[] = []): unknown[] {
    const { statement, gives, placed } = this.#prepare(sql);
    if (gives) return statement.all(...(parameters as SQLInputValue[]));
    const { changes, lastInsertRowid } = statement.run(...(parameters as SQLInputValue[]));
    return placed && changes !== 0 ? [{ seq: Number(lastInsertRowid) }] : [];
  }

  /** The same with the number of rows it has changed. */
  result(sql: string, parameters: readonly unknown[]): QueryResult<unknown> {
    const { statement, gives, placed } = this.#prepare(sql);
    if (placed) return { rows: this.rows(sql, parameters) };
    if (gives) return { rows: statement.all(...(parameters as SQLInputValue[])) };
    const { changes, lastInsertRowid } = statement.run(...(parameters as SQLInputValue[]));
    return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) };
  }

  #prepare(sql: string): Known {
    let known = this.#known.get(sql);
    if (known === undefined) {
      if (this.#known.size >= MOST_KNOWN) this.#known.clear();
      const [, plain] = INSERT_RETURNING_SEQ.exec(sql) ?? [];
      const statement = this.#db.prepare(plain ?? sql);
      known = {
        statement,
        gives: statement.columns().length > 0,
        placed: plain !== undefined,
        reads: /^\s*select\b/i.test(sql),
      };
      this.#known.set(sql, known);
    }
    if (!known.reads) this.writes++;
    return known;
  }
}

/**
 * Kysely over Node's own `node:sqlite`. Everything runs in the one thread that owns the connection and answers at
 * once; the promises are Kysely's form, nothing waits in them.
 */
class SyncConnection implements DatabaseConnection {
  readonly #statements: Statements;

  constructor(statements: Statements) {
    this.#statements = statements;
  }

  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    return this.#statements.result(query.sql, query.parameters) as QueryResult<Row>;
  }

  async *streamQuery<Row>(): AsyncIterableIterator<QueryResult<Row>> {
    throw new Error('Streaming is not used.');
  }
}

class SyncDriver implements Driver {
  readonly #connection: SyncConnection;

  constructor(statements: Statements) {
    this.#connection = new SyncConnection(statements);
  }

  async init(): Promise<void> {}
  async acquireConnection(): Promise<DatabaseConnection> {
    return this.#connection;
  }
  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'));
  }
  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('commit'));
  }
  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('rollback'));
  }
  async releaseConnection(): Promise<void> {}
  async destroy(): Promise<void> {}
}

/** Lets prepared queries run without Kysely's ceremony. */
class DirectSqliteAdapter extends SqliteAdapter implements DirectAdapter {
  readonly #statements: Statements;

  constructor(statements: Statements) {
    super();
    this.#statements = statements;
  }

  runAtOnce(sql: string, parameters: readonly unknown[]): unknown[] {
    return this.#statements.rows(sql, parameters);
  }
}

/** The query builder over the statements of an open connection. */
export function kyselyOver(statements: Statements): Kysely<Schema> {
  const adapter = new DirectSqliteAdapter(statements);
  const dialect: Dialect = {
    createAdapter: () => adapter,
    createDriver: () => new SyncDriver(statements),
    createIntrospector: (kysely) => new SqliteIntrospector(kysely),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
  return new Kysely<Schema>({ dialect });
}
