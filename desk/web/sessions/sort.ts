import type { ConversationView } from '../../../lib/center/contract.ts';
import { windowFace } from '../words/session-window.ts';

export const SORTS = ['closing', 'waiting', 'latest'] as const;
export type Sort = (typeof SORTS)[number];

/**
 * `closing`: the window that ends first on top, ended ones last, because nothing can be done for them in a hurry;
 * `waiting`: who has been here longest; `latest`: the newest message. Equals keep one order, so that rows do not jump.
 */
export function sortConversations(conversations: readonly ConversationView[], sort: Sort, now: number): ConversationView[] {
  const rank: Record<Sort, (conversation: ConversationView) => number> = {
    closing: ({ session }) => {
      const face = windowFace(session, now);
      return face.level === 'closed' ? Infinity : Date.parse(session.expiresAt ?? '');
    },
    waiting: ({ queuedAt, openedAt }) => queuedAt ?? openedAt,
    latest: ({ lastMessageAt }) => -lastMessageAt,
  };
  const keyed = conversations.map((conversation) => ({ conversation, key: rank[sort](conversation) }));
  keyed.sort((a, b) => (a.key === b.key ? compareIds(a.conversation.id, b.conversation.id) : a.key < b.key ? -1 : 1));
  return keyed.map(({ conversation }) => conversation);
}

function compareIds(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
