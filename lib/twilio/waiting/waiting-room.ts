import type { OutboundRow } from '../../center/contract.ts';
import type { Fallback } from '../../center/sending-contract.ts';
import type { Held, Lanes } from '../lanes.ts';
import type { Outcome } from '../outbox.ts';
import { inTime, Line, type Later } from './line.ts';

/** A message that is in the store as waiting, and certainly not at Twilio. */
export interface Waiting {
  messageId: string;
  /** What is in one lane leaves in order; it is held until the outcome is known. */
  place: Held;
  urgent: boolean;
  /** The `whatsapp-out` that it left by; null when nobody is known. */
  nodeId: string | null;
  fallback: Fallback | null;
  /** The message of the same text or answer that comes before it: without that one it would make no sense. */
  follows: Waiting | null;
  /** What became of it, once that is known. */
  outcome: Outcome | null;
}

interface Entry {
  waiting: Waiting;
  settle: (outcome: Outcome) => void;
}

/** What Twilio says about a message in doubt: nothing, that it does not tell us, that it has it, or that it cannot see it. */
export type Asked = 'not-asked' | 'refused' | 'found' | 'not-found';

/** When Twilio is asked again about what it could not see at first, in milliseconds. */
const ASK_AGAIN_AFTER_MS = [60_000, 600_000];

/** What the room needs to get rid of its messages. */
export interface RoomServer {
  lanes: Lanes;
  /** Sends it, `again` when that was not possible and it goes on waiting. Never throws. */
  attempt(waiting: Waiting): Promise<Outcome | 'again'>;
  /** Asks Twilio about a message whose fate is not known. Never throws. */
  ask(row: OutboundRow): Promise<Asked>;
  /** Twilio was lost: what has its turn still before it comes back here. */
  sendAway(): void;
}

/** How many wait, and whether Twilio is reached. */
export interface RoomState {
  waiting: number;
  reachable: boolean;
}

/**
 * Where an account's messages wait while Twilio cannot be reached. They lie in the store; this is who takes care of them in this
 * process: in order within a conversation, one attempt at a time until Twilio answers, and then all of them. It outlives deploys.
 */
export class WaitingRoom {
  readonly line: Line;
  readonly #lanes = new Map<string, Entry[]>();
  readonly #ids = new Set<string>();
  /** Lanes that have their turn already. */
  readonly #called = new Set<string>();
  readonly #doubts: { row: OutboundRow; times: number }[] = [];
  readonly #askingAgain = new Set<() => void>();
  readonly #later: Later;
  readonly #watchers = new Set<(state: RoomState) => void>();
  #server: RoomServer | null = null;
  #closed = false;
  /** Told of messages that an earlier process left behind, whose senders are not here to be answered. */
  onResumed: (waiting: Waiting, outcome: Outcome) => void = () => {};

  constructor({ line = new Line(), later = inTime }: { line?: Line; later?: Later } = {}) {
    this.line = line;
    this.#later = later;
    line.onTry = () => void this.#try();
    line.watch(() => {
      this.#tell();
      if (line.open) this.#callAll();
      else this.#server?.sendAway();
    });
  }

  /** Who sends from now on; called again when the account's settings have changed. */
  serve(server: RoomServer): void {
    this.#server = server;
    if (this.line.open) this.#callAll();
  }

  /** Whether a message must wait behind others, or because Twilio is not reached. */
  mustWait(lane: string): boolean {
    return !this.line.open || this.#lanes.has(lane);
  }

  get size(): number {
    return this.#ids.size;
  }

  /** Takes a message in; resolves with what becomes of it. */
  add(waiting: Waiting): Promise<Outcome> {
    return new Promise((resolve) => this.#put({ waiting, settle: resolve }));
  }

  /** Whether this message waits here. */
  has(messageId: string): boolean {
    return this.#ids.has(messageId);
  }

  /** Takes in what an earlier process has left, before anything new is sent. */
  resume(left: readonly Waiting[]): void {
    if (left.length === 0) return;
    // One at first: whether Twilio is there again nobody knows.
    this.line.lost();
    for (const waiting of left) this.#put({ waiting, settle: (outcome) => this.onResumed(waiting, outcome) });
  }

  /** A message whose fate is not known: before others are risked, Twilio is asked about it. */
  doubt(row: OutboundRow): void {
    this.#doubts.push({ row, times: 0 });
    this.line.lost();
  }

  /** Told when more or fewer wait. Returns the way out. */
  watch(watcher: (state: RoomState) => void): () => void {
    this.#watchers.add(watcher);
    watcher(this.#state());
    return () => void this.#watchers.delete(watcher);
  }

  /** What waits stays in the store. */
  close(): void {
    this.#closed = true;
    this.line.close();
    for (const cancel of this.#askingAgain) cancel();
    this.#watchers.clear();
  }

  #put(entry: Entry): void {
    const { place, messageId } = entry.waiting;
    const { lane } = place;
    const entries = this.#lanes.get(lane);
    if (entries === undefined) this.#lanes.set(lane, [entry]);
    else entries.push(entry);
    this.#ids.add(messageId);
    this.#tell();
    if (this.line.open) this.#call(lane);
  }

  /** The one call that finds out: about what is in doubt, else with the message that waits. */
  async #try(): Promise<void> {
    if (this.#doubts.length > 0) {
      if (await this.#askAll()) this.line.reached();
      else this.line.lost();
      return;
    }
    while (this.line.trying && !this.#closed) {
      const lane = this.#first();
      if (lane === null || this.#server === null) return this.line.reopen();
      await this.#server.lanes.run(lane, () => this.#attempt(lane));
    }
  }

  /** False when Twilio could not be asked. */
  async #askAll(): Promise<boolean> {
    for (let doubt = this.#doubts[0]; doubt !== undefined; doubt = this.#doubts[0]) {
      const said = this.#server === null ? 'not-asked' : await this.#server.ask(doubt.row);
      if (said === 'not-asked') return false;
      this.#doubts.shift();
      if (said !== 'found') this.#askAgain(doubt.row, doubt.times);
    }
    return true;
  }

  /** Twilio may see it later; a callback may tell sooner, and then there is nothing left to ask. */
  #askAgain(row: OutboundRow, times: number): void {
    const pause = ASK_AGAIN_AFTER_MS[times];
    if (pause === undefined || this.#closed) return;
    const cancel = this.#later(pause, () => {
      this.#askingAgain.delete(cancel);
      this.#doubts.push({ row, times: times + 1 });
      if (this.line.open) void this.#askAll();
    });
    this.#askingAgain.add(cancel);
  }

  #first(): string | null {
    let first: string | null = null;
    for (const [lane, [entry]] of this.#lanes) {
      first ??= lane;
      if (entry!.waiting.urgent) return lane;
    }
    return first;
  }

  #callAll(): void {
    for (const lane of this.#lanes.keys()) this.#call(lane);
  }

  #call(lane: string): void {
    if (this.#server === null || this.#called.has(lane) || this.#closed) return;
    this.#called.add(lane);
    const urgent = this.#lanes.get(lane)!.some(({ waiting }) => waiting.urgent);
    void this.#server.lanes.run(lane, () => this.#empty(lane), { urgent });
  }

  async #empty(lane: string): Promise<void> {
    while (this.line.open && !this.#closed && this.#lanes.has(lane)) await this.#attempt(lane);
    this.#called.delete(lane);
    // It may have opened again between the last attempt and now.
    if (this.line.open && this.#lanes.has(lane)) this.#call(lane);
  }

  /** Tries the first message of a lane. */
  async #attempt(lane: string): Promise<void> {
    const entries = this.#lanes.get(lane);
    const entry = entries?.[0];
    if (entries === undefined || entry === undefined || this.#closed) return;
    const outcome = await this.#server!.attempt(entry.waiting);
    if (outcome === 'again') {
      // Whatever it was, nobody else needs to run into it at once.
      this.line.lost();
      return;
    }
    entry.waiting.outcome = outcome;
    entries.shift();
    if (entries.length === 0) this.#lanes.delete(lane);
    this.#ids.delete(entry.waiting.messageId);
    entry.waiting.place.leave();
    entry.settle(outcome);
    this.#tell();
  }

  #state(): RoomState {
    return { waiting: this.#ids.size, reachable: this.line.open };
  }

  #tell(): void {
    const state = this.#state();
    for (const watcher of [...this.#watchers]) watcher(state);
  }
}
