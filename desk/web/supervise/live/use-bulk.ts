import { computed, ref, shallowRef, type Ref } from 'vue';
import type { SupervisorAction } from '../../api/engine-api.ts';
import { toDeskError, type DeskError } from '../../api/desk-error.ts';
import { useDesk } from '../../live/desk.ts';
import type { LiveConversation } from './live-rows.ts';

/** The server's limit for one request. */
const AT_ONCE = 200;

/** What was refused, of several. */
export interface Refusal {
  conversation: LiveConversation;
  code: string;
  message: string;
}

/** A step for everything that is selected: some of it may be refused, because somebody else was faster. */
export function useBulk(rows: Ref<readonly LiveConversation[]>, onDone: () => void) {
  const desk = useDesk();
  const wanted = ref<ReadonlySet<string>>(new Set());
  const busy = ref(false);
  const problem = shallowRef<DeskError | null>(null);
  const refusals = shallowRef<Refusal[]>([]);
  /** What is still there of what was selected. */
  const chosen = computed(() => rows.value.filter(({ id }) => wanted.value.has(id)));
  const selected = computed<ReadonlySet<string>>(() => new Set(chosen.value.map(({ id }) => id)));

  function select(ids: readonly string[], on: boolean): void {
    const next = new Set(selected.value);
    for (const id of ids) {
      if (on) next.add(id);
      else next.delete(id);
    }
    wanted.value = next;
    refusals.value = [];
  }

  /** Returns how many were done, or null when nothing could be asked. */
  async function act(action: SupervisorAction): Promise<number | null> {
    if (busy.value) return null;
    busy.value = true;
    problem.value = null;
    const targets = chosen.value;
    const refused: Refusal[] = [];
    let done = 0;
    try {
      for (let from = 0; from < targets.length; from += AT_ONCE) {
        const part = targets.slice(from, from + AT_ONCE);
        const { results } = await desk.api.act(part, action);
        for (const { conversationId, error } of results) {
          const conversation = part.find(({ id }) => id === conversationId);
          if (error === null) done++;
          else if (conversation !== undefined) refused.push({ conversation, ...error });
        }
      }
      wanted.value = new Set(refused.map(({ conversation }) => conversation.id));
      refusals.value = refused;
      return done;
    } catch (thrown) {
      problem.value = toDeskError(thrown);
      return null;
    } finally {
      busy.value = false;
      onDone();
    }
  }

  return { chosen, selected, select, act, busy, problem, refusals };
}
