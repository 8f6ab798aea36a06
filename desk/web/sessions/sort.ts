import type { ConversationView } from '../../../lib/center/views.ts';
import { windowEnd } from '../../../lib/page/session-window.ts';

export const SORTS = ['closing', 'waiting', 'latest', 'priority'] as const;
export type Sort = (typeof SORTS)[number];

/**
 * `closing`: the window that ends first on top, ended ones last, because nothing can be done for them in a hurry;
 * `waiting`: who has been here longest; `latest`: the newest message; `priority`: as the queues give them out. Equals keep one
 * order, so that rows do not jump.
 */
export function sortConversations(conversations: readonly ConversationView[], sort: Sort, now: number): ConversationView[] {
  const rank: Record<Sort, (conversation: ConversationView) => number> = {
    closing: ({ session }) => windowEnd(session, now) ?? Infinity,
    waiting: ({ queuedAt, openedAt }) => queuedAt ?? openedAt,
    latest: ({ lastMessageAt }) => -lastMessageAt,
    priority: ({ priority }) => -priority,
  };
  const keyed = conversations.map((conversation) => ({ conversation, key: rank[sort](conversation) }));
  keyed.sort((a, b) => (a.key === b.key ? compareOlder(a.conversation, b.conversation) : a.key < b.key ? -1 : 1));
  return keyed.map(({ conversation }) => conversation);
}

/** Who has waited longer first; then some order that stays. */
function compareOlder(a: ConversationView, b: ConversationView): number {
  const [since, other] = [a.queuedAt ?? a.openedAt, b.queuedAt ?? b.openedAt];
  return since - other || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}
