import { computed, ref, type ComputedRef } from 'vue';
import type { ConversationView } from '../../../lib/center/views.ts';
import { useDesk } from '../live/desk.ts';
import { useComplaint } from '../parts/use-complaint.ts';

/** A conversation's tags, shown as wished at once and taken back when the center refuses. */
export function useTags(view: () => ConversationView): {
  tags: ComputedRef<string[]>;
  change: (tags: string[]) => Promise<void>;
} {
  const desk = useDesk();
  const complain = useComplaint();
  const wished = ref<string[] | null>(null);
  let asked = 0;

  async function change(tags: string[]): Promise<void> {
    const turn = ++asked;
    wished.value = tags;
    try {
      await desk.moves.setTags(view().id, tags);
    } catch (thrown) {
      complain(thrown);
    } finally {
      if (turn === asked) wished.value = null;
    }
  }

  return { tags: computed(() => wished.value ?? view().tags), change };
}
