import type { Author } from '../../../domain/message.ts';
import type { Database } from '../../../store/schema.ts';
import type { CommandContext } from '../context.ts';

type Role = 'consult' | 'monitor' | 'join';

export async function roleOf(db: Database, conversationId: string, agentId: string): Promise<Role | undefined> {
  const part = await db
    .selectFrom('participants')
    .select('role')
    .where('conversation_id', '=', conversationId)
    .where('agent_id', '=', agentId)
    .executeTakeFirst();
  return part?.role;
}

export async function takePart(
  db: Database,
  context: CommandContext,
  conversationId: string,
  agentId: string,
  role: Role,
): Promise<void> {
  await db
    .insertInto('participants')
    .values({ conversation_id: conversationId, agent_id: agentId, role, since: context.now })
    .onConflict((conflict) => conflict.columns(['conversation_id', 'agent_id']).doUpdateSet({ role }))
    .execute();
}

/** Ends the part of those who match, each with an event, so that their desks let go of the conversation. */
export async function dismiss(
  db: Database,
  context: CommandContext,
  which: { conversationId?: string; agentId?: string; role?: Role },
  actor: Author,
  reason: string,
): Promise<void> {
  let select = db
    .selectFrom('participants')
    .innerJoin('conversations', 'conversations.id', 'participants.conversation_id')
    .select(['participants.conversation_id', 'participants.agent_id', 'participants.role', 'conversations.queue_id']);
  if (which.conversationId !== undefined) select = select.where('participants.conversation_id', '=', which.conversationId);
  if (which.agentId !== undefined) select = select.where('participants.agent_id', '=', which.agentId);
  if (which.role !== undefined) select = select.where('participants.role', '=', which.role);
  for (const part of await select.execute()) {
    await db
      .deleteFrom('participants')
      .where('conversation_id', '=', part.conversation_id)
      .where('agent_id', '=', part.agent_id)
      .execute();
    context.emit({
      type: part.role === 'consult' ? 'consult.ended' : 'supervisor.left',
      actor,
      conversationId: part.conversation_id,
      queueId: part.queue_id,
      agentId: part.agent_id,
      reason,
    });
  }
}
