import { ref } from 'vue';
import type { BasePresence } from '../../../lib/domain/presence.ts';
import { toDeskError } from '../api/desk-error.ts';
import { useDesk } from '../live/desk.ts';
import { notify } from '../parts/notices.ts';
import { useWords } from '../words/use-words.ts';

/** Choosing one's status, wherever it is offered. */
export function usePresence() {
  const desk = useDesk();
  const words = useWords();
  const busy = ref(false);

  async function choose(presence: BasePresence, statusId: string | null = null): Promise<void> {
    busy.value = true;
    try {
      await desk.moves.setPresence(presence, statusId);
    } catch (thrown) {
      notify(words.problem(toDeskError(thrown)), 'problem');
      void desk.refreshHome();
    } finally {
      busy.value = false;
    }
  }

  return { choose, busy };
}
