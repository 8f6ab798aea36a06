import type { Center } from '../../center/center.ts';
import type { CenterEvent } from '../../domain/events.ts';
import { kindOfCode } from '../../domain/error-kinds.ts';
import type { Registry } from '../registry.ts';
import type { StatusLine } from '../status.ts';
import type { AccountSlot } from './account-slot.ts';
import { watchWaiting } from './outboxes.ts';

/** Numbers below this are said by Twilio's API at once; the others come later, from WhatsApp, about a message that was taken. */
const FROM_WHATSAPP = 30_000;

/** Statuses that show that WhatsApp takes messages of this sender. */
const TAKEN: ReadonlySet<unknown> = new Set(['sent', 'delivered', 'read']);

/** What an account says under itself: the most urgent of all that is to be said. */
export class AccountLine {
  readonly #status: StatusLine;
  readonly #mode: 'ready' | 'simulator';
  #refused: number | null = null;
  #waiting: number | null = null;
  #fetched: number | null = null;
  #forgetRefusals: () => void = () => {};

  constructor(status: StatusLine, mode: 'ready' | 'simulator') {
    this.#status = status;
    this.#mode = mode;
  }

  show(): void {
    if (this.#refused !== null) this.#status.show('refusedByTwilio', { code: this.#refused });
    else if (this.#waiting !== null) this.#status.show('waitingForTwilio', { count: this.#waiting });
    else if (this.#fetched !== null) this.#status.show('catchingUp', { count: this.#fetched });
    else this.#status.show(this.#mode);
  }

  /** Follows what waits and what is being fetched. Returns the way out. */
  follow(registry: Registry, slot: AccountSlot): () => void {
    const undo = [
      watchWaiting(registry.outs, slot, (count) => {
        this.#waiting = count;
        this.show();
      }),
      slot.watchCatchUp((count) => {
        this.#fetched = count;
        this.show();
      }),
    ];
    return () => {
      this.#forgetRefusals();
      for (const one of undo) one();
    };
  }

  /**
   * Notices when Twilio or WhatsApp refuses the account itself (credentials, sender, limits), until a message gets through.
   * @param tell told once of each such time, with Twilio's number
   */
  watchRefusals(center: Center, accountId: string, tell: (twilioCode: number) => void): void {
    this.#forgetRefusals();
    this.#forgetRefusals = center.subscribe((events) => {
      for (const event of events) if (event.accountId === accountId) this.#note(event, tell);
    });
  }

  #note({ type, data }: CenterEvent, tell: (twilioCode: number) => void): void {
    const code = data['twilioCode'];
    if (type === 'message.failed' && typeof code === 'number' && kindOfCode(code) === 'account') {
      if (code === this.#refused) return;
      this.#refused = code;
      tell(code);
    } else if (this.#refused === null) {
      return;
    } else if (type === 'message.status' && TAKEN.has(data['status'])) {
      this.#refused = null;
    } else if (type === 'message.sent' && this.#refused < FROM_WHATSAPP) {
      this.#refused = null;
    } else {
      return;
    }
    this.show();
  }
}
