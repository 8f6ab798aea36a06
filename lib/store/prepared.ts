import type { Compilable, CompiledQuery, RootOperationNode } from 'kysely';
import type { Database } from './schema.ts';

/** Stands for a value while a query is compiled once for all. */
class Slot {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/**
 * An adapter of a database that answers at once, in this thread: prepared queries then take the short way, past
 * Kysely's queue for a connection, which nobody stands in.
 */
export interface DirectAdapter {
  runAtOnce(sql: string, parameters: readonly unknown[]): unknown[];
}

function isDirect(adapter: object): adapter is DirectAdapter {
  return 'runAtOnce' in adapter;
}

/**
 * A query that is built and compiled once per database and then only filled in. Building a query costs more than
 * running it on SQLite, so the commands on the road of every message use this; all others build as they go.
 */
export function prepared<Params extends object, Row>(
  build: (db: Database, params: Params) => Compilable<Row>,
): (db: Database, params: Params) => Promise<Row[]> {
  const compiled = new WeakMap<object, CompiledQuery<Row>>();
  const slots = new Proxy({} as Params, { get: (_target, name) => new Slot(String(name)) });
  return async (db, params) => {
    const { adapter } = db.getExecutor();
    let query = compiled.get(adapter);
    if (query === undefined) {
      query = build(db, slots).compile();
      compiled.set(adapter, query);
    }
    const parameters = query.parameters.map((value) => (value instanceof Slot ? params[value.name as keyof Params] : value));
    if (isDirect(adapter)) return adapter.runAtOnce(query.sql, parameters) as Row[];
    const filled = { sql: query.sql, parameters, query: query.query as RootOperationNode, queryId: query.queryId };
    const result = await db.executeQuery<Row>(filled as CompiledQuery<Row>);
    return result.rows;
  };
}
