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
  /** The same for colleagues: kept apart, so that it can never be sent as an answer. */
  internal(conversationId: string): string;
  typeInternal(conversationId: string, text: string): void;
  /** Typed: kept now, saved soon. */
  type(conversationId: string, text: string): void;
  /** Sent: the box is empty at once, but the server keeps the text until `settled`, so that a reload in between loses nothing. */
  sent(conversationId: string): void;
  settled(conversationId: string): void;
  /**
   * From the server; what is typed here and not saved yet wins. So does what was typed and saved while an earlier answer is under
   * way: when that is stored it takes the server's draft away, whatever is in it by then.
   */
  adopt(view: ConversationView, answering?: boolean): void;
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

/** The drafts of one kind: all answers, or all internal messages. */
function createKind(api: (id: string, text: string, leaving: boolean) => Promise<void>, timers: Timers) {
  const drafts = reactive(new Map<string, Draft>());
  const pending = new Map<string, unknown>();

  async function save(id: string, leaving: boolean): Promise<void> {
    timers.clear(pending.get(id));
    pending.delete(id);
    const draft = drafts.get(id);
    if (draft === undefined || draft.held || draft.saved === draft.text) return;
    const { text, stored } = draft;
    try {
      await api(id, text, leaving);
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
    text: (id: string): string => drafts.get(id)?.text ?? '',
    type(id: string, text: string): void {
      const draft = drafts.get(id);
      if (draft === undefined) drafts.set(id, { text, saved: null, held: false, stored: 0 });
      else Object.assign(draft, { text, held: false });
      saveSoon(id);
    },
    sent(id: string): void {
      const { saved = null, stored = 0 } = drafts.get(id) ?? {};
      drafts.set(id, { text: '', saved, held: true, stored });
      timers.clear(pending.get(id));
    },
    settled(id: string): void {
      const draft = drafts.get(id);
      if (draft === undefined) return;
      Object.assign(draft, { saved: '', held: false, stored: draft.stored + 1 });
      if (draft.text !== '') saveSoon(id);
    },
    adopt(id: string, text: string | undefined, answering: boolean): void {
      if (text === undefined) return;
      const draft = drafts.get(id);
      if (draft === undefined) drafts.set(id, { text, saved: text, held: false, stored: 0 });
      else if (draft.saved === draft.text && !answering) Object.assign(draft, { text, saved: text });
    },
    async flush(leaving: boolean): Promise<void> {
      await Promise.all([...drafts.keys()].map((id) => save(id, leaving)));
    },
    unsaved(id: string): boolean {
      const draft = drafts.get(id);
      return draft !== undefined && draft.saved !== draft.text;
    },
    clear(): void {
      for (const handle of pending.values()) timers.clear(handle);
      pending.clear();
      drafts.clear();
    },
  };
}

export function createDrafts(api: Pick<DeskApi, 'saveDraft' | 'saveInternalDraft'>, timers: Timers = realTimers): Drafts {
  const answers = createKind((id, text, leaving) => api.saveDraft(id, text, leaving), timers);
  const internals = createKind((id, text, leaving) => api.saveInternalDraft(id, text, leaving), timers);
  return {
    text: answers.text,
    internal: internals.text,
    typeInternal: internals.type,
    type: answers.type,
    sent: answers.sent,
    settled: answers.settled,
    adopt({ id, draft, internalDraft }, answering = false) {
      answers.adopt(id, draft, answering);
      internals.adopt(id, internalDraft, false);
    },
    async flush(leaving = false) {
      await Promise.all([answers.flush(leaving), internals.flush(leaving)]);
    },
    unsaved: answers.unsaved,
    clear() {
      answers.clear();
      internals.clear();
    },
  };
}
