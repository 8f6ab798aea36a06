import { ref } from 'vue';
import type { BasePresence } from '../../../lib/domain/presence.ts';
import { useDesk } from '../live/desk.ts';
import { useComplaint } from '../parts/use-complaint.ts';

/** Choosing one's status, wherever it is offered. */
export function usePresence() {
  const desk = useDesk();
  const complain = useComplaint();
  const busy = ref(false);

  async function choose(presence: BasePresence, statusId: string | null = null): Promise<void> {
    busy.value = true;
    try {
      await desk.moves.setPresence(presence, statusId);
    } catch (thrown) {
      complain(thrown);
      void desk.refreshHome();
    } finally {
      busy.value = false;
    }
  }

  return { choose, busy };
}
