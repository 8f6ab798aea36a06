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

const insertText = prepared((db, p: { seq: number; text: string }) =>
  raw(db, sql`insert into message_texts (rowid, text) values (${p.seq}, ${p.text})`),
);

const deleteText = prepared((db, p: { seq: number }) => raw(db, sql`delete from message_texts where rowid = ${p.seq}`));

/** A statement without a builder, for {@link prepared}. */
function raw(db: Database, statement: RawBuilder<unknown>): Compilable {
  return { compile: () => statement.compile(db) };
}

/** Makes a text that is not in the index yet found by its words. */
export async function addText(db: Database, seq: number, text: string): Promise<void> {
  await insertText(db, { seq, text });
}

export async function removeText(db: Database, seq: number): Promise<void> {
  await deleteText(db, { seq });
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
