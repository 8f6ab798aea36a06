import type { StatusView } from '../../../lib/center/views.ts';
import type { BasePresence } from '../../../lib/domain/presence.ts';

/** A line of the status menu: a base status, or a custom one that counts as it. */
export interface StatusChoice {
  key: string;
  base: BasePresence;
  statusId: string | null;
  /** Null for a base status, which has its name in the catalogue. */
  label: string | null;
}

/** Each base status with the custom ones that mean it behind it, so that alike stands by alike. */
export function statusChoices(bases: readonly BasePresence[], statuses: readonly StatusView[]): StatusChoice[] {
  return bases.flatMap((base) => [
    { key: base, base, statusId: null, label: null },
    ...statuses.filter((status) => status.base === base).map(({ id, label }) => ({ key: id, base, statusId: id, label })),
  ]);
}
