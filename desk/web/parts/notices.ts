import { shallowRef } from 'vue';
import { newId } from '../live/ids.ts';

/** A short word about something that happened, at the foot of the page. */
export interface Notice {
  id: string;
  text: string;
  tone: 'plain' | 'problem';
}

const SHOWN_MS = 7_000;

export const notices = shallowRef<Notice[]>([]);

/** Says something once; a problem stays until it is dismissed, because the agent may be looking elsewhere. */
export function notify(text: string, tone: Notice['tone'] = 'plain'): void {
  const notice = { id: newId(), text, tone };
  notices.value = [...notices.value.filter((other) => other.text !== text), notice].slice(-4);
  if (tone === 'plain') setTimeout(() => dismissNotice(notice.id), SHOWN_MS);
}

export function dismissNotice(id: string): void {
  notices.value = notices.value.filter((notice) => notice.id !== id);
}
