import { ref } from 'vue';
import { useI18n } from 'vue-i18n';
import type { ConversationView } from '../../../lib/center/views.ts';
import { toDeskError } from '../api/desk-error.ts';
import { useDesk } from '../live/desk.ts';
import { go } from '../page/navigation.ts';
import { notify } from '../parts/notices.ts';
import { useWords } from '../words/use-words.ts';

/** The conversation that was accepted a moment ago: its composer takes the focus. */
export const justAccepted = ref<string | null>(null);

/** What this page has tried to accept: whoever was too late is told so by the answer, and by nothing else. */
export const tried = new Set<string>();

/** Accepting, wherever the button is: from a notification, from the open conversations, from the conversation itself. */
export function useAccept() {
  const { t } = useI18n();
  const desk = useDesk();
  const words = useWords();
  const accepting = ref<string | null>(null);

  async function accept(conversation: Pick<ConversationView, 'id' | 'customer'>): Promise<void> {
    accepting.value = conversation.id;
    tried.add(conversation.id);
    try {
      await desk.accept(conversation.id);
      tried.delete(conversation.id);
      justAccepted.value = conversation.id;
      go({ page: 'sessions', conversationId: conversation.id });
    } catch (thrown) {
      const error = toDeskError(thrown);
      const agent = error.details.agent;
      if (error.code === 'ALREADY_ACCEPTED' && agent !== undefined) {
        notify(t('accept.lost', { agent, customer: words.customer(conversation.customer) }), 'problem');
      } else {
        tried.delete(conversation.id);
        notify(words.problem(error), 'problem');
      }
    } finally {
      accepting.value = null;
    }
  }

  return { accept, accepting };
}
