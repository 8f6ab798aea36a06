import type { Database } from '../../../store/schema.ts';
import type { CommandContext, CommandFunction } from '../context.ts';
import { requireWriter } from '../sending/write.ts';
import { actingAgent } from './actors.ts';
import { getConversation } from './conversation-rows.ts';
import { visibleConversation } from './sight.ts';

export const saveDraft: CommandFunction<'saveDraft'> = async (db, context, { conversationId, agentId, text }) => {
  const row = await getConversation(db, conversationId);
  await requireWriter(db, row, agentId);
  await keep(db, context, conversationId, agentId, { text });
  return null;
};

/** Whoever may read along may write to colleagues, and has a draft of it. */
export const saveInternalDraft: CommandFunction<'saveInternalDraft'> = async (db, context, { conversationId, agentId, text }) => {
  await actingAgent(db, agentId);
  await visibleConversation(db, conversationId, agentId);
  await keep(db, context, conversationId, agentId, { internal: text });
  return null;
};

/** The answer is written: its draft goes, and what is meant for colleagues stays. */
export async function forgetDraft(db: Database, conversationId: string, agentId: string): Promise<void> {
  await ownDraft(db, conversationId, agentId).set({ text: '' }).execute();
  await dropEmpty(db, conversationId, agentId);
}

/** An internal message is written; if something else is typed by now, that stays. */
export async function forgetInternalDraft(db: Database, conversationId: string, agentId: string, written: string): Promise<void> {
  const draft = await db
    .selectFrom('drafts')
    .select('internal')
    .where('conversation_id', '=', conversationId)
    .where('agent_id', '=', agentId)
    .executeTakeFirst();
  if (draft?.internal.trim() !== written.trim()) return;
  await ownDraft(db, conversationId, agentId).set({ internal: '' }).execute();
  await dropEmpty(db, conversationId, agentId);
}

function ownDraft(db: Database, conversationId: string, agentId: string) {
  return db.updateTable('drafts').where('conversation_id', '=', conversationId).where('agent_id', '=', agentId);
}

async function keep(
  db: Database,
  context: CommandContext,
  conversationId: string,
  agentId: string,
  typed: { text: string } | { internal: string },
): Promise<void> {
  await db
    .insertInto('drafts')
    .values({ conversation_id: conversationId, agent_id: agentId, text: '', saved_at: context.now, ...typed })
    .onConflict((conflict) => conflict.columns(['conversation_id', 'agent_id']).doUpdateSet({ ...typed, saved_at: context.now }))
    .execute();
  await dropEmpty(db, conversationId, agentId);
}

async function dropEmpty(db: Database, conversationId: string, agentId: string): Promise<void> {
  await db
    .deleteFrom('drafts')
    .where('conversation_id', '=', conversationId)
    .where('agent_id', '=', agentId)
    .where('text', '=', '')
    .where('internal', '=', '')
    .execute();
}
