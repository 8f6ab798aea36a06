import type { MessageView } from '../../../../lib/center/views.ts';
import type { RetryOutlook } from '../../../../lib/domain/retry.ts';

/**
 * What an agent may do about a message that did not get through: send it `again`, decide whether it is `lost`, wait until the
 * customer writes (`later`), nothing because the same would be `refused` again, or nothing because it was `repeated`.
 */
export type WayOut = 'again' | 'lost' | 'later' | 'refused' | 'repeated';

/** What may be done about one that nobody has repeated yet. */
export function wayOut(retry: RetryOutlook, windowOpen: boolean): Exclude<WayOut, 'repeated'> {
  if (retry === 'when-open') return windowOpen ? 'again' : 'later';
  return ({ now: 'again', 'if-lost': 'lost', never: 'refused' } as const)[retry];
}

/** The newest repetition of each message that was sent again, by the first one's id. */
export function repetitionsOf(messages: readonly MessageView[]): Map<string, MessageView> {
  const repetitions = new Map<string, MessageView>();
  for (const view of messages) if (view.retryOf !== null) repetitions.set(view.retryOf, view);
  return repetitions;
}
