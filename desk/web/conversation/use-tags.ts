import { computed, ref, type ComputedRef } from 'vue';
import type { ConversationView } from '../../../lib/center/views.ts';
import { toDeskError } from '../api/desk-error.ts';
import { useDesk } from '../live/desk.ts';
import { notify } from '../parts/notices.ts';
import { useWords } from '../words/use-words.ts';

/** A conversation's tags, shown as wished at once and taken back when the center refuses. */
export function useTags(view: () => ConversationView): {
  tags: ComputedRef<string[]>;
  change: (tags: string[]) => Promise<void>;
} {
  const desk = useDesk();
  const words = useWords();
  const wished = ref<string[] | null>(null);
  let asked = 0;

  async function change(tags: string[]): Promise<void> {
    const turn = ++asked;
    wished.value = tags;
    try {
      await desk.moves.setTags(view().id, tags);
    } catch (thrown) {
      notify(words.problem(toDeskError(thrown)), 'problem');
    } finally {
      if (turn === asked) wished.value = null;
    }
  }

  return { tags: computed(() => wished.value ?? view().tags), change };
}
