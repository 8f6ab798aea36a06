import { computed, inject, onScopeDispose, provide, shallowRef, type ComputedRef, type InjectionKey, type ShallowRef } from 'vue';
import type { SupervisionView } from '../../../lib/center/engine-contract.ts';
import { toDeskError, type DeskError } from '../api/desk-error.ts';
import { useDesk } from '../live/desk.ts';
import { createRefresher } from '../live/refresher.ts';
import { keepSame } from './keep-same.ts';

/** However busy the center is, the page asks for everything at most this often. */
const GAP_MS = 1_500;
/** Averages move without any event. */
const AGAIN_MS = 30_000;

export interface Supervision {
  view: ShallowRef<SupervisionView | null>;
  problem: ShallowRef<DeskError | null>;
  agents: ComputedRef<SupervisionView['agents']>;
  load(): Promise<void>;
}

const SUPERVISION: InjectionKey<Supervision> = Symbol('supervision');

/** Everything that is going on, followed live for as long as the page is open. */
export function provideSupervision(): Supervision {
  const desk = useDesk();
  const view = shallowRef<SupervisionView | null>(null);
  const problem = shallowRef<DeskError | null>(null);

  const load = createRefresher(async () => {
    try {
      const fresh = await desk.api.supervision();
      const shown = view.value;
      view.value = {
        ...fresh,
        conversations: keepSame(shown?.conversations ?? [], fresh.conversations),
        queues: keepSame(shown?.queues ?? [], fresh.queues),
        agents: keepSame(shown?.agents ?? [], fresh.agents),
      };
      problem.value = null;
    } catch (thrown) {
      problem.value = toDeskError(thrown);
    }
  }, GAP_MS);

  void load();
  const stop = desk.listen(() => void load());
  const timer = setInterval(() => {
    if (document.visibilityState === 'visible') void load();
  }, AGAIN_MS);
  onScopeDispose(() => {
    stop();
    clearInterval(timer);
  });

  const supervision: Supervision = {
    view,
    problem,
    agents: computed(() => (view.value?.agents ?? []).filter((agent) => !agent.disabled)),
    load,
  };
  provide(SUPERVISION, supervision);
  return supervision;
}

/** @throws Error outside the Supervise page, which is a mistake in the page */
export function useSupervision(): Supervision {
  const supervision = inject(SUPERVISION);
  if (supervision === undefined) throw new Error('There is no supervision above this component.');
  return supervision;
}
