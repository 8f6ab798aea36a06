import { sql, type Compilable, type Kysely, type RawBuilder } from 'kysely';
import { prepared } from './prepared.ts';
import type { Database } from './schema.ts';

/**
 * Full-text search over kept messages. The one place that knows how the database does it: SQLite with FTS5's
 * trigram tokenizer, so that parts of words and any script are found.
 */
export async function createFullText(db: Kysely<never>): Promise<void> {
  await sql`create virtual table message_texts using fts5(text, tokenize = 'trigram')`.execute(db);
  // What is erased must be gone from the index's own tables too, not only marked as gone.
  await sql`insert into message_texts (message_texts, rank) values ('secure-delete', 1)`.execute(db);
}

/** Texts that one commit puts into the index, which takes it some twenty milliseconds. */
const MOST_AT_ONCE = 2_000;

const noteText = prepared((db, p: { seq: number }) =>
  db
    .insertInto('texts_to_index')
    .values({ seq: p.seq })
    .onConflict((conflict) => conflict.doNothing()),
);

const forgetNote = prepared((db, p: { seq: number }) => db.deleteFrom('texts_to_index').where('seq', '=', p.seq));

const deleteText = prepared((db, p: { seq: number }) => raw(db, sql`delete from message_texts where rowid = ${p.seq}`));

/** A statement without a builder, for {@link prepared}. */
function raw(db: Database, statement: RawBuilder<unknown>): Compilable {
  return { compile: () => statement.compile(db) };
}

/** A kept text is to be found by its words: from the next {@link indexTexts} on, which takes many at a time for a fraction of the work. */
export async function addText(db: Database, seq: number): Promise<void> {
  await noteText(db, { seq });
}

export async function removeText(db: Database, seq: number): Promise<void> {
  await forgetNote(db, { seq });
  await deleteText(db, { seq });
}

/** Puts the oldest of the texts that are to be found into the index; true when there may be more of them. */
export async function indexTexts(db: Database): Promise<boolean> {
  const next = await db.selectFrom('texts_to_index').select('seq').orderBy('seq').limit(MOST_AT_ONCE).execute();
  const last = next.at(-1)?.seq;
  if (last === undefined) return false;
  await sql`insert into message_texts (rowid, text)
    select seq, kept_text from messages where seq in (select seq from texts_to_index where seq <= ${last})`.execute(db);
  await db.deleteFrom('texts_to_index').where('seq', '<=', last).execute();
  return next.length === MOST_AT_ONCE;
}

/** The words of a search, each to be found; quotes hold several words together. Any text is a legal search. */
export function searchTerms(text: string): string[] {
  const terms: string[] = [];
  for (const match of text.replaceAll('\0', ' ').matchAll(/"([^"]*)"|([^\s"]+)/g)) {
    const term = (match[1] ?? match[2] ?? '').trim();
    if (term !== '') terms.push(term);
  }
  return terms;
}

/** Trigrams need three characters; shorter words are looked for one by one. */
const SHORTEST_INDEXED = 3;

/** A condition on `messages` that holds when every term stands in the kept text, whatever the case. */
export function matchesText(terms: string[]): RawBuilder<boolean> {
  const long = terms.filter((term) => [...term].length >= SHORTEST_INDEXED);
  const short = terms.filter((term) => [...term].length < SHORTEST_INDEXED);
  const conditions = short.map(
    (term) => sql<boolean>`messages.kept_text like ${`%${term.replace(/[\\%_]/g, '\\$&')}%`} escape '\\'`,
  );
  if (long.length > 0) {
    // Quoted, so that operators of the search language are plain text.
    const query = long.map((term) => `"${term.replaceAll('"', '""')}"`).join(' ');
    conditions.push(sql<boolean>`messages.seq in (select rowid from message_texts where message_texts match ${query})`);
  }
  return sql<boolean>`(${sql.join(conditions, sql` and `)})`;
}
