import type { ConversationView } from '../../../lib/center/views.ts';
import { knownName } from '../words/customer.ts';
import { fold, searchWords } from '../words/fold.ts';

/** What a list is narrowed down to; an empty text and no queue are everything. */
export interface ListFilter {
  text: string;
  queueId: string | null;
}

/** Finds by what stands in a row: the customer, the last and the first words, tags, the queue and who has it. */
export function filterConversations<View extends ConversationView>(
  conversations: readonly View[],
  { text, queueId }: ListFilter,
): View[] {
  const words = searchWords(text);
  return conversations.filter((conversation) => {
    if (queueId !== null && conversation.queue?.id !== queueId) return false;
    if (words.length === 0) return true;
    const row = fold(searchable(conversation));
    return words.every((word) => row.includes(word));
  });
}

function searchable({ customer, firstMessage, lastMessage, tags, queue, agent }: ConversationView): string {
  return [knownName(customer), customer.address, firstMessage, lastMessage?.text, ...tags, queue?.name, agent?.name]
    .filter((part) => part !== null && part !== undefined)
    .join('\n');
}
