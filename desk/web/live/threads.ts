import { shallowReactive } from 'vue';
import type { ConversationView, MessageView } from '../../../lib/center/views.ts';
import type { RemarkView } from '../../../lib/center/engine-contract.ts';
import type { CenterEvent, EventType } from '../../../lib/domain/events.ts';
import type { DeskApi } from '../api/client.ts';
import { toDeskError, type DeskError } from '../api/desk-error.ts';
import { mergeEvents, mergeMessages, mergeRemarks } from './message-list.ts';
import { createRefresher } from './refresher.ts';
import type { Timers } from './timers.ts';

/** Messages fetched at once. */
export const PAGE_SIZE = 60;
/** Conversations kept in the page, so that going back to one shows it at once. */
const KEPT_THREADS = 30;
/** A gap of more pages than this (a laptop opened after days) is left for scrolling up. */
const GAP_PAGES = 5;
const REFRESH_GAP_MS = 150;
/** So many of the newest messages stay when a conversation is left; coming back shows its end, and thousands take seconds. */
const KEPT_MESSAGES = 2 * PAGE_SIZE;

/** Steps that take a conversation away from whoever had it. */
const PARTINGS: ReadonlySet<EventType> = new Set([
  'conversation.assigned',
  'conversation.transferred',
  'conversation.released',
  'conversation.handed-back',
  'conversation.closed',
  'consult.ended',
  'supervisor.left',
]);

/** What the page knows of one conversation. */
export interface Thread {
  readonly id: string;
  view: ConversationView | null;
  messages: MessageView[];
  events: CenterEvent[];
  /** Internal messages and notes, oldest first. */
  remarks: RemarkView[];
  /** What the agents and queues that the events name are called. */
  names: Record<string, string>;
  /** For the page of older messages; null at the beginning of the conversation. */
  before: number | null;
  /** `gone`: it was here and is not this agent's to see any more; `parting` says why, as far as that was told. */
  phase: 'loading' | 'ready' | 'failed' | 'gone';
  parting: CenterEvent | null;
  problem: DeskError | null;
  olderPhase: 'idle' | 'loading' | 'failed';
}

interface Entry {
  thread: Thread;
  refresh: () => Promise<void>;
  /** Messages that changed and may lie before the newest page. */
  touched: Set<string>;
}

export interface Threads {
  /** The conversation, loaded or on its way. */
  open(id: string): Thread;
  refresh(id: string): Promise<void>;
  /** Something happened to a conversation; fetched only if the page shows or keeps it. */
  touch(id: string, messageId: string | null, event?: CenterEvent): void;
  older(id: string): Promise<void>;
  /** Nobody looks at it any more: what was scrolled back to is fetched again by whoever wants it. */
  leave(id: string): void;
  /** A command's answer is the newest state. */
  adopt(view: ConversationView): void;
  adoptMessage(id: string, message: MessageView): void;
  adoptRemark(remark: RemarkView): void;
  /** Names that a conversation's events brought along; nothing for one that the page does not keep. */
  names(id: string): Record<string, string>;
  refreshAll(): void;
  clear(): void;
}

/** @param onView told of every conversation that was fetched: its draft is somebody else's business */
export function createThreads(api: DeskApi, onView: (view: ConversationView) => void, timers?: Timers): Threads {
  const entries = new Map<string, Entry>();

  function entryOf(id: string): Entry {
    const known = entries.get(id);
    if (known !== undefined) {
      // The map's order is the order of use.
      entries.delete(id);
      entries.set(id, known);
      return known;
    }
    const thread = shallowReactive<Thread>({
      id,
      view: null,
      messages: [],
      events: [],
      remarks: [],
      names: {},
      before: null,
      phase: 'loading',
      parting: null,
      problem: null,
      olderPhase: 'idle',
    });
    const entry: Entry = { thread, touched: new Set(), refresh: createRefresher(() => load(entry), REFRESH_GAP_MS, timers) };
    entries.set(id, entry);
    const oldest = entries.keys().next().value;
    if (entries.size > KEPT_THREADS && oldest !== undefined) entries.delete(oldest);
    void entry.refresh();
    return entry;
  }

  async function load({ thread, touched }: Entry): Promise<void> {
    try {
      const [view, page, remarks] = await Promise.all([
        api.conversation(thread.id),
        api.messages(thread.id, PAGE_SIZE),
        api.remarks(thread.id),
      ]);
      thread.view = view;
      onView(view);
      const newestShown = thread.messages.at(-1)?.seq ?? null;
      let { messages, events, before } = page;
      for (let pages = 1; newestShown !== null && before !== null && !reaches(messages, newestShown); pages++) {
        if (pages > GAP_PAGES) {
          thread.messages = [];
          thread.events = [];
          break;
        }
        const earlier = await api.messages(thread.id, PAGE_SIZE, before);
        messages = [...earlier.messages, ...messages];
        events = [...earlier.events, ...events];
        before = earlier.before;
      }
      // One that was sent while the first page was on its way is shown already, and is no beginning.
      if (thread.phase !== 'ready' || thread.messages.length === 0) thread.before = before;
      thread.remarks = mergeRemarks(thread.remarks, remarks);
      thread.names = { ...thread.names, ...page.names };
      thread.messages = mergeMessages(thread.messages, messages);
      thread.events = mergeEvents(thread.events, events);
      await loadTouched(thread, touched, messages[0]?.seq ?? Infinity);
      thread.phase = 'ready';
      thread.problem = null;
    } catch (thrown) {
      const error = toDeskError(thrown);
      // What is on screen stays on screen while the line is down.
      if (thread.phase === 'ready' && error.passing) return;
      const gone = error.code === 'UNKNOWN_CONVERSATION' && (thread.phase === 'ready' || thread.phase === 'gone');
      if (gone) Object.assign(thread, { messages: [], events: [], remarks: [], before: null });
      thread.phase = gone ? 'gone' : 'failed';
      thread.problem = error;
    }
  }

  function reaches(messages: readonly MessageView[], seq: number): boolean {
    return messages.length === 0 || messages[0]!.seq <= seq;
  }

  async function loadTouched(thread: Thread, touched: Set<string>, fromSeq: number): Promise<void> {
    const ids = [...touched];
    touched.clear();
    for (const id of ids) {
      const shown = thread.messages.find((message) => message.id === id);
      if (shown === undefined || shown.seq >= fromSeq) continue;
      const page = await api.messages(thread.id, 1, shown.seq + 1);
      thread.messages = mergeMessages(thread.messages, page.messages);
    }
  }

  async function older(id: string): Promise<void> {
    const { thread } = entryOf(id);
    if (thread.before === null || thread.olderPhase === 'loading') return;
    thread.olderPhase = 'loading';
    try {
      const page = await api.messages(id, PAGE_SIZE, thread.before);
      thread.messages = mergeMessages(thread.messages, page.messages);
      thread.events = mergeEvents(thread.events, page.events);
      thread.names = { ...page.names, ...thread.names };
      thread.before = page.before;
      thread.olderPhase = 'idle';
    } catch {
      thread.olderPhase = 'failed';
    }
  }

  return {
    open: (id) => entryOf(id).thread,
    refresh: (id) => entryOf(id).refresh(),
    touch(id, messageId, event) {
      const entry = entries.get(id);
      if (entry === undefined) return;
      if (messageId !== null) entry.touched.add(messageId);
      if (event !== undefined && PARTINGS.has(event.type)) entry.thread.parting = event;
      void entry.refresh();
    },
    older,
    leave(id) {
      const thread = entries.get(id)?.thread;
      // A page that is on its way joins on to what is shown.
      if (thread === undefined || thread.messages.length <= KEPT_MESSAGES || thread.olderPhase === 'loading') return;
      thread.messages = thread.messages.slice(-KEPT_MESSAGES);
      thread.before = thread.messages[0]!.seq;
    },
    adopt(view) {
      const { thread } = entryOf(view.id);
      thread.view = { ...thread.view, ...view };
      onView(view);
    },
    adoptMessage(id, message) {
      const { thread } = entryOf(id);
      thread.messages = mergeMessages(thread.messages, [message]);
    },
    adoptRemark(remark) {
      const { thread } = entryOf(remark.conversationId);
      thread.remarks = mergeRemarks(thread.remarks, [remark]);
    },
    names: (id) => entries.get(id)?.thread.names ?? {},
    refreshAll() {
      for (const entry of entries.values()) void entry.refresh();
    },
    clear: () => entries.clear(),
  };
}
