import type { Selectable } from 'kysely';
import type { Database, EventsTable } from '../../../store/schema.ts';

/** What the agents and queues are called that these events are about, so that a story need not speak of ids. */
export async function namesIn(db: Database, events: Selectable<EventsTable>[]): Promise<Record<string, string>> {
  const ids = new Set<string>();
  for (const event of events) {
    const { from, to, fromQueue, agents } = JSON.parse(event.data) as Record<string, unknown>;
    const actor = event.actor_kind === 'agent' ? event.actor_id : null;
    const named = [actor, event.agent_id, event.queue_id, from, to, fromQueue, ...(Array.isArray(agents) ? agents : [])];
    for (const id of named) if (typeof id === 'string') ids.add(id);
  }
  if (ids.size === 0) return {};
  const wanted = [...ids];
  const agents = await db.selectFrom('agents').select(['id', 'name']).where('id', 'in', wanted).execute();
  const queues = await db.selectFrom('queues').select(['id', 'name']).where('id', 'in', wanted).execute();
  return Object.fromEntries([...agents, ...queues].map(({ id, name }) => [id, name]));
}
