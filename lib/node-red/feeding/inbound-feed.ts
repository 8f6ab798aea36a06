import type { HandedMessage } from '../../center/contract.ts';
import { bareAddress } from '../../domain/address.ts';
import { isFailure, parseStatus } from '../../domain/delivery-status.ts';
import { CenterError } from '../../domain/errors.ts';
import type { ErrorCode } from '../../domain/errors.ts';
import type { CenterEvent } from '../../domain/events.ts';
import type { AccountSlot } from '../accounts/account-slot.ts';
import type { CenterSlot } from '../centers/center-slot.ts';
import { Feeder } from './feeder.ts';
import { messageFor } from './message.ts';
import type { FlowMessage } from '../runtime-api.ts';

/** A `whatsapp-in`: gets a message of its own. */
export type InboundReader = (message: FlowMessage) => void;

/**
 * Hands an account's messages to its `whatsapp-in` nodes. One for the account, however many nodes read it, because
 * a message is handed over once; it runs only while somebody reads.
 */
export class InboundFeed {
  readonly #slot: AccountSlot;
  readonly #clone: (message: FlowMessage) => FlowMessage;
  readonly #readers = new Set<InboundReader>();
  readonly #feeder: Feeder;
  #center: CenterSlot | null = null;

  constructor(slot: AccountSlot, options: { clone(message: FlowMessage): FlowMessage; onError(error: unknown): void }) {
    this.#slot = slot;
    this.#clone = options.clone;
    this.#feeder = new Feeder({
      take: (limit) => this.#take(limit),
      deliver: (handed) => this.#deliver(handed),
      onError: options.onError,
    });
  }

  /** @throws CenterError what keeps the account from working */
  async add(reader: InboundReader): Promise<void> {
    this.#readers.add(reader);
    await this.#slot.ready;
    if (this.#center !== null || this.#readers.size === 0) return;
    this.#center = this.#slot.center;
    this.#center?.addFeeder(this.#feeder);
  }

  async remove(reader: InboundReader): Promise<void> {
    this.#readers.delete(reader);
    if (this.#readers.size > 0) return;
    const center = this.#center;
    this.#center = null;
    await center?.removeFeeder(this.#feeder);
  }

  async #take(limit: number): Promise<HandedMessage[]> {
    const center = await this.#slot.ready;
    const accountId = this.#slot.account?.id;
    if (accountId === undefined) return [];
    return center.run('takeInbound', { accountIds: [accountId], instance: center.instance, limit });
  }

  #deliver(handed: HandedMessage): void {
    this.#center?.noteHandover();
    const message = messageFor(handed);
    let first = true;
    for (const reader of this.#readers) {
      reader(first ? message : this.#clone(message));
      first = false;
    }
  }
}

/** `msg` for a delivery status, on `whatsapp-in`'s second output. */
export function statusMessage(event: CenterEvent): FlowMessage {
  const { status, sid, to } = event.data as unknown as StatusFacts;
  return {
    topic: bareAddress(to),
    payload: status,
    whatsapp: { id: event.messageId, ...(sid === null ? {} : { sid }), direction: 'outbound', to, status },
  };
}

/** Why a delivery failed, or null when it did not. */
export function deliveryFailure(event: CenterEvent): CenterError | null {
  const { status, code, errorCode, errorText } = event.data as unknown as StatusFacts;
  const known = parseStatus(status);
  if (known === undefined || !isFailure(known)) return null;
  return new CenterError(
    code ?? 'TWILIO_REFUSED',
    errorText ?? status,
    typeof errorCode === 'number' ? { twilioCode: errorCode } : {},
  );
}

/** What a `message.status` event says. */
interface StatusFacts {
  status: string;
  sid: string | null;
  to: string;
  code: ErrorCode | null;
  errorCode: number | null;
  errorText: string | null;
}
