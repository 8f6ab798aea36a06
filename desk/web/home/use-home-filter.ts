import { reactive, ref } from 'vue';
import type { ListFilter } from '../sessions/filter.ts';
import type { Sort } from '../sessions/sort.ts';

/** How Home's lists are narrowed and ordered; kept while one goes to a conversation and comes back. */
export const homeFilter = reactive<ListFilter>({ text: '', queueId: null });
export const homeSort = ref<Sort>('closing');
