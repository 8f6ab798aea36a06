import { onBeforeUnmount, onMounted, watch, type Ref } from 'vue';
import { useDesk } from '../live/desk.ts';
import type { Thread } from '../live/threads.ts';

/** Tells the center what the agent has seen: only while the page is really looked at. */
export function useSeen(thread: Thread, mine: Ref<boolean>): void {
  const desk = useDesk();
  let running = false;

  async function tell(): Promise<void> {
    const looking = document.visibilityState === 'visible' && document.hasFocus();
    if (running || !looking || !mine.value || thread.phase !== 'ready' || (thread.view?.unread ?? 0) === 0) return;
    running = true;
    try {
      await desk.api.seen(thread.id);
    } catch {
      // Told again with the next message or the next look.
    } finally {
      running = false;
    }
  }

  watch(() => [thread.view?.unread, thread.phase, mine.value], tell, { immediate: true });
  onMounted(() => {
    addEventListener('focus', tell);
    document.addEventListener('visibilitychange', tell);
  });
  onBeforeUnmount(() => {
    removeEventListener('focus', tell);
    document.removeEventListener('visibilitychange', tell);
  });
}
