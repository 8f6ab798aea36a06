import { CenterError } from '../../../domain/errors.ts';
import type { Author } from '../../../domain/message.ts';
import type { Database } from '../../../store/schema.ts';
import type { RemarkView, Requester } from '../../engine-contract.ts';
import { newId } from '../../ids.ts';
import type { CommandContext, CommandFunction, QueryFunction } from '../context.ts';
import { actingAgent, authorOf } from './actors.ts';
import { getConversation, type ConversationRow } from './conversation-rows.ts';
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
): Promise<RemarkView> {
  if (text.trim() === '') throw new CenterError('EMPTY_TEXT', 'There is nothing written.');
  if (text.length > LONGEST_REMARK) throw new CenterError('TEXT_TOO_LONG', `A note has at most ${LONGEST_REMARK} characters.`);
  const id = newId();
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
    conversationId: row.id,
    queueId: row.queue_id,
    agentId: row.agent_id,
    reason: kind,
  });
  return { id, conversationId: row.id, kind, text, author, at: context.now };
}

export const remark: CommandFunction<'remark'> = async (db, context, { conversationId, by, kind, text }) => {
  const row = await getConversation(db, conversationId);
  return addRemark(db, context, row, kind, text, await writerOf(db, conversationId, by));
};

/** Whoever may read along may write to colleagues. */
async function writerOf(db: Database, conversationId: string, by: Requester): Promise<Author> {
  if ('flow' in by) return { kind: 'flow', id: by.flow.nodeId, name: by.flow.nodeName };
  const agent = await actingAgent(db, by.agentId);
  await visibleConversation(db, conversationId, agent.id);
  return authorOf(agent);
}

export const remarks: QueryFunction<'remarks'> = async (db, _context, { conversationId, agentId }) => {
  await visibleConversation(db, conversationId, agentId);
  const rows = await db.selectFrom('remarks').selectAll().where('conversation_id', '=', conversationId).orderBy('seq').execute();
  return rows.map((row) => ({
    id: row.id,
    conversationId,
    kind: row.kind,
    text: row.text,
    author: {
      kind: row.author_kind as Author['kind'],
      ...(row.author_id === null ? {} : { id: row.author_id }),
      ...(row.author_name === null ? {} : { name: row.author_name }),
    },
    at: row.at,
  }));
};
