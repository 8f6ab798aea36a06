import type { Account } from './account.ts';
import { createClient } from './api/client.ts';
import { toReadError } from './api/read-error.ts';

/**
 * Shows a customer that somebody is writing. Twilio's indicator (public beta) lasts 25 seconds or until the answer, and marks
 * the customer's message as read.
 */
export interface Typing {
  /**
   * Shows it, at most every 20 seconds for a conversation. It never fails: an indicator is worth no error, and after one it is
   * off for ten minutes.
   *
   * @param sid the customer's last message
   * @returns whether Twilio was asked and has taken it
   */
  show(conversationId: string, sid: string): Promise<boolean>;
  /** Drops idle connections. */
  close(): void;
}

export interface TypingOptions {
  timeoutMs?: number;
  /** Milliseconds of a clock that only goes forward. */
  now?: () => number;
  /** Told once each time that it is switched off, with the reason. */
  onOff?: (reason: string) => void;
}

const AGAIN_AFTER_MS = 20_000;
const OFF_MS = 10 * 60_000;
const TIMEOUT_MS = 5000;

export function createTyping(account: Account, options: TypingOptions = {}): Typing {
  const { now = () => performance.now(), timeoutMs = TIMEOUT_MS, onOff } = options;
  const client = createClient(account, timeoutMs);
  const shownAt = new Map<string, number>();
  let offUntil = -Infinity;

  /** Only conversations somebody writes in now are remembered. */
  function forget(time: number): void {
    for (const [id, at] of shownAt) if (time - at >= AGAIN_AFTER_MS) shownAt.delete(id);
  }

  return {
    async show(conversationId, sid) {
      const time = now();
      forget(time);
      if (time < offUntil || shownAt.has(conversationId)) return false;
      shownAt.set(conversationId, time);
      try {
        const api = await client.api();
        await api.messaging.v2.typingIndicator.create({ channel: 'whatsapp', messageId: sid });
        return true;
      } catch (error) {
        // Several conversations may have asked at once; one word about it is enough.
        if (now() >= offUntil) onOff?.(toReadError(error, 'a typing indicator').message);
        offUntil = now() + OFF_MS;
        return false;
      }
    },
    close: () => client.close(),
  };
}
