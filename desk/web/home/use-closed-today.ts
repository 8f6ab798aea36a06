import { onScopeDispose, shallowRef, watch, type ShallowRef } from 'vue';
import type { ConversationView } from '../../../lib/center/views.ts';
import { toDeskError, type DeskError } from '../api/desk-error.ts';
import { useDesk } from '../live/desk.ts';
import { createRefresher } from '../live/refresher.ts';
import { sameDay } from '../words/calendar.ts';

const GAP_MS = 1_000;

/** What this agent has closed since midnight, by the agent's own calendar. Null while it loads. */
export function useClosedToday(): {
  closed: ShallowRef<ConversationView[] | null>;
  problem: ShallowRef<DeskError | null>;
  load: () => Promise<void>;
} {
  const desk = useDesk();
  const closed = shallowRef<ConversationView[] | null>(null);
  const problem = shallowRef<DeskError | null>(null);
  let loadedAt = desk.clock.now.value;

  const load = createRefresher(async () => {
    loadedAt = desk.clock.now.value;
    try {
      closed.value = await desk.api.closedToday(new Date(loadedAt).setHours(0, 0, 0, 0));
      problem.value = null;
    } catch (thrown) {
      problem.value = toDeskError(thrown);
    }
  }, GAP_MS);

  void load();
  const stop = desk.listen((event) => {
    if (event === null || event.type === 'conversation.closed' || event.type === 'clock.moved') void load();
  });
  // At midnight yesterday's are no longer today's.
  watch(desk.clock.now, (now) => {
    if (!sameDay(loadedAt, now)) void load();
  });
  onScopeDispose(stop);
  return { closed, problem, load };
}
