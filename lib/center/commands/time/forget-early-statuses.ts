import { HOUR_MS } from '../../../domain/session-window.ts';
import type { Database } from '../../../store/schema.ts';
import type { CommandContext } from '../context.ts';

/** A message's own record is there within seconds; what nobody has claimed by then is about somebody else's message. */
const KEPT_MS = 7 * 24 * HOUR_MS;

/** Forgets reports about messages that never became ours. */
export async function forgetEarlyStatuses(db: Database, context: CommandContext): Promise<void> {
  await db
    .deleteFrom('early_statuses')
    .where('at', '<', context.now - KEPT_MS)
    .execute();
}
