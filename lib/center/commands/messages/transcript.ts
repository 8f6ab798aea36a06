import { sql } from 'kysely';
import { bareAddress, fullAddress } from '../../../domain/address.ts';
import { CenterError } from '../../../domain/errors.ts';
import { addText, indexTexts as indexNextTexts, matchesText, removeText, searchTerms } from '../../../store/full-text.ts';
import { prepared } from '../../../store/prepared.ts';
import type { Database } from '../../../store/schema.ts';
import type { TranscriptMessage } from '../../views.ts';
import { forgetArrivals } from './arrivals.ts';
import { customerAt } from '../customers/addresses.ts';
import { forgetMedia, mediaViews } from '../media/media-rows.ts';
import { SYSTEM, type CommandFunction, type QueryFunction } from '../context.ts';
import { authorOf, type MessageRow } from './message-rows.ts';

const PAGE = 50;
const LONGEST_PAGE = 500;
/** Characters before and after the place that was found. */
const SNIPPET = 60;

const keptOf = prepared((db, p: { id: string }) =>
  db.selectFrom('messages').select(['seq', 'text', 'kept', 'kept_text']).where('id', '=', p.id),
);

const markKept = prepared((db, p: { seq: number; text: string }) =>
  db.updateTable('messages').set({ kept: 1, kept_text: p.text }).where('seq', '=', p.seq),
);

/** Keeps a message beyond its conversation, with the text as it is now: what a flow removed before is not kept. */
export const keepMessage: CommandFunction<'keepMessage'> = async (db, _context, { messageId, text: given }) => {
  const [row] = await keptOf(db, { id: messageId });
  if (row === undefined)
    throw new CenterError('UNKNOWN_MESSAGE', 'This message is not in the store, so there is nothing to keep.');
  // What a flow has kept with a text of its own stays so.
  const text = given ?? row.kept_text ?? row.text;
  if (row.kept === 1 && row.kept_text === text) return { kept: false };
  await markKept(db, { seq: row.seq, text });
  if (row.kept === 1) await removeText(db, row.seq);
  if (text !== '') await addText(db, row.seq);
  return { kept: true };
};

export const indexTexts: CommandFunction<'indexTexts'> = async (db) => ({ more: await indexNextTexts(db) });

function selectTranscript(db: Database) {
  return db
    .selectFrom('messages')
    .innerJoin('conversations', 'conversations.id', 'messages.conversation_id')
    .innerJoin('customers', 'customers.id', 'conversations.customer_id')
    .leftJoin('queues', 'queues.id', 'conversations.queue_id')
    .leftJoin('agents', 'agents.id', 'conversations.agent_id')
    .select([
      'messages.seq',
      'messages.id',
      'messages.conversation_id',
      'messages.direction',
      'messages.type',
      'messages.text',
      'messages.kept',
      'messages.kept_text',
      'messages.author_kind',
      'messages.author_id',
      'messages.author_name',
      'messages.status',
      'messages.created_at',
      'customers.address',
      'customers.name',
      'customers.profile_name',
      'queues.name as queue',
      'agents.name as agent',
    ]);
}

type Row = Pick<
  MessageRow,
  | 'seq'
  | 'id'
  | 'conversation_id'
  | 'direction'
  | 'type'
  | 'text'
  | 'kept'
  | 'kept_text'
  | 'author_kind'
  | 'author_id'
  | 'author_name'
  | 'status'
  | 'created_at'
> & { address: string; name: string | null; profile_name: string | null; queue: string | null; agent: string | null };

function transcriptMessage(row: Row): TranscriptMessage {
  return {
    id: row.id,
    conversationId: row.conversation_id!,
    customer: { address: bareAddress(row.address), name: row.name ?? row.profile_name },
    direction: row.direction,
    type: row.type,
    text: row.kept_text ?? '',
    author: authorOf(row),
    status: row.status,
    timestamp: new Date(row.created_at).toISOString(),
    queue: row.queue,
    agent: row.agent,
  };
}

/** Parameters of one statement; SQLite takes some thirty thousand. */
const IDS_AT_ONCE = 5000;

/** Names each message's files. */
async function withFiles<Message extends TranscriptMessage>(db: Database, messages: Message[]): Promise<Message[]> {
  for (let from = 0; from < messages.length; from += IDS_AT_ONCE) {
    const some = messages.slice(from, from + IDS_AT_ONCE);
    const media = await mediaViews(
      db,
      some.map(({ id }) => id),
    );
    for (const message of some) {
      const files = media.get(message.id);
      if (files === undefined) continue;
      message.files = files.map(({ kind, name, contentType, size, state, durationMs }) => {
        const length = durationMs === null ? {} : { durationMs };
        return { kind, name, contentType, size, kept: state === 'stored', ...length };
      });
    }
  }
  return messages;
}

export const transcript: QueryFunction<'transcript'> = async (db, _context, { conversationId, address }) => {
  if (conversationId === undefined && address === undefined) {
    throw new CenterError('INVALID_REQUEST', 'Say whose transcript: a conversation, or a customer’s address in msg.topic.');
  }
  let select = selectTranscript(db).where('messages.kept', '=', 1).orderBy('messages.seq');
  if (conversationId !== undefined) select = select.where('conversations.id', '=', conversationId);
  else select = select.where('customers.id', '=', (await customerAt(db, fullAddress(address!))) ?? '');
  return withFiles(db, ((await select.execute()) as Row[]).map(transcriptMessage));
};

export const search: QueryFunction<'search'> = async (db, _context, args) => {
  const limit = Math.min(Math.max(1, Math.trunc(args.limit ?? PAGE)), LONGEST_PAGE);
  const terms = searchTerms(args.text ?? '');
  let select = selectTranscript(db)
    .where('messages.kept', '=', 1)
    .orderBy('messages.seq', 'desc')
    .limit(limit + 1);
  if (terms.length > 0) select = select.where(matchesText(terms));
  if (args.customer !== undefined) {
    const customer = args.customer;
    const id = (await customerAt(db, fullAddress(customer))) ?? '';
    select = select.where((e) => e.or([e('customers.id', '=', id), e('customers.name', '=', customer)]));
  }
  if (args.agent !== undefined) {
    const agent = args.agent;
    select = select.where((e) =>
      e.or([e('agents.id', '=', agent), e('agents.name', '=', agent), e('agents.username', '=', agent)]),
    );
  }
  if (args.queue !== undefined) select = select.where('queues.name', '=', args.queue);
  if (args.from !== undefined) select = select.where('messages.created_at', '>=', time(args.from, 'from'));
  if (args.to !== undefined) select = select.where('messages.created_at', '<', time(args.to, 'to'));
  if (args.cursor !== undefined) {
    const before = Number(args.cursor);
    if (!Number.isSafeInteger(before)) throw new CenterError('INVALID_REQUEST', 'The cursor is not one that a search has given.');
    select = select.where('messages.seq', '<', before);
  }
  const rows = (await select.execute()) as Row[];
  const page = rows.slice(0, limit);
  return {
    results: await withFiles(
      db,
      page.map((row) => ({ ...transcriptMessage(row), snippet: snippet(row.kept_text ?? '', terms) })),
    ),
    cursor: rows.length > limit ? String(page.at(-1)!.seq) : null,
  };
};

function time(iso: string, name: string): number {
  const ms = Date.parse(iso);
  if (Number.isNaN(ms))
    throw new CenterError('INVALID_REQUEST', `"${name}" is not a date: use ISO 8601, such as 2026-01-31T08:00:00Z.`);
  return ms;
}

/** The surroundings of the first place found. */
function snippet(text: string, terms: string[]): string {
  const lower = text.toLowerCase();
  const places = terms.map((term) => lower.indexOf(term.toLowerCase())).filter((place) => place >= 0);
  const at = places.length === 0 ? 0 : Math.min(...places);
  const from = Math.max(0, at - SNIPPET);
  const to = Math.min(text.length, at + SNIPPET);
  return `${from > 0 ? '…' : ''}${text.slice(from, to)}${to < text.length ? '…' : ''}`;
}

/** Erases a conversation, or a customer with everything: messages, index, drafts, window and the facts in the event log. */
export const erase: CommandFunction<'erase'> = async (db, context, { customer, conversation }) => {
  if ((customer ?? conversation) === undefined) {
    throw new CenterError('NOTHING_TO_ERASE', 'Say what to erase: msg.erase = { customer: "+1555…" } or { conversation: "…" }.');
  }
  let select = db
    .selectFrom('conversations')
    .innerJoin('customers', 'customers.id', 'conversations.customer_id')
    .select(['conversations.id', 'conversations.customer_id']);
  if (conversation !== undefined) select = select.where('conversations.id', '=', conversation);
  const owner = customer === undefined ? null : await customerAt(db, fullAddress(customer));
  if (customer !== undefined) select = select.where('customers.id', '=', owner ?? '');
  const conversations = await select.execute();
  let messages = 0;
  for (const { id } of conversations) {
    const rows = await db.selectFrom('messages').select('seq').where('conversation_id', '=', id).execute();
    for (const { seq } of rows) await removeText(db, seq);
    messages += rows.length;
    const files = await db.selectFrom('media').select(['id', 'file']).where('conversation_id', '=', id).execute();
    await forgetMedia(db, files);
    await db.deleteFrom('messages').where('conversation_id', '=', id).execute();
    for (const table of ['drafts', 'remarks', 'participants', 'returned'] as const) {
      await db.deleteFrom(table).where('conversation_id', '=', id).execute();
    }
    await db
      .deleteFrom('offer_agents')
      .where('offer_id', 'in', db.selectFrom('offers').select('offers.id').where('conversation_id', '=', id))
      .execute();
    await db.deleteFrom('offers').where('conversation_id', '=', id).execute();
    // That something happened stays; what it was about does not. That a message came says nothing of what was in it.
    await db
      .updateTable('events')
      .set({ data: '{}' })
      .where('conversation_id', '=', id)
      .where('type', '<>', sql.lit('message.received'))
      .execute();
    await db.deleteFrom('conversations').where('id', '=', id).execute();
    context.emit({ type: 'transcript.erased', actor: { kind: 'flow' }, conversationId: id });
  }
  if (owner !== null) {
    await db.deleteFrom('windows').where('customer_id', '=', owner).execute();
    const addresses = await db.selectFrom('customer_addresses').select('address').where('customer_id', '=', owner).execute();
    for (const { address } of addresses) await forgetArrivals(db, address);
    await db.deleteFrom('customer_addresses').where('customer_id', '=', owner).execute();
    await db.deleteFrom('customers').where('id', '=', owner).execute();
    if (conversations.length === 0) context.emit({ type: 'transcript.erased', actor: SYSTEM });
  }
  // Freed pages are overwritten, so that the words are not still in the file.
  await sql`insert into message_texts (message_texts) values ('optimize')`.execute(db);
  return { conversations: conversations.length, messages };
};
