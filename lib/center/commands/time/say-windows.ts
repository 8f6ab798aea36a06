import { sql } from 'kysely';
import { HOUR_MS } from '../../../domain/session-window.ts';
import { prepared } from '../../../store/prepared.ts';
import type { Database } from '../../../store/schema.ts';
import { SYSTEM, type CommandContext } from '../context.ts';

const MOST_PER_SWEEP = 200;

/** Windows whose end has not been said, with the live conversation in each, if there is one. */
function selectWindows(db: Database) {
  return db
    .selectFrom('windows')
    .leftJoin('conversations', (join) =>
      join
        .onRef('conversations.customer_id', '=', 'windows.customer_id')
        .onRef('conversations.sender', '=', 'windows.sender')
        .on('conversations.state', '!=', sql.lit('closed')),
    )
    .select([
      'windows.customer_id',
      'windows.sender',
      'windows.last_customer_at',
      'conversations.id',
      'conversations.queue_id',
      'conversations.agent_id',
    ])
    .where('windows.closed_said', '=', sql.lit(0));
}

/** Those of which something is left to say, whose customer wrote at or before `before`. */
const dueWindows = prepared((db, p: { before: number; limit: number }) =>
  selectWindows(db).where('windows.last_customer_at', '<=', p.before).orderBy('windows.last_customer_at').limit(p.limit),
);

/** Those about to close that were not warned of; they are few, because only this hour's are looked at. */
const closingWindows = prepared((db, p: { from: number; to: number; limit: number }) =>
  selectWindows(db)
    .where('conversations.id', 'is not', sql.lit(null))
    .where('windows.closing_said', '=', sql.lit(0))
    .where('windows.last_customer_at', '>=', p.from)
    .where('windows.last_customer_at', '<=', p.to)
    .limit(p.limit),
);

/**
 * Says `session.closing` so many minutes before a window ends and `session.closed` when it has, once each per window
 * and only of conversations that are alive, so that a flow can warn, nudge or send a template.
 */
export async function sayWindows(db: Database, context: CommandContext, closingMinutes: number): Promise<boolean> {
  const length = context.sessionHours * HOUR_MS;
  const warnAt = length - closingMinutes * 60_000;
  const closing =
    closingMinutes <= 0
      ? []
      : await closingWindows(db, { from: context.now - length, to: context.now - warnAt, limit: MOST_PER_SWEEP });
  for (const window of closing) {
    await noteSaid(db, window, { closing_said: 1 });
    context.emit({
      type: 'session.closing',
      actor: SYSTEM,
      conversationId: window.id,
      queueId: window.queue_id,
      agentId: window.agent_id,
      data: { expiresAt: window.last_customer_at! + length },
    });
  }
  const ended = await dueWindows(db, { before: context.now - length - 1, limit: MOST_PER_SWEEP });
  for (const window of ended) {
    await noteSaid(db, window, { closing_said: 1, closed_said: 1 });
    if (window.id === null) continue;
    context.emit({
      type: 'session.closed',
      actor: SYSTEM,
      conversationId: window.id,
      queueId: window.queue_id,
      agentId: window.agent_id,
      data: { expiredAt: window.last_customer_at! + length },
    });
  }
  return closing.length > 0 || ended.length > 0;
}

async function noteSaid(
  db: Database,
  window: { customer_id: string; sender: string },
  said: { closing_said: 1; closed_said?: 1 },
): Promise<void> {
  await db
    .updateTable('windows')
    .set(said)
    .where('customer_id', '=', window.customer_id)
    .where('sender', '=', window.sender)
    .execute();
}
