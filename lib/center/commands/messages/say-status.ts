import { sql } from 'kysely';
import type { DeliveryStatus } from '../../../domain/delivery-status.ts';
import type { ErrorCode } from '../../../domain/errors.ts';
import type { Author } from '../../../domain/message.ts';
import type { Database } from '../../../store/schema.ts';
import { SYSTEM, type CommandContext } from '../context.ts';
import { messageOf, type MessageRow } from './message-rows.ts';

/** Why a message did not get through, or is in doubt. */
export interface Failure {
  code: ErrorCode;
  text: string;
  twilioCode: number | null;
}

/** Who has to do with a message: the queue and the agent of its conversation. */
export interface Whereabouts {
  queueId: string | null;
  agentId: string | null;
}

export async function whereabouts(db: Database, { conversation_id: id }: MessageRow): Promise<Whereabouts> {
  const conversation =
    id === null
      ? undefined
      : await db.selectFrom('conversations').select(['queue_id', 'agent_id']).where('id', '=', id).executeTakeFirst();
  return { queueId: conversation?.queue_id ?? null, agentId: conversation?.agent_id ?? null };
}

/** Of which message an event is. */
export function about(row: MessageRow, where: Whereabouts) {
  return { messageId: row.id, accountId: row.account_id, conversationId: row.conversation_id, ...where };
}

/** The one event for a message's new status, whoever changed it. `sid` is what Twilio calls it, once it does. */
export function sayStatus(
  context: CommandContext,
  row: MessageRow,
  where: Whereabouts,
  said: {
    status: DeliveryStatus;
    actor?: Author;
    reason?: string;
    error?: Failure | null;
    /** Twilio's word closed the session window. */
    windowClosed?: boolean;
  },
): void {
  const { status, actor = SYSTEM, reason, error = null, windowClosed = false } = said;
  context.emit({
    type: 'message.status',
    actor,
    ...about(row, where),
    ...(reason === undefined ? {} : { reason }),
    data: {
      status,
      sid: row.sid,
      to: messageOf(row).to,
      code: error?.code ?? null,
      errorCode: error?.twilioCode ?? null,
      errorText: error?.text ?? null,
      windowClosed,
    },
  });
}

/** Whether this agent has brought a message to that end already: the answer to their first request got lost. */
export async function endedBy(db: Database, row: MessageRow, agentId: string, reason: string): Promise<boolean> {
  const said = await db
    .selectFrom('events')
    .select('seq')
    .where('conversation_id', '=', row.conversation_id)
    .where('message_id', '=', row.id)
    .where('type', '=', sql.lit('message.status' as const))
    // Word for word the condition of the index, because SQLite uses a partial index only then.
    .where('type', '<>', sql.lit('message.received' as const))
    .where('actor_id', '=', agentId)
    .where('reason', '=', reason)
    .limit(1)
    .executeTakeFirst();
  return said !== undefined;
}

/** It waits, because Twilio cannot be reached. */
export async function sayPostponed(db: Database, context: CommandContext, row: MessageRow): Promise<void> {
  sayStatus(context, row, await whereabouts(db, row), { status: 'pending', reason: 'waiting-for-twilio' });
}
