import { computed, inject, onScopeDispose, provide, type ComputedRef, type InjectionKey, type ShallowRef } from 'vue';
import type { SupervisionView } from '../../../lib/center/engine-contract.ts';
import type { DeskError } from '../api/desk-error.ts';
import { useDesk } from '../live/desk.ts';
import { useLiveData, type LiveData } from '../live/use-live-data.ts';
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
  const live: LiveData<SupervisionView> = useLiveData(fetchView, () => true, GAP_MS);
  const { data: view, problem, load } = live;

  async function fetchView(): Promise<SupervisionView> {
    const fresh = await desk.api.supervision();
    const shown = live.data.value;
    return {
      ...fresh,
      conversations: keepSame(shown?.conversations ?? [], fresh.conversations),
      queues: keepSame(shown?.queues ?? [], fresh.queues),
      agents: keepSame(shown?.agents ?? [], fresh.agents),
    };
  }

  const timer = setInterval(() => {
    if (document.visibilityState === 'visible') void load();
  }, AGAIN_MS);
  onScopeDispose(() => clearInterval(timer));

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
