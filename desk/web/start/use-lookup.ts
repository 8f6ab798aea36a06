import { onScopeDispose, shallowRef, watch, type ShallowRef } from 'vue';
import { toDeskError, type DeskError } from '../api/desk-error.ts';

const AFTER_MS = 250;

/**
 * Asks the server about what is being typed, once the typing pauses; a late answer to an earlier question is dropped.
 * @param question null: there is nothing to ask
 */
export function useLookup<Question, Answer>(
  question: () => Question | null,
  ask: (question: Question) => Promise<Answer>,
): { answer: ShallowRef<Answer | null>; problem: ShallowRef<DeskError | null>; again: () => void } {
  const answer = shallowRef<Answer | null>(null);
  const problem = shallowRef<DeskError | null>(null);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let turn = 0;

  async function look(asked: Question): Promise<void> {
    const mine = ++turn;
    try {
      const found = await ask(asked);
      if (mine !== turn) return;
      answer.value = found;
      problem.value = null;
    } catch (thrown) {
      if (mine === turn) problem.value = toDeskError(thrown);
    }
  }

  function again(): void {
    const asked = question();
    clearTimeout(timer);
    turn++;
    problem.value = null;
    if (asked === null) answer.value = null;
    else timer = setTimeout(() => void look(asked), AFTER_MS);
  }

  watch(() => JSON.stringify(question()), again, { immediate: true });
  onScopeDispose(() => {
    clearTimeout(timer);
    turn++;
  });
  return { answer, problem, again };
}
