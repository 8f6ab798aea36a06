import { sql } from 'kysely';
import { CenterError } from '../../../domain/errors.ts';
import { FEED_TAKEN, type Database } from '../../../store/schema.ts';
import type { CommandContext, CommandFunction } from '../context.ts';
import { actingSupervisor, authorOf } from '../conversations/actors.ts';
import { failUnclaimed } from '../messages/delivery.ts';
import { takeUp } from '../messages/handover.ts';

export const removeQueue: CommandFunction<'removeQueue'> = async (db, context, { actorId, queueId }) => {
  const actor = authorOf(await actingSupervisor(db, actorId));
  const queue = await db.selectFrom('queues').select(['name', 'node_id']).where('id', '=', queueId).executeTakeFirst();
  if (queue === undefined) throw new CenterError('UNKNOWN_QUEUE', 'There is no such queue.');
  if (queue.node_id !== null) {
    throw new CenterError(
      'QUEUE_IN_USE',
      'A notify-agent node serves this queue. Give the node another queue or remove it, and deploy first.',
    );
  }
  await refuseWithConversations(db, queueId);
  await failWhatWaits(db, context, queueId);
  await db.deleteFrom('queue_members').where('queue_id', '=', queueId).execute();
  await db.deleteFrom('queues').where('id', '=', queueId).execute();
  context.emit({ type: 'queue.removed', actor, queueId, data: { name: queue.name } });
  return null;
};

/** @throws CenterError `QUEUE_IN_USE` while a live conversation belongs to the queue, whoever handles it */
async function refuseWithConversations(db: Database, queueId: string): Promise<void> {
  const { live } = await db
    .selectFrom('conversations')
    .select((e) => e.fn.countAll<number>().as('live'))
    .where('state', '!=', sql.lit('closed'))
    .where('queue_id', '=', queueId)
    .executeTakeFirstOrThrow();
  if (live === 0) return;
  const are = live === 1 ? 'One conversation is' : `${live} conversations are`;
  throw new CenterError('QUEUE_IN_USE', `${are} still in this queue. Move or close what is in it first.`, {
    details: { conversations: live },
  });
}

/** What agents wrote in conversations that are closed by now can leave by no other way. */
async function failWhatWaits(db: Database, context: CommandContext, queueId: string): Promise<void> {
  const waiting = await db
    .selectFrom('messages')
    .selectAll()
    .where('feed', '=', `out:${queueId}`)
    .where('feed_state', '<', sql.lit(FEED_TAKEN))
    .where('status', '=', sql.lit('pending' as const))
    .orderBy('seq')
    .execute();
  for (const row of waiting) {
    await takeUp(db, row.id);
    const error = new CenterError('UNKNOWN_QUEUE', 'The queue that this answer was to leave by was removed before it did.');
    await failUnclaimed(db, context, row, error);
  }
}
