import type { Center } from '../../center/center.ts';
import type { HandedMessage } from '../../center/contract.ts';
import { bareAddress } from '../../domain/address.ts';
import { isFailure, parseStatus } from '../../domain/delivery-status.ts';
import { CenterError } from '../../domain/errors.ts';
import type { ErrorCode } from '../../domain/errors.ts';
import type { CenterEvent } from '../../domain/events.ts';
import type { CenterSlot } from '../centers/center-slot.ts';
import { Feeder } from './feeder.ts';
import { messageFor } from './message.ts';
import type { FlowMessage } from '../runtime-api.ts';

/** A `whatsapp-in`. */
export interface InboundReader {
  /** Gets a message of its own. */
  deliver(message: FlowMessage): void;
  /** Wants no messages of conversations that are in a queue or with an agent. */
  quiet: boolean;
  /** Told how many messages wait, while there are more than a flow can be given at once; 0 when that is over. */
  backlog(waiting: number): void;
}

/** The account whose messages are handed out, as far as that takes. */
interface FedAccount {
  readonly ready: Promise<Center>;
  readonly center: CenterSlot | null;
  readonly account: { id: string } | undefined;
}

/** A long backlog is counted this often, in milliseconds. */
const COUNT_EVERY_MS = 1_000;

/**
 * Hands an account's messages to its `whatsapp-in` nodes. One for the account, however many nodes read it, because
 * a message is handed over once; it runs only while somebody reads.
 */
export class InboundFeed {
  readonly #slot: FedAccount;
  readonly #clone: (message: FlowMessage) => FlowMessage;
  readonly #onError: (error: unknown) => void;
  readonly #readers = new Set<InboundReader>();
  readonly #feeder: Feeder;
  #center: CenterSlot | null = null;
  #draining = false;
  #backlog = 0;
  #countedAt = -Infinity;

  constructor(slot: FedAccount, options: { clone(message: FlowMessage): FlowMessage; onError(error: unknown): void }) {
    this.#slot = slot;
    this.#clone = options.clone;
    this.#onError = options.onError;
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
    this.#center?.addFeeder(this.#feeder, this.#slot.account?.id);
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
    const quiet = [...this.#readers].every((reader) => reader.quiet);
    const taken = await center.run('takeInbound', { accountIds: [accountId], instance: center.instance, limit, quiet });
    this.#draining = taken.length === limit;
    if (!this.#draining) this.#tellBacklog(0);
    else if (performance.now() - this.#countedAt > COUNT_EVERY_MS) this.#count(center, accountId).catch(this.#onError);
    return taken;
  }

  async #count(center: Center, accountId: string): Promise<void> {
    this.#countedAt = performance.now();
    const { waiting } = await center.query('inboundWaiting', { accountId });
    if (this.#draining) this.#tellBacklog(waiting);
  }

  #tellBacklog(waiting: number): void {
    if (waiting === this.#backlog) return;
    this.#backlog = waiting;
    for (const reader of this.#readers) reader.backlog(waiting);
  }

  #deliver(handed: HandedMessage): void {
    this.#center?.noteHandover();
    const message = messageFor(handed);
    let first = true;
    for (const reader of this.#readers) {
      if (reader.quiet && handed.conversation.handledBy !== 'flow') continue;
      reader.deliver(first ? message : this.#clone(message));
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
  // An agent took back an answer that waited for the customer: it went nowhere, and nothing went wrong.
  if (known === 'canceled' && code === null && errorCode === null) return null;
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
