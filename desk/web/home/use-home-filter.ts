import { computed, reactive, ref, type ComputedRef } from 'vue';
import type { ConversationView } from '../../../lib/center/views.ts';
import { useDesk } from '../live/desk.ts';
import { filterConversations, type ListFilter } from '../sessions/filter.ts';
import { sortConversations, type Sort } from '../sessions/sort.ts';

/** How Home's lists are narrowed and ordered; kept while one goes to a conversation and comes back. */
export const homeFilter = reactive<ListFilter>({ text: '', queueId: null });
export const homeSort = ref<Sort>('closing');

/** One of Home's lists as it is shown; null, while it loads, is none. */
export function useHomeList(conversations: () => ConversationView[] | null): ComputedRef<ConversationView[]> {
  const { clock } = useDesk();
  return computed(() =>
    sortConversations(filterConversations(conversations() ?? [], homeFilter), homeSort.value, clock.now.value),
  );
}
