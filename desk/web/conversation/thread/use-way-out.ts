import { computed, ref } from 'vue';
import type { MessageView } from '../../../../lib/center/views.ts';
import { useDesk } from '../../live/desk.ts';
import { newId } from '../../live/ids.ts';
import { useComplaint } from '../../parts/use-complaint.ts';

/** Sending a failed message again, and saying that a doubtful one is with the customer. */
export function useWayOut(view: () => MessageView) {
  const desk = useDesk();
  const complain = useComplaint();
  const busy = ref(false);
  /** The repetition's id stays the same until it is stored: a second try of the same click is one message. */
  const repetitionId = newId();

  async function run(ask: () => Promise<MessageView>): Promise<void> {
    if (busy.value) return;
    busy.value = true;
    const { conversationId } = view();
    try {
      const answer = await ask();
      if (conversationId !== null) desk.threads.adoptMessage(conversationId, answer);
    } catch (thrown) {
      complain(thrown);
      if (conversationId !== null) void desk.threads.refresh(conversationId);
    } finally {
      busy.value = false;
    }
  }

  return {
    busy: computed(() => busy.value),
    again: (sureItIsLost: boolean) => run(() => desk.api.retryMessage(view().id, repetitionId, sureItIsLost)),
    arrived: () => run(() => desk.api.confirmArrival(view().id)),
  };
}
