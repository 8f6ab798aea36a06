import { reactive } from 'vue';
import type { ConversationView } from '../../../lib/center/views.ts';
import type { DeskApi } from '../api/client.ts';
import { toDeskError } from '../api/desk-error.ts';
import { realTimers, type Timers } from './timers.ts';

const SAVE_AFTER_MS = 600;
const RETRY_MS = 5_000;

/** What the agent has typed and not sent, for each conversation: here at once, on the server a moment later. */
export interface Drafts {
  text(conversationId: string): string;
  /** The same for colleagues: kept apart, so that it can never be sent as an answer, and in this page alone. */
  internal(conversationId: string): string;
  typeInternal(conversationId: string, text: string): void;
  /** Typed: kept now, saved soon. */
  type(conversationId: string, text: string): void;
  /** Sent: the box is empty at once, but the server keeps the text until `settled`, so that a reload in between loses nothing. */
  sent(conversationId: string): void;
  settled(conversationId: string): void;
  /** From the server; what is typed here and not saved yet wins. */
  adopt(view: ConversationView): void;
  /** Saves everything that is not saved yet. `leaving` when the page goes away. */
  flush(leaving?: boolean): Promise<void>;
  /** True while the server does not have the text. */
  unsaved(conversationId: string): boolean;
  clear(): void;
}

interface Draft {
  text: string;
  /** What the server has; null when that is not known. */
  saved: string | null;
  /** Sent and not yet stored as a message: the empty box is not saved. */
  held: boolean;
  /** Counts the answers stored meanwhile: each takes the server's draft away with it. */
  stored: number;
}

export function createDrafts(api: DeskApi, timers: Timers = realTimers): Drafts {
  const drafts = reactive(new Map<string, Draft>());
  const internals = reactive(new Map<string, string>());
  const pending = new Map<string, unknown>();

  async function save(id: string, leaving: boolean): Promise<void> {
    timers.clear(pending.get(id));
    pending.delete(id);
    const draft = drafts.get(id);
    if (draft === undefined || draft.held || draft.saved === draft.text) return;
    const { text, stored } = draft;
    try {
      await api.saveDraft(id, text, leaving);
      if (draft.stored === stored) draft.saved = text;
    } catch (thrown) {
      // A refusal (the conversation is closed) will not change.
      if (toDeskError(thrown).passing) saveSoon(id, RETRY_MS);
      else draft.saved = text;
    }
  }

  function saveSoon(id: string, ms = SAVE_AFTER_MS): void {
    timers.clear(pending.get(id));
    pending.set(
      id,
      timers.set(() => void save(id, false), ms),
    );
  }

  return {
    text: (id) => drafts.get(id)?.text ?? '',
    internal: (id) => internals.get(id) ?? '',
    typeInternal: (id, text) => void internals.set(id, text),
    type(id, text) {
      const draft = drafts.get(id);
      if (draft === undefined) drafts.set(id, { text, saved: null, held: false, stored: 0 });
      else Object.assign(draft, { text, held: false });
      saveSoon(id);
    },
    sent(id) {
      const { saved = null, stored = 0 } = drafts.get(id) ?? {};
      drafts.set(id, { text: '', saved, held: true, stored });
      timers.clear(pending.get(id));
    },
    settled(id) {
      const draft = drafts.get(id);
      if (draft === undefined) return;
      Object.assign(draft, { saved: '', held: false, stored: draft.stored + 1 });
      if (draft.text !== '') saveSoon(id);
    },
    adopt({ id, draft: text }) {
      if (text === undefined) return;
      const draft = drafts.get(id);
      if (draft === undefined) drafts.set(id, { text, saved: text, held: false, stored: 0 });
      else if (draft.saved === draft.text) Object.assign(draft, { text, saved: text });
    },
    async flush(leaving = false) {
      await Promise.all([...drafts.keys()].map((id) => save(id, leaving)));
    },
    unsaved(id) {
      const draft = drafts.get(id);
      return draft !== undefined && draft.saved !== draft.text;
    },
    clear() {
      for (const handle of pending.values()) timers.clear(handle);
      pending.clear();
      drafts.clear();
      internals.clear();
    },
  };
}
