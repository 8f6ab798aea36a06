import type { MessageView } from '../../../lib/center/views.ts';
import type { RemarkView } from '../../../lib/center/engine-contract.ts';
import type { CenterEvent } from '../../../lib/domain/events.ts';

/**
 * Joins what is shown with what came from the server, in the order of arrival at the center. What has not changed stays the
 * same object, so that a refresh of fifty messages redraws only the one whose ticks moved.
 */
export function mergeMessages(shown: readonly MessageView[], fetched: readonly MessageView[]): MessageView[] {
  const byId = new Map(shown.map((view) => [view.id, view]));
  for (const view of fetched) {
    const known = byId.get(view.id);
    if (known === undefined || JSON.stringify(known) !== JSON.stringify(view)) byId.set(view.id, view);
  }
  return [...byId.values()].sort((a, b) => a.seq - b.seq);
}

export function mergeEvents(shown: readonly CenterEvent[], fetched: readonly CenterEvent[]): CenterEvent[] {
  const bySeq = new Map(shown.map((event) => [event.seq, event]));
  for (const event of fetched) bySeq.set(event.seq, event);
  return [...bySeq.values()].sort((a, b) => a.seq - b.seq);
}

/** Remarks are written once and never changed. The order is the center's. */
export function mergeRemarks(shown: RemarkView[], fetched: readonly RemarkView[]): RemarkView[] {
  const known = new Set(shown.map(({ id }) => id));
  const fresh = fetched.filter(({ id }) => !known.has(id));
  return fresh.length === 0 ? shown : [...shown, ...fresh].sort((a, b) => a.at - b.at);
}
