import { CenterError } from '../../../domain/errors.ts';
import type { Author } from '../../../domain/message.ts';
import type { Database } from '../../../store/schema.ts';
import type { CommandContext, CommandFunction } from '../context.ts';
import { actingAgent, authorOf, movableConversation, ownConversation } from './actors.ts';
import { conversationClosed, ofConversation, type ConversationRow } from './conversation-rows.ts';
import { conversationAfter, conversationFor, readerOf } from './form.ts';

const LONGEST_TAG = 40;
const MOST_TAGS = 30;
/** As in the reference: up to twelve codes on a conversation. */
const MOST_DISPOSITIONS = 12;

export const setTags: CommandFunction<'setTags'> = async (db, context, { conversationId, by, tags }) => {
  const { row, actor } = await movableConversation(db, conversationId, by);
  const clean = [...new Set(tags.map((tag) => tag.trim()).filter((tag) => tag !== ''))];
  if (clean.length > MOST_TAGS || clean.some((tag) => tag.length > LONGEST_TAG)) {
    throw new CenterError('INVALID_REQUEST', `At most ${MOST_TAGS} tags of ${LONGEST_TAG} characters each.`);
  }
  await label(db, context, row, actor, { tags: clean });
  return conversationAfter(db, context, conversationId, readerOf(by));
};

export const setAttributes: CommandFunction<'setAttributes'> = async (db, context, { conversationId, by, attributes }) => {
  const { row, actor } = await movableConversation(db, conversationId, by);
  const merged: Record<string, unknown> = { ...(JSON.parse(row.attributes) as Record<string, unknown>), ...attributes };
  // null takes an attribute away, because a flow has no other way to say so.
  for (const [key, value] of Object.entries(merged)) if (value === null) delete merged[key];
  await label(db, context, row, actor, { attributes: merged });
  return conversationAfter(db, context, conversationId, readerOf(by));
};

export const setDispositions: CommandFunction<'setDispositions'> = async (db, context, { conversationId, agentId, codes }) => {
  const actor = await actingAgent(db, agentId);
  const row = await ownConversation(db, conversationId, agentId);
  if (row.state === 'closed') throw conversationClosed();
  const queue = await db.selectFrom('queues').select('dispositions').where('id', '=', row.queue_id!).executeTakeFirst();
  const choices = new Set((JSON.parse(queue?.dispositions ?? '[]') as { code: string }[]).map((choice) => choice.code));
  const chosen = [...new Set(codes)];
  const unknown = chosen.find((code) => !choices.has(code));
  if (unknown !== undefined) throw new CenterError('INVALID_REQUEST', `"${unknown}" is not a code of this queue.`);
  if (chosen.length > MOST_DISPOSITIONS) throw new CenterError('INVALID_REQUEST', `At most ${MOST_DISPOSITIONS} codes.`);
  await label(db, context, row, authorOf(actor), { dispositions: chosen }, { codes: chosen });
  return conversationFor(db, context, conversationId, agentId);
};

/** Writes one kind of label on a conversation, and says which. */
async function label(
  db: Database,
  context: CommandContext,
  row: ConversationRow,
  actor: Author,
  labels: { tags: string[] } | { attributes: Record<string, unknown> } | { dispositions: string[] },
  data?: Record<string, unknown>,
): Promise<void> {
  const [[kind, value]] = Object.entries(labels) as [[string, unknown]];
  await db
    .updateTable('conversations')
    .set({ [kind]: JSON.stringify(value) })
    .where('id', '=', row.id)
    .execute();
  context.emit({ type: 'conversation.updated', actor, ...ofConversation(row), reason: kind, data });
}
