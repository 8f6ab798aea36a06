import { sql } from 'kysely';
import { HOUR_MS } from '../../../domain/session-window.ts';
import type { Database } from '../../../store/schema.ts';
import { SYSTEM, type CommandContext } from '../context.ts';
import { closeRow } from '../conversations/agent-work.ts';
import { selectConversations, type ConversationRow } from '../conversations/conversation-rows.ts';

const MOST_PER_SWEEP = 100;
const DAY_MS = 24 * HOUR_MS;
/** The reference's defaults for asynchronous channels. */
const OPEN_AND_ACTIVE_DAYS = 30;
const WRAP_UP_DAYS = 1;

/**
 * Closes what nobody will come back to: conversations the flow handles when their window has ended, open and active
 * ones after 30 days of silence, wrap-up after a day, waiting ones after their queue's time.
 */
export async function closeForgotten(db: Database, context: CommandContext): Promise<boolean> {
  const { now } = context;
  const length = context.sessionHours * HOUR_MS;
  const live = () => selectConversations(db).where('conversations.state', '!=', sql.lit('closed')).limit(MOST_PER_SWEEP);

  // One that never had a window ends as long after its last message.
  const byFlow = await live()
    .where('conversations.state', '=', sql.lit('open' as const))
    .where('conversations.handled_by', '=', sql.lit('flow' as const))
    .where('conversations.last_message_at', '<', now - length)
    .where((e) => e.or([e('windows.last_customer_at', 'is', null), e('windows.last_customer_at', '<', now - length)]))
    .execute();
  const silent = await live()
    .where('conversations.state', 'in', [sql.lit('open' as const), sql.lit('active' as const)])
    .where('conversations.handled_by', 'in', [sql.lit('queue' as const), sql.lit('agent' as const)])
    .where('conversations.last_message_at', '<', now - OPEN_AND_ACTIVE_DAYS * DAY_MS)
    .execute();
  const wrappedUp = await live()
    .where('conversations.state', '=', sql.lit('wrap-up' as const))
    .where('conversations.ended_at', '<=', now - WRAP_UP_DAYS * DAY_MS)
    .execute();
  const waiting = await live()
    .where('conversations.state', '=', sql.lit('waiting' as const))
    .where('conversations.last_message_at', '<=', sql<number>`${now} - coalesce(queues.waiting_close_hours, 72) * ${HOUR_MS}`)
    .execute();

  for (const row of byFlow) await closeRow(db, context, row as ConversationRow, 'window-ended', SYSTEM, 'window-ended');
  for (const row of wrappedUp) await closeRow(db, context, row as ConversationRow, 'close', SYSTEM, 'auto-closed');
  for (const row of [...silent, ...waiting])
    await closeRow(db, context, row as ConversationRow, 'time-out', SYSTEM, 'auto-closed');
  return byFlow.length + silent.length + wrappedUp.length + waiting.length > 0;
}
