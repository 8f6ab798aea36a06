import { sql } from 'kysely';
import { HOUR_MS } from '../../../domain/session-window.ts';
import { prepared } from '../../../store/prepared.ts';
import { FEED_WAITING, type Database } from '../../../store/schema.ts';
import type { CommandContext } from '../context.ts';

/** Word for word the condition of the index, because SQLite uses a partial index only then. */
export const NOT_TAKEN = sql<boolean>`feed_state < 2`;

const firstWaiting = prepared((db, p: { feed: string }) =>
  db
    .selectFrom('messages')
    .select('seq')
    .where('feed', '=', p.feed)
    .where('feed_state', '=', sql.lit(FEED_WAITING))
    .where(NOT_TAKEN)
    .limit(1),
);

/** Whether there is a message that has not been handed to the feed's flow yet. */
export async function isAnyWaiting(db: Database, feed: string): Promise<boolean> {
  return (await firstWaiting(db, { feed })).length > 0;
}

/** A message older than its window is nothing a bot should answer as new. `createdAt` in milliseconds since 1970. */
export function isTooOldForFlow(context: Pick<CommandContext, 'now' | 'sessionHours'>, createdAt: number): boolean {
  return context.now - createdAt > context.sessionHours * HOUR_MS;
}
