import { sql } from 'kysely';
import { isOpen } from '../../../domain/business-hours.ts';
import { unitsOf, wrapUpCapacity, type WrapUpCapacity } from '../../../domain/capacity.ts';
import { computedPresence, type Presence } from '../../../domain/presence.ts';
import type { Database } from '../../../store/schema.ts';
import { SYSTEM, type CommandContext } from '../context.ts';
import { afterWork } from '../routing/presence.ts';
import { drainFor, drainLines, parseHours } from '../routing/routing.ts';
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

/** Where wrap-up holds capacity only for a time, the end of that time frees the agent: the status may follow, and work that waits comes. */
export async function noticeTimedWrapUps(db: Database, context: CommandContext): Promise<boolean> {
  const wrapUps = await db
    .selectFrom('conversations')
    .innerJoin('queues', 'queues.id', 'conversations.queue_id')
    .innerJoin('agents', 'agents.id', 'conversations.agent_id')
    .select(['agents.id', 'agents.presence', 'agents.presence_by', 'conversations.ended_at', 'queues.wrap_up'])
    .where('conversations.state', '!=', sql.lit('closed'))
    .where('conversations.state', '=', sql.lit('wrap-up' as const))
    .where('queues.wrap_up', 'not in', ['block', 'free'])
    .execute();
  const over = wrapUps.filter((row) => isOver(wrapUpCapacity(row.wrap_up), row.ended_at, context.now));
  const free: string[] = [];
  let changed = false;
  for (const agent of new Map(over.map((row) => [row.id, row])).values()) {
    if (!(await isOutdated(db, context, agent))) free.push(agent.id);
    else {
      changed = true;
      await afterWork(db, context, agent.id, 'circumstances');
    }
  }
  // Somebody may be as busy as before, by the status, and have room for one more.
  if (free.length > 0) await drainFor(db, context, ...free);
  return changed;
}

function isOver(wrapUp: WrapUpCapacity, endedAt: number | null, now: number): boolean {
  return unitsOf({ state: 'wrap-up', units: 1, wrapUp, endedAt }, now) === 0;
}

/** A status that follows the work and is another by now. */
async function isOutdated(
  db: Database,
  context: CommandContext,
  agent: { id: string; presence: Presence; presence_by: string },
): Promise<boolean> {
  if (agent.presence_by !== 'system' || (agent.presence !== 'busy' && agent.presence !== 'dnd')) return false;
  return computedPresence(await workloadOf(db, context.now, agent.id)) !== agent.presence;
}
