import type { QueueChange, QueueSettings } from '../../../../lib/center/engine-contract.ts';

/** What the desk owns of a queue; how it offers is the node's. */
export type QueueForm = Required<QueueChange>;
export type QueueField = keyof QueueForm;

const QUEUE_FIELDS = [
  'everyone',
  'members',
  'hours',
  'units',
  'dispositions',
  'dispositionMandatory',
  'timeouts',
  'missedMakesInactive',
  'rejectMakesBusy',
] as const satisfies readonly QueueField[];

/** Plain data, also behind the page's reactive proxies, which the platform's own clone refuses. */
const copyOf = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value)) as Value;
const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** A copy to edit. The order of members means nothing, so that it cannot look like a change. */
export function formOf(queue: QueueSettings): QueueForm {
  const picked = Object.fromEntries(QUEUE_FIELDS.map((field) => [field, queue[field]]));
  const form = copyOf(picked) as unknown as QueueForm;
  form.members.sort();
  return form;
}

/** Only what differs, so that two supervisors who change different things do not undo each other. */
export function changeOf(baseline: QueueForm, form: QueueForm): QueueChange {
  return Object.fromEntries(
    QUEUE_FIELDS.filter((field) => !same(baseline[field], form[field])).map((field) => [field, form[field]]),
  );
}

/**
 * What somebody else has saved while this was being edited: it is taken over where nothing was edited here, and named where
 * both have changed the same.
 */
export function rebase(baseline: QueueForm, form: QueueForm, fresh: QueueForm): { form: QueueForm; conflicts: QueueField[] } {
  const next = copyOf(form);
  const conflicts: QueueField[] = [];
  for (const field of QUEUE_FIELDS) {
    if (same(baseline[field], fresh[field])) continue;
    if (same(baseline[field], form[field])) Object.assign(next, { [field]: copyOf(fresh[field]) });
    else if (!same(form[field], fresh[field])) conflicts.push(field);
  }
  return { form: next, conflicts };
}
