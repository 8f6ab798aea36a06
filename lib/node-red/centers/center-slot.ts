import type { Center } from '../../center/center.ts';
import { openCenter } from '../../center/open-center.ts';
import type { EventTail } from '../feeding/event-tail.ts';
import type { Feeder } from '../feeding/feeder.ts';
import { asCenterError, Health } from '../health.ts';
import { runtimeProblem } from '../runtime-check.ts';
import { Turns } from './turns.ts';
import { within } from './within.ts';

/** A message counts as taken up when the process has lived this long after handing it over, in milliseconds. */
const SETTLE_AFTER_MS = 10_000;

/** How long somebody waits for a store that is being opened, in milliseconds. */
const OPEN_WAIT_MS = 10_000;

/** Machines correct their clocks by a little now and then. */
const CLOCK_TOLERANCE_MS = 60_000;

const TICK_MS = 1_000;
/** A store that could not be opened is tried again this often: disks and mounts come back. */
const REOPEN_MS = 10_000;

export interface CenterSettings {
  /** Absolute. */
  file: string;
  sessionHours: number;
  /** How long before the end of a session window `session.closing` is said; 0 for never. */
  closingMinutes?: number;
  /** After how long without a desk an agent's active conversations go back to their queue; 0 for never. */
  disconnectedMinutes?: number;
}

/** What the settings say about what time brings. */
type Limits = Pick<CenterSettings, 'closingMinutes' | 'disconnectedMinutes'>;

/** A queue and the running node that serves it. */
export interface QueueServer {
  queueId: string;
  queueName: string;
  nodeId: string;
}

/** Something served beside the center as long as its options stay the same: the desk. */
export interface DeskPart {
  /** The options it was made with; another key means another desk. */
  key: string;
  close(): Promise<void>;
}

/**
 * One store file in this process. It outlives the config node: a deploy drops the node's claim and takes it again,
 * while webhooks go on being stored.
 */
export class CenterSlot {
  readonly file: string;
  readonly health = new Health();
  /** The config node that holds the file; null between the stop and the start of a deploy. */
  holder: string | null = null;
  desk: DeskPart | null = null;
  /** Lets go of the desk's place, which is held while the desk is not there. */
  deskHold: (() => Promise<void>) | null = null;
  /** The desk is changed by one deploy after the other. */
  readonly deskTurns = new Turns();
  readonly servers = new Map<string, QueueServer>();
  readonly #feeders = new Set<Feeder>();
  /** Those of accounts' messages, by the account's id. */
  readonly #readers = new Map<string, Feeder>();
  readonly #tails = new Set<EventTail>();
  readonly #onTick = new Set<() => void>();
  readonly #onUnentered = new Set<(error: unknown, messageId: string | null) => void>();
  #sessionHours: number;
  #limits: Limits;
  #opening: Promise<Center>;
  #center: Center | null = null;
  #openedAt = 0;
  #flowing = false;
  #feeding = false;
  #lastHandover = -Infinity;
  #closed = false;
  #timer: NodeJS.Timeout;
  /** The last attempt to open the store has failed. */
  #failed = false;
  #failedTicks = 0;
  #round: Promise<void> | null = null;

  constructor({ file, sessionHours, ...limits }: CenterSettings) {
    this.file = file;
    this.#sessionHours = sessionHours;
    this.#limits = limits;
    this.#opening = this.#open();
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
    this.#timer.unref();
  }

  /** When this process opened the store, by the center's clock: what was claimed before is another process's. */
  get openedAt(): number {
    return this.#openedAt;
  }

  /** The center when it is open already; for paths that must not wait. */
  get current(): Center | null {
    return this.#center;
  }

  /**
   * The center, once it is open.
   * @throws CenterError `STORE_UNAVAILABLE`, `RUNTIME_TOO_OLD`, or `STORE_UNAVAILABLE` after 10 s of waiting
   */
  async center(): Promise<Center> {
    if (this.#center !== null) return this.#center;
    const opening = this.#opening;
    return within(opening, OPEN_WAIT_MS).catch((error: unknown) => {
      // Whoever did not wait longer is told when it is open after all.
      if (!this.#failed && this.#opening === opening && this.#center === null) this.health.set(asCenterError(error));
      throw error;
    });
  }

  /** Another length of the session window needs the store opened anew; callers wait meanwhile. */
  configure({ sessionHours, closingMinutes, disconnectedMinutes }: CenterSettings): void {
    this.#limits = { closingMinutes, disconnectedMinutes };
    if (sessionHours === this.#sessionHours) return;
    this.#sessionHours = sessionHours;
    const before = this.#opening;
    this.#center = null;
    this.#opening = before
      .then((center) => center.close())
      .catch(() => {})
      .then(() => this.#open());
    this.#opening.catch(() => {});
  }

  /** How many minutes the center's clock is ahead of the machine's though nobody moved it; null when it is not. */
  get clockAheadMinutes(): number | null {
    const aheadMs = this.#center?.clockAheadMs() ?? 0;
    return aheadMs > CLOCK_TOLERANCE_MS ? Math.floor(aheadMs / 60_000) : null;
  }

  /** Runs about every second while the store is open. Returns the way out. */
  onTick(listener: () => void): () => void {
    this.#onTick.add(listener);
    return () => void this.#onTick.delete(listener);
  }

  /** Told of a message that a defect keeps out of its conversation: it is on disk and tried at the next start. Returns the way out. */
  onUnentered(listener: (error: unknown, messageId: string | null) => void): () => void {
    this.#onUnentered.add(listener);
    return () => void this.#onUnentered.delete(listener);
  }

  /** @param accountId whose messages it feeds; none for agents' answers */
  addFeeder(feeder: Feeder, accountId?: string): void {
    this.#feeders.add(feeder);
    if (accountId !== undefined) this.#readers.set(accountId, feeder);
    if (this.#feeding) feeder.resume();
  }

  async removeFeeder(feeder: Feeder): Promise<void> {
    this.#feeders.delete(feeder);
    for (const [accountId, reader] of this.#readers) if (reader === feeder) this.#readers.delete(accountId);
    await feeder.pause();
  }

  addTail(tail: EventTail): void {
    this.#tails.add(tail);
    if (this.#feeding) tail.resume();
  }

  async removeTail(tail: EventTail): Promise<void> {
    this.#tails.delete(tail);
    await tail.close();
  }

  /** A feeder gave something to a flow; it settles when enough time has passed. */
  noteHandover(): void {
    this.#lastHandover = performance.now();
  }

  /** Flows stop: nothing is handed over and nothing counts as taken up until they run again. */
  async stopFeeding(): Promise<void> {
    this.#flowing = false;
    this.#feeding = false;
    await Promise.all([...this.#feeders, ...this.#tails].map((part) => part.pause()));
  }

  /** Flows have started: what was handed over and not taken up comes first, then what is new. */
  async startFeeding(): Promise<void> {
    this.#flowing = true;
    await this.#feed(await this.#opening);
  }

  async #feed(center: Center): Promise<void> {
    if (this.#feeding) return;
    await center.run('reclaimHandovers', {});
    if (!this.#flowing || this.#feeding) return;
    this.#feeding = true;
    for (const part of [...this.#feeders, ...this.#tails]) part.resume();
  }

  /** The server that tells flows about conversations which are in no queue: the first by name. */
  firstServer(): QueueServer | null {
    let first: QueueServer | null = null;
    for (const server of this.servers.values()) if (first === null || server.queueName < first.queueName) first = server;
    return first;
  }

  /** The desk's place is held no more. */
  async letGoOfDesk(): Promise<void> {
    const letGo = this.deskHold;
    this.deskHold = null;
    await letGo?.();
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    await this.stopFeeding();
    await Promise.all([...this.#tails].map((tail) => this.removeTail(tail).catch(() => {})));
    await this.deskTurns
      .run(async () => {
        await this.letGoOfDesk();
        await this.desk?.close();
      })
      .catch(() => {});
    await this.#round;
    await this.#opening.then((center) => center.close()).catch(() => {});
    this.#center = null;
  }

  #open(): Promise<Center> {
    const opening = this.#openNow();
    this.#failed = false;
    opening
      .then((center) => {
        this.health.set(null);
        if (this.#flowing) return this.#feed(center);
      })
      .catch((error: unknown) => {
        this.#failed = true;
        this.health.set(asCenterError(error));
      });
    return opening;
  }

  async #openNow(): Promise<Center> {
    const tooOld = runtimeProblem();
    if (tooOld !== null) throw tooOld;
    const center = await openCenter({
      file: this.file,
      sessionHours: this.#sessionHours,
      readers: this.#readers,
      onUnentered: (error, messageId) => {
        for (const listener of this.#onUnentered) listener(error, messageId);
      },
    });
    await center.run('forgetServing', {});
    await center.run('closeAllDesks', {});
    await center.run('resumeMedia', { accountId: null });
    center.subscribe((_events, toTake) => {
      if (toTake) this.#wakeFeeders();
    });
    this.#openedAt = center.now();
    this.#center = center;
    return center;
  }

  #wakeFeeders(): void {
    for (const feeder of this.#feeders) feeder.wake();
  }

  #tick(): void {
    const center = this.#center;
    if (center === null) {
      this.#reopen();
      return;
    }
    for (const listener of this.#onTick) listener();
    this.#wakeFeeders();
    // One round at a time: a slow disk must not pile them up.
    this.#round ??= this.#runRound(center).finally(() => (this.#round = null));
  }

  async #runRound(center: Center): Promise<void> {
    try {
      await center.run('sweep', this.#limits);
      // A store that took nothing when the flows started takes it now.
      if (this.#flowing) await this.#feed(center);
      await this.#takeBackDoubtful(center);
      if (this.#feeding && performance.now() - this.#lastHandover < 2 * SETTLE_AFTER_MS) {
        await center.run('settleHandovers', { instance: center.instance, before: center.now() - SETTLE_AFTER_MS });
      }
      await Promise.all([...this.#tails].map((tail) => tail.tick()));
    } catch {
      // Whoever asks the store next is told; the next round tries again.
    }
  }

  /** Before anything settles: what a failed take may have marked as handed over, no flow has got. */
  async #takeBackDoubtful(center: Center): Promise<void> {
    if (!this.#feeding) return;
    const inDoubt = [...this.#feeders].filter((feeder) => feeder.inDoubt);
    if (inDoubt.length > 0) await center.run('reclaimHandovers', {});
    for (const feeder of inDoubt) feeder.inDoubt = false;
    for (const { doubtful } of this.#readers.values()) {
      if (doubtful.size === 0) continue;
      const messageIds = [...doubtful];
      await center.run('reclaimHandovers', { messageIds });
      for (const id of messageIds) doubtful.delete(id);
    }
  }

  #reopen(): void {
    if (this.#closed || !this.#failed || this.health.problem?.code !== 'STORE_UNAVAILABLE') return;
    this.#failedTicks += 1;
    if (this.#failedTicks * TICK_MS < REOPEN_MS) return;
    this.#failedTicks = 0;
    this.#opening = this.#open();
    this.#opening.catch(() => {});
  }
}
