import { CenterError } from '../domain/errors.ts';
import { AccountSlot } from './accounts/account-slot.ts';
import { Arrivals } from './accounts/arrivals.ts';
import { CenterSlot } from './centers/center-slot.ts';
import type { CenterSettings } from './centers/center-slot.ts';
import type { HttpHost, Listening } from './http-host.ts';
import { InboundFeed } from './feeding/inbound-feed.ts';
import { OutNodes } from './accounts/out-nodes.ts';
import { closeOutbox } from './accounts/outboxes.ts';
import { hostAtHead } from './root-app.ts';
import type { RuntimeApi } from './runtime-api.ts';

const registries = new WeakMap<object, Registry>();

/** The registry of a Node-RED runtime; made, with the HTTP handler at its head, when the first of our nodes is loaded. */
export function registryOf(RED: RuntimeApi): Registry {
  let registry = registries.get(RED.httpNode);
  if (registry === undefined) {
    registry = new Registry(RED, hostAtHead(RED.httpNode));
    registries.set(RED.httpNode, registry);
  }
  return registry;
}

/**
 * What outlives deploys: stores by file, accounts by path, and the HTTP handler. Config nodes claim on construction
 * and drop on close; what nobody claims is released once the flows have started, not before, so that a webhook in
 * the middle of a deploy still finds its way.
 */
export class Registry {
  readonly host: HttpHost;
  readonly outs = new OutNodes();
  readonly #RED: RuntimeApi;
  readonly #centers = new Map<string, CenterSlot>();
  readonly #accounts = new Map<string, AccountSlot>();
  readonly #arrivals = new Map<string, Arrivals>();
  readonly #starting = new Set<() => void>();
  #local: Promise<Listening> | null = null;
  #flowing = false;
  #work: Promise<void> = Promise.resolve();

  constructor(RED: RuntimeApi, host: HttpHost) {
    this.host = host;
    this.#RED = RED;
    RED.events.on('flows:stopping', this.#onStopping);
    RED.events.on('flows:started', this.#onStarted);
  }

  /**
   * Claims a store for a config node.
   * @throws CenterError `FILE_TAKEN` when another config node holds it
   */
  claimCenter(nodeId: string, settings: CenterSettings): CenterSlot {
    let slot = this.#centers.get(settings.file);
    if (slot === undefined) {
      slot = new CenterSlot(settings);
      this.#centers.set(settings.file, slot);
    } else if (slot.holder !== null && slot.holder !== nodeId) {
      throw new CenterError('FILE_TAKEN', `Another contact-center node uses the file ${settings.file}.`, {
        details: { file: settings.file },
      });
    } else {
      slot.configure(settings);
    }
    slot.holder = nodeId;
    return slot;
  }

  /**
   * Claims a webhook path for a config node.
   * @throws CenterError `PATH_TAKEN` when another config node or the desk holds it
   */
  claimAccount(nodeId: string, path: string): AccountSlot {
    let slot = this.#accounts.get(path);
    if (slot === undefined) {
      if (this.host.isMounted(path)) throw pathTaken(path);
      slot = new AccountSlot(path, (made) => this.#inboundFeed(made));
      this.#accounts.set(path, slot);
    } else if (slot.holder !== null && slot.holder !== nodeId) {
      throw pathTaken(path);
    }
    slot.holder = nodeId;
    return slot;
  }

  /** Every account that can be used, with its config node's id in `account.id`. */
  accounts(): AccountSlot[] {
    return [...this.#accounts.values()].filter((slot) => slot.holder !== null && slot.account !== undefined);
  }

  accountsOf(center: CenterSlot): AccountSlot[] {
    return this.accounts().filter((slot) => slot.center === center);
  }

  centers(): CenterSlot[] {
    return [...this.#centers.values()].filter((slot) => slot.holder !== null);
  }

  /** The arrival counter of a `whatsapp-out`; it survives deploys, as the messages in other nodes may. */
  arrivalsOf(nodeId: string): Arrivals {
    let arrivals = this.#arrivals.get(nodeId);
    if (arrivals === undefined) this.#arrivals.set(nodeId, (arrivals = new Arrivals()));
    return arrivals;
  }

  /** A node that is gone for good. */
  forgetArrivals(nodeId: string): void {
    this.#arrivals.delete(nodeId);
    this.outs.forget(nodeId);
  }

  /** Called after each start of the flows, deploys included. Returns the way out. */
  onStarted(action: () => void): () => void {
    this.#starting.add(action);
    return () => void this.#starting.delete(action);
  }

  /**
   * Where our handler is reached on this machine, whatever Node-RED's own port, address and certificate are. The
   * simulator and the nodes talk to each other here; opened at the first use.
   */
  localUrl(): Promise<string> {
    this.#local ??= this.host.listen(0, '127.0.0.1');
    return this.#local.then((listening) => {
      listening.unref();
      return `http://127.0.0.1:${listening.port}${this.host.basePath}`;
    });
  }

  /** Resolves when what the last start of the flows brought about is done. */
  settled(): Promise<void> {
    return this.#work;
  }

  /** Releases everything, for programs that embed Node-RED and for tests; a process that ends needs none of it. */
  async close(): Promise<void> {
    this.#RED.events.removeListener('flows:stopping', this.#onStopping);
    this.#RED.events.removeListener('flows:started', this.#onStarted);
    await this.#work;
    await Promise.all([...this.#accounts.values()].map((slot) => closeAccount(slot)));
    await Promise.all([...this.#centers.values()].map((slot) => slot.close()));
    await this.#local?.then((listening) => listening.close());
    this.#accounts.clear();
    this.#centers.clear();
  }

  #inboundFeed(slot: AccountSlot): InboundFeed {
    return new InboundFeed(slot, {
      clone: (message) => this.#RED.util.cloneMessage(message),
      onError: (error) => this.#RED.log.warn(`[whatsapp-in] ${String(error)}`),
    });
  }

  readonly #onStopping = (): void => {
    this.#flowing = false;
    for (const slot of this.#centers.values()) void slot.stopFeeding();
  };

  readonly #onStarted = (): void => {
    this.#flowing = true;
    this.host.flowsStarted();
    for (const action of [...this.#starting]) action();
    this.#work = this.#work.then(() => this.#afterStart());
  };

  async #afterStart(): Promise<void> {
    // What an account is still sending is not waited for: the flows' messages would wait with it.
    await releaseUnclaimed(this.#accounts, (slot) => {
      void closeOutbox(slot);
      return slot.close();
    });
    await releaseUnclaimed(this.#centers, (slot) => slot.close());
    if (!this.#flowing) return;
    await Promise.all([...this.#centers.values()].map((slot) => slot.startFeeding().catch(() => {})));
  }
}

async function releaseUnclaimed<Slot extends { holder: string | null }>(
  slots: Map<string, Slot>,
  close: (slot: Slot) => Promise<void>,
) {
  for (const [key, slot] of slots) {
    if (slot.holder !== null) continue;
    slots.delete(key);
    await close(slot);
  }
}

async function closeAccount(slot: AccountSlot): Promise<void> {
  await slot.close();
  await closeOutbox(slot);
}

function pathTaken(path: string): CenterError {
  return new CenterError('PATH_TAKEN', `The path ${path} is in use already.`, { details: { path } });
}
