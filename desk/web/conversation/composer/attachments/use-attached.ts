import { computed } from 'vue';
import { useI18n } from 'vue-i18n';
import { areReady, MOST_FILES } from '../../../live/attachments.ts';
import { useDesk } from '../../../live/desk.ts';
import type { GivenFile } from '../../../live/prepare-file.ts';
import { announce } from '../../../parts/announce.ts';
import { notify } from '../../../parts/notices.ts';
import { pastedFiles } from './pasted-files.ts';

/** The files in a conversation's message box, and the sending of text and files together. */
export function useAttached(conversationId: () => string) {
  const { t } = useI18n();
  const desk = useDesk();
  const files = computed(() => desk.attachments.of(conversationId()));

  function add(given: readonly GivenFile[]): void {
    if (given.length === 0) return;
    const left = desk.attachments.add(conversationId(), given);
    if (left > 0) notify(t('attach.tooMany', { most: MOST_FILES, left }, left), 'problem');
    announce(t('attach.added', given.length - left));
  }

  return {
    files,
    any: computed(() => files.value.length > 0),
    /** Why what is in the box cannot be sent yet; null when it can. */
    hindrance: computed(() => {
      if (areReady(files.value)) return null;
      const stuck = files.value.some(({ state }) => state === 'refused' || state === 'failed');
      return t(stuck ? 'attach.stuck' : 'attach.underWay');
    }),
    add,
    paste(event: ClipboardEvent): void {
      const pasted = pastedFiles(event.clipboardData);
      if (pasted.length === 0) return;
      event.preventDefault();
      add(pasted);
    },
    /** Text and files leave as messages in order; held, when the customer writes again. */
    send(text: string, hold: boolean): void {
      const now = desk.clock.now.value;
      for (const message of desk.attachments.take(conversationId(), text))
        void desk.outbox.send(conversationId(), message.text, now, message.media, hold);
    },
  };
}
