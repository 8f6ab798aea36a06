import { onScopeDispose, shallowRef, type ShallowRef } from 'vue';
import type { TransferTargets } from '../../../../lib/center/engine-contract.ts';
import { toDeskError, type DeskError } from '../../api/desk-error.ts';
import { useDesk } from '../../live/desk.ts';

/** Colleagues' statuses are not told to agents as they change, so they are asked for while somebody chooses. */
const AGAIN_MS = 8_000;

/** Where a conversation can go, kept fresh for as long as the component lives. */
export function useTargets(conversationId: string): {
  targets: ShallowRef<TransferTargets | null>;
  problem: ShallowRef<DeskError | null>;
  load: () => Promise<void>;
} {
  const { api, connection } = useDesk();
  const targets = shallowRef<TransferTargets | null>(null);
  const problem = shallowRef<DeskError | null>(null);

  async function load(): Promise<void> {
    try {
      targets.value = await api.transferTargets(conversationId);
      problem.value = null;
    } catch (thrown) {
      // A list that is a little old is better than none while the line is down.
      const error = toDeskError(thrown);
      if (targets.value === null || !error.passing) problem.value = error;
    }
  }

  void load();
  const timer = setInterval(() => {
    if (connection.state.value === 'live' && document.visibilityState === 'visible') void load();
  }, AGAIN_MS);
  onScopeDispose(() => clearInterval(timer));
  return { targets, problem, load };
}
