import { shallowReactive } from 'vue';
import type { MessageView } from '../../../lib/center/views.ts';
import type { MediaView } from '../../../lib/center/media-contract.ts';
import type { DeskApi } from '../api/client.ts';
import { toDeskError, type DeskError } from '../api/desk-error.ts';
import { newId } from './ids.ts';
import { realTimers, type Timers } from './timers.ts';

/** The server is there but could not take it, and no new connection will tell when it can. */
const RETRY_MS = 4_000;

/** An answer on its way from this page to the center; what is stored there is a MessageView and no longer here. */
export interface Outgoing {
  readonly id: string;
  readonly conversationId: string;
  readonly text: string;
  /** An uploaded file that goes with it; the text is then its caption. */
  readonly media: MediaView | null;
  /** Past the window: it waits for the customer's next message. */
  readonly hold: boolean;
  /** Milliseconds, center's clock. */
  readonly createdAt: number;
  /** `waiting`: the line is down, it goes out by itself; `refused`: the center said no, and `problem` says why. */
  state: 'sending' | 'waiting' | 'refused';
  problem: DeskError | null;
}

export interface Outbox {
  of(conversationId: string): Outgoing[];
  send(conversationId: string, text: string, now: number, media?: MediaView | null, hold?: boolean): Promise<void>;
  /** Tries again whatever had no answer. The id is the same, so nothing is sent twice. */
  resume(): void;
  dismiss(id: string): void;
  clear(): void;
}

/** One line for each conversation, so that answers arrive in the order in which they were written. */
export function createOutbox(
  api: DeskApi,
  onStored: (conversationId: string, message: MessageView) => void,
  timers: Timers = realTimers,
): Outbox {
  const lines = shallowReactive(new Map<string, Outgoing[]>());
  const running = new Set<string>();

  const of = (id: string): Outgoing[] => lines.get(id) ?? [];

  function change(entry: Outgoing, change: Partial<Outgoing> | null): void {
    const line = of(entry.conversationId);
    lines.set(
      entry.conversationId,
      change === null
        ? line.filter((other) => other.id !== entry.id)
        : line.map((other) => (other.id === entry.id ? { ...other, ...change } : other)),
    );
  }

  async function run(conversationId: string): Promise<void> {
    if (running.has(conversationId)) return;
    running.add(conversationId);
    try {
      for (;;) {
        const next = of(conversationId).find((entry) => entry.state !== 'refused');
        if (next === undefined) return;
        change(next, { state: 'sending', problem: null });
        try {
          const message = await api.reply(conversationId, next.id, next.text, {
            ...(next.media === null ? {} : { mediaId: next.media.id }),
            ...(next.hold ? { hold: true } : {}),
          });
          onStored(conversationId, message);
          change(next, null);
        } catch (thrown) {
          const problem = toDeskError(thrown);
          change(next, { state: problem.passing ? 'waiting' : 'refused', problem });
          if (problem.passing) {
            timers.set(() => void run(conversationId), RETRY_MS);
            return;
          }
        }
      }
    } finally {
      running.delete(conversationId);
    }
  }

  return {
    of,
    send(conversationId, text, now, media = null, hold = false) {
      const begun = { createdAt: now, state: 'sending', problem: null } as const;
      const entry: Outgoing = { id: newId(), conversationId, text, media, hold, ...begun };
      lines.set(conversationId, [...of(conversationId), entry]);
      return run(conversationId);
    },
    resume() {
      for (const id of lines.keys()) void run(id);
    },
    dismiss(id) {
      for (const line of lines.values()) {
        const entry = line.find((other) => other.id === id);
        if (entry !== undefined) change(entry, null);
      }
    },
    clear: () => lines.clear(),
  };
}
