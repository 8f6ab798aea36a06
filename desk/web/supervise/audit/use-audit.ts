import { onScopeDispose, ref, shallowRef, watch } from 'vue';
import type { AuditPage } from '../../../../lib/center/engine-contract.ts';
import { toDeskError, type DeskError } from '../../api/desk-error.ts';
import { useDesk } from '../../live/desk.ts';
import { createRefresher } from '../../live/refresher.ts';
import type { AuditFilter } from '../../api/engine-api.ts';

export type AuditEntry = AuditPage['entries'][number];

const PAGE = 50;
const GAP_MS = 2_000;

/** Who did what, newest first: what is new comes on top by itself, what is older when it is asked for. */
export function useAudit(filter: () => AuditFilter) {
  const desk = useDesk();
  const entries = shallowRef<AuditEntry[] | null>(null);
  const problem = shallowRef<DeskError | null>(null);
  const before = ref<number | null>(null);
  const older = ref<'idle' | 'loading' | 'failed'>('idle');
  let turn = 0;

  const refresh = createRefresher(async () => {
    const mine = turn;
    try {
      const page = await desk.api.audit(filter(), PAGE);
      if (mine !== turn) return;
      const shown = entries.value ?? [];
      const oldest = page.entries.at(-1)?.seq ?? 0;
      const goesOn = page.before === null || shown.some(({ seq }) => seq >= oldest);
      // More has happened than a page holds: what was shown does not join on any more.
      const kept = goesOn ? shown.filter(({ seq }) => seq < oldest) : [];
      if (entries.value === null || !goesOn) before.value = page.before;
      entries.value = [...page.entries, ...kept];
      problem.value = null;
    } catch (thrown) {
      if (mine === turn) problem.value = toDeskError(thrown);
    }
  }, GAP_MS);

  async function more(): Promise<void> {
    if (before.value === null || older.value === 'loading') return;
    const mine = turn;
    older.value = 'loading';
    try {
      const page = await desk.api.audit({ ...filter(), before: before.value }, PAGE);
      if (mine !== turn) return;
      entries.value = [...(entries.value ?? []), ...page.entries];
      before.value = page.before;
      older.value = 'idle';
    } catch {
      if (mine === turn) older.value = 'failed';
    }
  }

  watch(
    filter,
    () => {
      turn++;
      entries.value = null;
      problem.value = null;
      before.value = null;
      older.value = 'idle';
      void refresh();
    },
    { deep: true },
  );

  void refresh();
  const stop = desk.listen(() => void refresh());
  onScopeDispose(stop);
  return { entries, problem, before, older, more, refresh };
}
