import { sql } from 'kysely';
import { isOpen } from '../../../domain/business-hours.ts';
import { computedPresence } from '../../../domain/presence.ts';
import type { Database } from '../../../store/schema.ts';
import { SYSTEM, type CommandContext } from '../context.ts';
import { afterWork } from '../routing/presence.ts';
import { drainLines, parseHours } from '../routing/routing.ts';
import { workloadOf } from '../routing/workload.ts';

/** A queue whose hours have begun gives out what has waited for them. */
export async function noticeHours(db: Database, context: CommandContext): Promise<boolean> {
  const queues = await db.selectFrom('queues').select(['id', 'hours', 'was_open']).where('hours', 'is not', null).execute();
  let changed = false;
  let begun = false;
  for (const queue of queues) {
    const open = isOpen(parseHours(queue.hours), context.now);
    if (open === (queue.was_open === 1)) continue;
    changed = true;
    begun ||= open;
    await db
      .updateTable('queues')
      .set({ was_open: open ? 1 : 0 })
      .where('id', '=', queue.id)
      .execute();
    context.emit({ type: 'queue.changed', actor: SYSTEM, queueId: queue.id, reason: open ? 'hours-began' : 'hours-ended' });
  }
  if (begun) await drainLines(db, context);
  return changed;
}

/** Where wrap-up holds capacity only for a time, the end of that time frees the agent. */
export async function noticeTimedWrapUps(db: Database, context: CommandContext): Promise<boolean> {
  const agents = await db
    .selectFrom('conversations')
    .innerJoin('queues', 'queues.id', 'conversations.queue_id')
    .innerJoin('agents', 'agents.id', 'conversations.agent_id')
    .select(['agents.id', 'agents.presence'])
    .distinct()
    .where('conversations.state', '!=', sql.lit('closed'))
    .where('conversations.state', '=', sql.lit('wrap-up' as const))
    .where('queues.wrap_up', 'not in', ['block', 'free'])
    .where('agents.presence_by', '=', 'system')
    .where('agents.presence', 'in', ['busy', 'dnd'])
    .execute();
  let changed = false;
  for (const agent of agents) {
    if (computedPresence(await workloadOf(db, context.now, agent.id)) === agent.presence) continue;
    changed = true;
    await afterWork(db, context, agent.id, 'circumstances');
  }
  return changed;
}
