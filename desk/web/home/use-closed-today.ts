import { watch, type ShallowRef } from 'vue';
import type { ConversationView } from '../../../lib/center/views.ts';
import type { DeskError } from '../api/desk-error.ts';
import { useDesk } from '../live/desk.ts';
import { useLiveData } from '../live/use-live-data.ts';
import { sameDay } from '../words/calendar.ts';

const GAP_MS = 1_000;

/** What this agent has closed since midnight, by the agent's own calendar. Null while it loads. */
export function useClosedToday(): {
  closed: ShallowRef<ConversationView[] | null>;
  problem: ShallowRef<DeskError | null>;
  load: () => Promise<void>;
} {
  const desk = useDesk();
  let loadedAt = desk.clock.now.value;
  const {
    data: closed,
    problem,
    load,
  } = useLiveData(
    () => {
      loadedAt = desk.clock.now.value;
      return desk.api.closedToday(new Date(loadedAt).setHours(0, 0, 0, 0));
    },
    ({ type }) => type === 'conversation.closed' || type === 'clock.moved',
    GAP_MS,
  );

  // At midnight yesterday's are no longer today's.
  watch(desk.clock.now, (now) => {
    if (!sameDay(loadedAt, now)) void load();
  });
  return { closed, problem, load };
}
