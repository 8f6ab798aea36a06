import type { Selectable } from 'kysely';
import { CenterError } from '../../../domain/errors.ts';
import type { Author } from '../../../domain/message.ts';
import type { Database, RemarksTable } from '../../../store/schema.ts';
import type { RemarkView, Requester } from '../../engine-contract.ts';
import { newId } from '../../ids.ts';
import type { CommandContext, CommandFunction, QueryFunction } from '../context.ts';
import { actingAgent, authorOf, flowAuthor } from './actors.ts';
import { type ConversationRow, getConversation, ofConversation } from './conversation-rows.ts';
import { forgetInternalDraft } from './drafts.ts';
import { visibleConversation } from './sight.ts';

const LONGEST_REMARK = 4000;

/** Writes something for colleagues; nothing here ever reaches the customer, because it is no message. */
export async function addRemark(
  db: Database,
  context: CommandContext,
  row: ConversationRow,
  kind: 'internal' | 'note',
  text: string,
  author: Author,
  id = newId(),
): Promise<RemarkView> {
  if (text.trim() === '') throw new CenterError('EMPTY_TEXT', 'There is nothing written.');
  if (text.length > LONGEST_REMARK) throw new CenterError('TEXT_TOO_LONG', `A note has at most ${LONGEST_REMARK} characters.`);
  await db
    .insertInto('remarks')
    .values({
      id,
      conversation_id: row.id,
      kind,
      text,
      author_kind: author.kind,
      author_id: author.id ?? null,
      author_name: author.name ?? null,
      at: context.now,
    })
    .execute();
  context.emit({
    type: 'remark.added',
    actor: author,
    ...ofConversation(row),
    reason: kind,
  });
  return { id, conversationId: row.id, kind, text, author, at: context.now };
}

/** The word to colleagues that goes along with a step, if there is one. */
export async function addNote(
  db: Database,
  context: CommandContext,
  row: ConversationRow,
  note: string | undefined,
  author: Author,
): Promise<void> {
  if (note !== undefined && note.trim() !== '') await addRemark(db, context, row, 'internal', note, author);
}

export const remark: CommandFunction<'remark'> = async (db, context, { conversationId, by, kind, text, remarkId }) => {
  const row = await getConversation(db, conversationId);
  const author = await writerOf(db, conversationId, by);
  const known = remarkId === undefined ? undefined : await findRemark(db, remarkId);
  if (known !== undefined) return ownRemark(known, conversationId, author);
  const added = await addRemark(db, context, row, kind, text, author, remarkId);
  // A note has no draft, and what is typed to colleagues meanwhile stays.
  if (kind === 'internal' && 'agentId' in by) await forgetInternalDraft(db, conversationId, by.agentId, text);
  return added;
};

/**
 * A request that was sent again because its answer was lost: what it created is there.
 * @throws CenterError `INVALID_REQUEST` when the id is somebody else's, or of another conversation
 */
function ownRemark(row: RemarkRow, conversationId: string, author: Author): RemarkView {
  if (row.conversation_id !== conversationId || row.author_kind !== author.kind || row.author_id !== (author.id ?? null))
    throw new CenterError('INVALID_REQUEST', 'This id is taken. Choose another one.');
  return remarkOf(row);
}

/** Whoever may read along may write to colleagues. */
async function writerOf(db: Database, conversationId: string, by: Requester): Promise<Author> {
  if ('flow' in by) return flowAuthor(by.flow);
  const agent = await actingAgent(db, by.agentId);
  await visibleConversation(db, conversationId, agent.id);
  return authorOf(agent);
}

export const remarks: QueryFunction<'remarks'> = async (db, _context, { conversationId, agentId }) => {
  await visibleConversation(db, conversationId, agentId);
  const rows = await db.selectFrom('remarks').selectAll().where('conversation_id', '=', conversationId).orderBy('seq').execute();
  return rows.map(remarkOf);
};

type RemarkRow = Selectable<RemarksTable>;

function findRemark(db: Database, id: string): Promise<RemarkRow | undefined> {
  return db.selectFrom('remarks').selectAll().where('id', '=', id).executeTakeFirst();
}

function remarkOf(row: RemarkRow): RemarkView {
  return {
    id: row.id,
    conversationId: row.conversation_id,
    kind: row.kind,
    text: row.text,
    author: {
      kind: row.author_kind as Author['kind'],
      ...(row.author_id === null ? {} : { id: row.author_id }),
      ...(row.author_name === null ? {} : { name: row.author_name }),
    },
    at: row.at,
  };
}
