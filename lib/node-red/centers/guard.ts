import type { Center } from '../../center/center.ts';
import { CenterError, isCenterError } from '../../domain/errors.ts';
import type { SessionSnapshot } from '../../domain/message.ts';
import { recipientOf } from '../../domain/recipient.ts';
import { HOUR_MS, LIMIT_TEXT, sessionSnapshot } from '../../domain/session-window.ts';
import type { CenterSlot } from './center-slot.ts';
import { ownAddress } from '../accounts/choose-sender.ts';
import { record, whatsappOf } from '../feeding/message.ts';
import { Refusal } from '../on-input.ts';
import type { FlowMessage } from '../runtime-api.ts';

export interface GuardOptions {
  /** @throws CenterError while the contact center cannot be used */
  slot: () => CenterSlot;
  /** The center's only sender, when there is one; for messages that name none. */
  onlySender: () => string | null;
  /** Shown instead of the limit text when not empty. */
  limitMessage: string;
}

/**
 * Judges messages against the 24 hour rule at the moment they are there. What is known to be open passes at once,
 * without a promise: an "open until" only ever moves forward. Only "closed" is looked up in the store, and what follows
 * for the same customer then waits behind it, so that nothing overtakes.
 */
export class SessionGuard {
  readonly #options: GuardOptions;
  readonly #waiting = new Map<string, Promise<void>>();

  constructor(options: GuardOptions) {
    this.#options = options;
  }

  /**
   * Returns when the message may pass, with a fresh `msg.conversation.session`.
   * @throws Refusal `SESSION_EXPIRED`, `SESSION_NONE`, `NO_RECIPIENT` or `INVALID_RECIPIENT`
   */
  check(message: FlowMessage): void | Promise<void> {
    const slot = this.#options.slot();
    let to: string;
    try {
      to = recipientOf(message);
    } catch (error) {
      if (!isCenterError(error)) throw error;
      return this.#refuse(slot, message, error);
    }
    const sender = ownAddress(message) ?? this.#options.onlySender();
    const center = slot.current;
    if (center !== null && sender !== null && (this.#waiting.size === 0 || !this.#waiting.has(`${to} ${sender}`))) {
      const until = center.knownOpenUntil(to, sender);
      const now = center.now();
      if (now <= until) {
        refresh(message, openSession(until, now, center.sessionHours));
        return;
      }
    }
    return this.#inTurn(`${to} ${sender}`, () => this.#ask(slot, message, to, sender));
  }

  async #ask(slot: CenterSlot, message: FlowMessage, to: string, sender: string | null): Promise<void> {
    const center = await slot.center();
    const facts = await center.query('sessionOf', { address: to, sender });
    const session = sessionSnapshot(facts, center.now(), center.sessionHours);
    refresh(message, session);
    if (session.open || isTemplate(message)) return;
    const code = facts.lastCustomerAt === null ? 'SESSION_NONE' : 'SESSION_EXPIRED';
    await this.#refuse(slot, message, new CenterError(code, this.#options.limitMessage || LIMIT_TEXT));
  }

  async #refuse(slot: CenterSlot, message: FlowMessage, error: CenterError): Promise<never> {
    await refuseStored(await slot.center(), message, error);
    throw new Refusal(error);
  }

  #inTurn(key: string, work: () => Promise<void>): Promise<void> {
    const turn = (this.#waiting.get(key) ?? Promise.resolve()).catch(() => {}).then(work);
    this.#waiting.set(key, turn);
    const leave = (): void => {
      if (this.#waiting.get(key) === turn) this.#waiting.delete(key);
    };
    turn.then(leave, leave);
    return turn;
  }
}

/** An agent's message waits in the store: the desk must say why it does not leave. */
export async function refuseStored(center: Center, message: FlowMessage, error: CenterError): Promise<void> {
  const whatsapp = whatsappOf(message);
  if (whatsapp?.direction !== 'outbound' || typeof whatsapp.id !== 'string') return;
  await center.run('refuseOutbound', { messageId: whatsapp.id, code: error.code, text: error.message });
}

/** Templates are made for outside the window. */
function isTemplate(message: FlowMessage): boolean {
  return record(whatsappOf(message)?.template) !== null;
}

function refresh(message: FlowMessage, session: SessionSnapshot): void {
  const conversation = record(message.conversation);
  if (conversation === null) message.conversation = { session };
  else conversation.session = session;
}

function openSession(until: number, now: number, hours: number): SessionSnapshot {
  const length = hours * HOUR_MS;
  return {
    lastCustomerMessageAt: new Date(until - length).toISOString(),
    expiresAt: new Date(until).toISOString(),
    open: true,
    remainingMs: Math.min(length, until - now),
  };
}
