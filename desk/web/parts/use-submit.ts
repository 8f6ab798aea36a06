import { ref, shallowRef } from 'vue';
import { toDeskError, type DeskError } from '../api/desk-error.ts';

/** A form that is sent once at a time and shows why it was refused. */
export function useSubmit(send: () => Promise<void>) {
  const busy = ref(false);
  const problem = shallowRef<DeskError | null>(null);

  async function submit(): Promise<void> {
    if (busy.value) return;
    busy.value = true;
    problem.value = null;
    try {
      await send();
    } catch (thrown) {
      problem.value = toDeskError(thrown);
    } finally {
      busy.value = false;
    }
  }

  return { busy, problem, submit };
}
