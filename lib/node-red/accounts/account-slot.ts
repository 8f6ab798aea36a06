import type { Center } from '../../center/center.ts';
import { CenterError } from '../../domain/errors.ts';
import type { Account } from '../../twilio/account.ts';
import type { CenterSlot } from '../centers/center-slot.ts';
import type { InboundFeed } from '../feeding/inbound-feed.ts';
import { Turns } from '../centers/turns.ts';

/** What a `whatsapp-in` shows of its account's webhooks. */
export type WebhookState = { kind: 'none' } | { kind: 'arriving' } | { kind: 'refused'; url: string };

/** The simulator behind an account, kept as long as its options stay the same. */
export interface SimulatorPart {
  key: string;
  /** What opens the phone page from another machine. */
  phoneKey: string;
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
  /** A simulated account's secrets, made once. */
  identity: { accountSid: string; authToken: string } | null = null;
  simulator: SimulatorPart | null = null;
  /** The simulator is changed by one deploy after the other. */
  readonly simulatorTurns = new Turns();
  readonly #release: (() => void)[] = [];
  readonly #watchers = new Set<(state: WebhookState) => void>();
  #webhooks: WebhookState = { kind: 'none' };

  constructor(path: string, inbound: (slot: AccountSlot) => InboundFeed) {
    this.path = path;
    this.inbound = inbound(this);
    this.ready = Promise.reject(new CenterError('CENTER_MISSING', 'The account has no contact center.'));
    this.ready.catch(() => {});
  }

  /** Begins anew with a config node: from now on everybody waits for what it brings about. */
  begin(ready: Promise<Center>): void {
    this.ready = ready;
    ready.catch(() => {
      if (this.ready === ready) this.account = undefined;
    });
  }

  /** To be undone when nobody claims the path any more. */
  onRelease(undo: () => void): void {
    this.#release.push(undo);
  }

  get webhooks(): WebhookState {
    return this.#webhooks;
  }

  /** Webhooks arrive, or one was refused because of its signature. */
  noteWebhook(state: WebhookState): void {
    if (state.kind === this.#webhooks.kind) return;
    this.#webhooks = state;
    for (const watcher of this.#watchers) watcher(state);
  }

  /** Told at each change. Returns the way out. */
  watchWebhooks(watcher: (state: WebhookState) => void): () => void {
    this.#watchers.add(watcher);
    return () => void this.#watchers.delete(watcher);
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
    await this.stopSimulator();
  }
}
