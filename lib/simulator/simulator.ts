import type { IncomingMessage, ServerResponse } from 'node:http';
import type { MountedHandler } from '../http/mounted.ts';
import { BodyTooLarge, send } from '../http/mounted.ts';
import type { Account } from '../twilio/account.ts';
import { isOwnHost } from './api/guard.ts';
import { LiveUpdates } from './api/live-updates.ts';
import { isAssetPath, servePage } from './api/page.ts';
import { PhoneApi, sendProblem } from './api/phone-api.ts';
import { SimulatorLog } from './api/simulator-log.ts';
import { REAL_PACE } from './context.ts';
import type { Pace, SimulatorContext } from './context.ts';
import { Faults } from './faults.ts';
import { MediaFiles } from './media/media-files.ts';
import { MemoryFile } from './memory-file.ts';
import type { PhoneUpdate } from './phone-contract.ts';
import { isStoragePath, MediaApi } from './rest/media-api.ts';
import { isRestPath, RestApi, sendServerError } from './rest/rest-api.ts';
import { SAMPLE_CUSTOMERS } from './sample-customers.ts';
import { SimulatorState } from './state.ts';
import type { Remembered } from './records.ts';
import { InboundDelivery } from './webhooks/inbound-delivery.ts';
import { OutboundLife } from './webhooks/outbound-life.ts';
import { WebhookCaller } from './webhooks/webhook-caller.ts';
import { WebhookSettings } from './webhook-settings.ts';

/** Where a Messaging Service chooses the sender, it chooses this fictional one. */
const FICTIONAL_SENDER = 'whatsapp:+15550100100';
const RESUMED = new Set(['accepted', 'scheduled', 'queued', 'sending', 'sent']);

export interface SimulatorOptions {
  account: Account;
  /** The account's public address with its path, without a slash at the end; asked for at each call. */
  webhookBase: () => string;
  /** ms since 1970 by the center's clock, which {@link SimulatorOptions.skipClock} moves. */
  now: () => number;
  /** Moves the center's clock ahead; resolves to the new offset in ms. */
  skipClock: (byMs: number) => Promise<number>;
  /** By how many ms the clock has been moved. */
  clockOffset: () => number;
  /** Who may use the phone: loopback peers, or whoever has the key. */
  mayUse: (request: IncomingMessage) => boolean;
  /** The folder of the built phone page. */
  pageRoot: string;
  log: { warn(text: string): void };
  /** Keeps customers and threads over restarts; without it they are gone with the process. */
  file?: string;
  /** For tests, which do not wait for a telephone network. */
  pace?: Partial<Pace>;
}

export interface Simulator {
  /** To be mounted at `<account.path>/simulator`. */
  handler: MountedHandler;
  close(): Promise<void>;
}

/**
 * A stand-in for Twilio and for the customers' phones: the Messages API of Twilio on one side, signed webhooks on the
 * other, and a page on which a person plays the customers.
 */
export function createSimulator(options: SimulatorOptions): Simulator {
  const { account, now, webhookBase } = options;
  const stop = new AbortController();
  const pace = { ...REAL_PACE, ...options.pace };
  const updates = new LiveUpdates();
  const log = new SimulatorLog(now, (entry) => updates.tell({ type: 'log', entry }));
  const files = new MediaFiles(options.file ?? null);
  const state = new SimulatorState(now, tell, ({ media: file }) => void (file && files.remove(file.sid)));
  const faults = new Faults(() => updates.tell({ type: 'faults', faults: faults.view() }));
  const memory = options.file === undefined ? null : new MemoryFile(options.file, remember, unexpected);
  const webhooks = new WebhookSettings(webhookBase, () => memory?.changed());
  const caller = new WebhookCaller({ token: () => account.authTokens[0] ?? '', retryMs: pace.stepMs, signal: stop.signal });
  const context: SimulatorContext = {
    account,
    sender: account.sender || FICTIONAL_SENDER,
    webhookBase,
    webhooks,
    apiBase: () => account.apiBaseUrl || `${webhookBase()}/simulator`,
    now,
    pace,
    state,
    files,
    faults,
    caller,
    signal: stop.signal,
    log: (level, text) => log.add(level, text),
    unexpected,
  };
  const life = new OutboundLife(context);
  const inbound = new InboundDelivery(context);
  const media = new MediaApi(context);
  const rest = new RestApi(context, life, media);
  const { skipClock, clockOffset } = options;
  const phone = new PhoneApi({ context, life, inbound, updates, log, skipClock, clockOffset });
  let resume: NodeJS.Timeout | undefined;
  const ready = start();

  function tell(update: PhoneUpdate): void {
    updates.tell(update);
    memory?.changed();
  }

  function remember(): Remembered {
    return { ...state.remember(), webhook: webhooks.written };
  }

  function unexpected(error: unknown): void {
    if (!stop.signal.aborted) options.log.warn(`Simulator: ${error instanceof Error ? error.message : String(error)}`);
  }

  async function start(): Promise<void> {
    const remembered = await memory?.load();
    if (remembered) {
      state.recall(remembered);
      webhooks.recall(remembered.webhook ?? null);
      resume = setTimeout(goOn, pace.resumeMs);
    }
    for (const customer of SAMPLE_CUSTOMERS) state.addCustomer(customer);
  }

  /** What was under way when the process ended would have gone on at Twilio, so it goes on here. */
  function goOn(): void {
    for (const message of state.messages().reverse()) {
      if (message.direction === 'inbound') {
        if (message.webhook === null) inbound.begin(message);
      } else if (RESUMED.has(message.status)) life.begin(message);
    }
  }

  async function handle(request: IncomingMessage, response: ServerResponse, subPath: string): Promise<void> {
    await ready;
    if (isStoragePath(subPath)) {
      await media.serve(request, response, subPath);
      return;
    }
    if (isRestPath(subPath)) {
      await rest.handle(request, response, subPath);
      return;
    }
    if (request.method === 'GET' && isAssetPath(subPath) && (await servePage(response, options.pageRoot, subPath))) return;
    if (!options.mayUse(request)) {
      sendProblem(response, 403, 'The phone opens on the machine itself, or with the key that the account’s dialog shows.');
      return;
    }
    if (!isOwnHost(request, account.publicUrl)) {
      sendProblem(response, 403, `The phone opens under the account's public address, ${account.publicUrl}.`);
      return;
    }
    if (subPath.startsWith('/api/')) await phone.handle(request, response, subPath.slice('/api/'.length));
    else if (subPath === '' || subPath === '/') await openPage(request, response);
    else sendProblem(response, 404, 'There is nothing here.');
  }

  /** The page's own addresses are relative, so it needs the slash at the end. */
  async function openPage(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [path = '', query] = (request.url ?? '').split('?', 2);
    if (path.endsWith('/')) await servePage(response, options.pageRoot, '/');
    else
      send(response, 302, 'text/plain', '', {
        location: `${path.slice(path.lastIndexOf('/') + 1)}/${query === undefined ? '' : `?${query}`}`,
      });
  }

  return {
    handler: (request, response, subPath) => {
      handle(request, response, subPath).catch((error: unknown) => {
        if (error instanceof BodyTooLarge) {
          sendProblem(response, 413, error.message);
          return;
        }
        unexpected(error);
        sendServerError(response);
      });
    },
    async close(): Promise<void> {
      clearTimeout(resume);
      stop.abort();
      updates.close();
      await ready;
      await Promise.all([life.close(), inbound.close()]);
      await memory?.close();
    },
  };
}
