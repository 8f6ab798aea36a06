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
 * A query that is built and compiled once per database and then only filled in. Building a query costs more than
 * running it on SQLite, so the commands on the road of every message use this; all others build as they go.
 */
export function prepared<Params extends object, Row>(
  build: (db: Database, params: Params) => Compilable<Row>,
): (db: Database, params: Params) => Promise<Row[]> {
  const compiled = new WeakMap<object, CompiledQuery<Row>>();
  const slots = new Proxy({} as Params, { get: (_target, name) => new Slot(String(name)) });
  return async (db, params) => {
    const dialect = db.getExecutor().adapter;
    let query = compiled.get(dialect);
    if (query === undefined) {
      query = build(db, slots).compile();
      compiled.set(dialect, query);
    }
    const parameters = query.parameters.map((value) => (value instanceof Slot ? params[value.name as keyof Params] : value));
    const filled = { sql: query.sql, parameters, query: query.query as RootOperationNode, queryId: query.queryId };
    const result = await db.executeQuery<Row>(filled as CompiledQuery<Row>);
    return result.rows;
  };
}
