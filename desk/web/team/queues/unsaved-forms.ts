import type { QueueSettings } from '../../../../lib/center/engine-contract.ts';
import { changeOf, formOf, rebase, type QueueField, type QueueForm } from './queue-form.ts';

/** Changes that were not saved when their form was left, for as long as the page lives. */
const unsaved = new Map<string, { baseline: QueueForm; form: QueueForm }>();

export function keepUnsaved(queueId: string, baseline: QueueForm, form: QueueForm): void {
  if (Object.keys(changeOf(baseline, form)).length === 0) unsaved.delete(queueId);
  else unsaved.set(queueId, { baseline, form });
}

/** The form as it was left, over what the queue is by now; as the queue is, when nothing was left. */
export function resumed(queue: QueueSettings): { form: QueueForm; conflicts: QueueField[] } {
  const left = unsaved.get(queue.id);
  const fresh = formOf(queue);
  return left === undefined ? { form: fresh, conflicts: [] } : rebase(left.baseline, left.form, fresh);
}
