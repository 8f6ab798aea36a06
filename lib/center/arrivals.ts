import { CenterError, isStoreTrouble } from '../domain/errors.ts';
import type { WhatsAppMessage } from '../domain/message.ts';
import type { Center } from './center.ts';
import type { HandedMessage, ReceiveArgs } from './contract.ts';

/** With fewer messages than this coming in at a time each is received at once. */
const MANY = 8;
/** On their way to flows that wait, at most: what a flow is given in one turn of the event loop holds up the webhooks. */
const MOST_HANDED = 64;
/** Entered with one commit; those who wait for an acknowledgement wait for no more than this. */
const MOST_AT_ONCE = 128;
/** While messages are being acknowledged, at least one part in so many of the time goes to entering. */
const LEAST_SHARE = 16;
const LONGEST_PAUSE_MS = 200;
/** A store that is in trouble is tried again after so many milliseconds. */
const AGAIN_AFTER_MS = 1_000;

/** The flow that an account's messages are for. */
export interface Reader {
  /** It has been given everything there was and waits for more. */
  readonly waits: boolean;
  /** Gives it a message that was handed over with the commit that received it. */
  give(handed: HandedMessage): void;
  /** The message's commit has failed and may yet be found in the file: handed over, while the flow has not got it. */
  doubt(messageId: string): void;
}

/** Readers by their account's id. */
export type Readers = ReadonlyMap<string, Reader>;

/**
 * Customers' messages on their way in. Each is on disk before it is acknowledged. When many come at once and no flow waits for
 * them, they are kept as they are first and entered after, in their order, with conversation, window, indexes and events:
 * Twilio waits 15 seconds for an answer and does not ask again, a flow that has enough to do can wait.
 *
 * Entering takes the time that acknowledging leaves, and never less than its share. It does not give way at all while a flow waits.
 *
 * A flow that waits is handed its message with the commit that receives it, and need not ask the store for it.
 */
export class Arrivals {
  readonly #run: Center['run'];
  readonly #instance: string;
  readonly #readers: Readers;
  readonly #onProblem: (error: unknown, messageId: string | null) => void;
  #underWay = 0;
  #onTheirWayToFlows = 0;
  #kept = 0;
  /** Some are kept and not entered: until there are none, what comes joins them. */
  #behind = false;
  #entering: Promise<void> | null = null;
  #closed = false;
  #endPause = (): void => {};
  /** Those who wait for the last of what is kept. */
  #hurried: ((trouble?: Error) => void)[] = [];

  /** @param onProblem told of a message that cannot be entered because of a defect; it stays kept and is tried at the next start */
  constructor(
    center: Pick<Center, 'run' | 'instance'>,
    readers: Readers,
    onProblem: (error: unknown, messageId: string | null) => void,
  ) {
    this.#run = center.run;
    this.#instance = center.instance;
    this.#readers = readers;
    this.#onProblem = onProblem;
  }

  /** Resolves when the message is on disk. @throws CenterError `STORE_UNAVAILABLE`, `STORE_OVERLOADED` */
  async take(args: ReceiveArgs): Promise<void> {
    const reader = this.#readers.get(args.accountId);
    this.#underWay++;
    try {
      const waits = reader?.waits === true;
      if (!this.#behind && (waits || this.#underWay < MANY)) {
        if (waits && this.#onTheirWayToFlows < MOST_HANDED) await this.#receiveFor(reader, args);
        else await this.#run('receive', args);
        return;
      }
      this.#behind = true;
      this.#kept++;
      await this.#run('keepArrival', { accountId: args.accountId, arrival: JSON.stringify(args) });
    } finally {
      this.#underWay--;
      if (this.#behind) this.#enter();
    }
  }

  /** Enters what an earlier process has kept. */
  async resume(): Promise<void> {
    const { waiting } = await this.#run('resumeArrivals', {});
    if (!waiting) return;
    this.#behind = true;
    this.#enter();
  }

  /** Resolves when nothing is kept any more; entering does not give way until then. @throws what keeps the store from it */
  enterAll(): Promise<void> {
    if (!this.#behind) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#hurried.push((trouble) => (trouble === undefined ? resolve() : reject(trouble)));
      this.#endPause();
      this.#enter();
    });
  }

  /** Enters nothing more; what is kept stays on disk. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#endPause();
    await this.#entering;
    this.#tellHurried(new CenterError('STORE_UNAVAILABLE', 'The contact center is closed.'));
  }

  async #receiveFor(reader: Reader, args: ReceiveArgs): Promise<void> {
    this.#onTheirWayToFlows++;
    try {
      const { handed } = await this.#run('receive', { ...args, handTo: this.#instance });
      const { message, accountId } = args;
      if (handed !== null) reader.give({ ...handed, message: asStored(message), accountId, redelivered: false });
    } catch (error) {
      if (isStoreTrouble(error)) reader.doubt(args.message.id);
      throw error;
    } finally {
      this.#onTheirWayToFlows--;
    }
  }

  #enter(): void {
    this.#entering ??= this.#enterInTurn().finally(() => (this.#entering = null));
  }

  async #enterInTurn(): Promise<void> {
    let most = MOST_AT_ONCE;
    while (!this.#closed) {
      const started = performance.now();
      const kept = this.#kept;
      try {
        const { more } = await this.#run('enterArrivals', { most });
        most = MOST_AT_ONCE;
        // Whatever was kept meanwhile came after the look.
        if (!more && kept === this.#kept) {
          this.#behind = false;
          this.#tellHurried();
          return;
        }
        await this.#giveWay(performance.now() - started);
      } catch (error) {
        if (isStoreTrouble(error)) {
          this.#tellHurried(error);
          await this.#pause(AGAIN_AFTER_MS);
        } else if (most > 1) most = 1;
        else {
          await this.#setAside(error);
          most = MOST_AT_ONCE;
        }
      }
    }
  }

  async #setAside(cause: unknown): Promise<void> {
    try {
      const { messageId } = await this.#run('setArrivalAside', { problem: String(cause) });
      this.#onProblem(cause, messageId);
    } catch {
      // The store is in trouble as well: the message is the oldest still, and its turn comes again.
      await this.#pause(AGAIN_AFTER_MS);
    }
  }

  #tellHurried(trouble?: Error): void {
    for (const tell of this.#hurried.splice(0)) tell(trouble);
  }

  async #giveWay(tookMs: number): Promise<void> {
    if (this.#hurried.length > 0 || this.#underWay < MANY || this.#isAnyAwaited()) return;
    await this.#pause(Math.min(tookMs * (LEAST_SHARE - 1), LONGEST_PAUSE_MS));
  }

  #isAnyAwaited(): boolean {
    for (const { waits } of this.#readers.values()) if (waits) return true;
    return false;
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.#closed) return resolve();
      const timer = setTimeout(resolve, ms);
      timer.unref();
      this.#endPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** A webhook's parameters inherit nothing; a flow has them from the store as a plain object, which has `hasOwnProperty` and the like. */
function asStored(message: WhatsAppMessage): WhatsAppMessage {
  return message.params === undefined ? message : { ...message, params: { ...message.params } };
}
