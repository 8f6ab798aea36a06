import { onScopeDispose, shallowRef, type ShallowRef } from 'vue';
import type { CenterEvent } from '../../../lib/domain/events.ts';
import { toDeskError, type DeskError } from '../api/desk-error.ts';
import { useDesk } from './desk.ts';
import { createRefresher } from './refresher.ts';

const GAP_MS = 800;

export interface LiveData<Value> {
  /** Null until it has come for the first time. */
  data: ShallowRef<Value | null>;
  problem: ShallowRef<DeskError | null>;
  load: () => Promise<void>;
}

/**
 * Something from the server, fetched now and again whenever an event says that it may be different, for as long as the
 * component lives.
 * @param gapMs however busy the center is, it is fetched at most this often
 */
export function useLiveData<Value>(
  fetch: () => Promise<Value>,
  concerns: (event: CenterEvent) => boolean,
  gapMs = GAP_MS,
): LiveData<Value> {
  const desk = useDesk();
  const data = shallowRef<Value | null>(null);
  const problem = shallowRef<DeskError | null>(null);

  const load = createRefresher(async () => {
    try {
      data.value = await fetch();
      problem.value = null;
    } catch (thrown) {
      problem.value = toDeskError(thrown);
    }
  }, gapMs);

  void load();
  onScopeDispose(desk.listen((event) => void ((event === null || concerns(event)) && load())));
  return { data, problem, load };
}
