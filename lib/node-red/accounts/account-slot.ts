import type { Center } from '../../center/center.ts';
import { systemClock } from '../../center/clock.ts';
import type { Clock } from '../../center/clock.ts';
import { CenterError } from '../../domain/errors.ts';
import type { Account } from '../../twilio/account.ts';
import type { CenterSlot } from '../centers/center-slot.ts';
import type { InboundFeed } from '../feeding/inbound-feed.ts';
import { Turns } from '../centers/turns.ts';
import { within } from '../centers/within.ts';

/** How an account's webhooks are getting on; times in milliseconds by the machine's clock. */
export interface WebhookState {
  /** The last one that came was stored, or was refused because of its signature; none has come since the start. */
  kind: 'none' | 'arriving' | 'refused';
  /** When the last one was stored. */
  lastAt: number | null;
  /** Since when nothing but refused ones came. */
  refusedSince: number | null;
  /** The address that was checked for the last refused one, without its password. */
  refusedUrl: string | null;
}

/** Those who look are told of another minute, not of each webhook. */
const MINUTE_MS = 60_000;

/** How long a request from outside waits for the store, in milliseconds. */
const STORE_WAIT_MS = 10_000;

/** The simulator behind an account, kept as long as its options stay the same. */
export interface SimulatorPart {
  key: string;
  /** What opens the phone page from another machine. */
  phoneKey: string;
  close(): Promise<void>;
}

/** What an account does beside sending and receiving, kept as long as its settings stay the same. */
interface BackgroundPart {
  key: string;
  close(): Promise<void>;
}

/**
 * One webhook path in this process. As the center's slot, it outlives the config node: between the stop and the
 * start of a deploy webhooks are still checked and stored with the account as it was.
 */
export class AccountSlot {
  readonly path: string;
  readonly inbound: InboundFeed;
  /** The config node that holds the path; null between the stop and the start of a deploy. */
  holder: string | null = null;
  /** Undefined while the account cannot be used; its webhooks then answer 503. */
  account: Account | undefined;
  center: CenterSlot | null = null;
  /** The center, when this account may use it; rejects with what is wrong. */
  ready: Promise<Center>;
  /** The same once it is there; for the road of every webhook, which has no time for timers. */
  current: Center | null = null;
  /** A simulated account's secrets, made once. */
  identity: { accountSid: string; authToken: string } | null = null;
  /** Node-RED's log with the account's name; set where its webhooks are served, before anything else of it runs. */
  log: { info(text: string): void; warn(text: string): void } = { info: () => {}, warn: () => {} };
  simulator: SimulatorPart | null = null;
  background: BackgroundPart | null = null;
  /** Simulator and background work are changed by one deploy after the other. */
  readonly simulatorTurns = new Turns();
  readonly backgroundTurns = new Turns();
  readonly #catchUpWatchers = new Set<(received: number | null) => void>();
  readonly #release: (() => void)[] = [];
  readonly #watchers = new Set<(state: WebhookState) => void>();
  readonly #clock: Clock;
  #webhooks: WebhookState = { kind: 'none', lastAt: null, refusedSince: null, refusedUrl: null };

  constructor(path: string, inbound: (slot: AccountSlot) => InboundFeed, clock: Clock = systemClock) {
    this.path = path;
    this.#clock = clock;
    this.inbound = inbound(this);
    this.ready = Promise.reject(new CenterError('CENTER_MISSING', 'The account has no contact center.'));
    this.ready.catch(() => {});
  }

  /** Begins anew with a config node: from now on everybody waits for what it brings about. */
  begin(ready: Promise<Center>): void {
    this.ready = ready;
    this.current = null;
    ready.then(
      (center) => {
        if (this.ready === ready) this.current = center;
      },
      () => {
        if (this.ready === ready) this.account = undefined;
      },
    );
  }

  /** The center for a request from outside: at once where it is open, and not waited for without end. */
  centerForRequest(): Center | Promise<Center> {
    return this.current ?? within(this.ready, STORE_WAIT_MS);
  }

  /** To be undone when nobody claims the path any more. */
  onRelease(undo: () => void): void {
    this.#release.push(undo);
  }

  get webhooks(): WebhookState {
    return this.#webhooks;
  }

  /** A webhook was stored. */
  noteWebhook(): void {
    this.#note({ kind: 'arriving', lastAt: this.#clock.now(), refusedSince: null, refusedUrl: null });
  }

  /** A webhook was refused because of its signature. */
  noteRefused(url: string): void {
    const { lastAt, refusedSince } = this.#webhooks;
    this.#note({ kind: 'refused', lastAt, refusedSince: refusedSince ?? this.#clock.now(), refusedUrl: url });
  }

  #note(state: WebhookState): void {
    const before = this.#webhooks;
    this.#webhooks = state;
    const minute = (at: number | null): number => Math.floor((at ?? 0) / MINUTE_MS);
    if (state.kind === before.kind && minute(state.lastAt) === minute(before.lastAt)) return;
    for (const watcher of this.#watchers) watcher(state);
  }

  /** Told at each change that can be seen. Returns the way out. */
  watchWebhooks(watcher: (state: WebhookState) => void): () => void {
    this.#watchers.add(watcher);
    return () => void this.#watchers.delete(watcher);
  }

  /** How many messages were fetched that no webhook had brought; null when that is over. */
  noteCatchUp(received: number | null): void {
    for (const watcher of this.#catchUpWatchers) watcher(received);
  }

  /** Returns the way out. */
  watchCatchUp(watcher: (received: number | null) => void): () => void {
    this.#catchUpWatchers.add(watcher);
    return () => void this.#catchUpWatchers.delete(watcher);
  }

  stopBackground(): Promise<void> {
    return this.backgroundTurns.run(async () => {
      const running = this.background;
      this.background = null;
      await running?.close();
    });
  }

  stopSimulator(): Promise<void> {
    return this.simulatorTurns.run(async () => {
      const running = this.simulator;
      this.simulator = null;
      await running?.close();
    });
  }

  async close(): Promise<void> {
    for (const undo of this.#release.splice(0)) undo();
    this.account = undefined;
    await this.stopBackground();
    await this.stopSimulator();
  }
}
