import { createHash, randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Center } from '../../center/center.ts';
import { CenterError } from '../../domain/errors.ts';
import type { MountedHandler } from '../../http/mounted.ts';
import { sameText } from '../../http/same-text.ts';
import type { Account } from '../../twilio/account.ts';
import { createWebhooks } from '../../twilio/webhooks.ts';
import type { SimulatedIdentity } from './account-config.ts';
import type { AccountSlot, SimulatorPart } from './account-slot.ts';
import { builtPage } from '../centers/center-service.ts';
import type { CenterSlot } from '../centers/center-slot.ts';
import type { Registry } from '../registry.ts';
import type { RuntimeApi } from '../runtime-api.ts';

/** Mounts the webhooks of a path, once; they outlive every deploy in which somebody still claims the path. */
export function serveWebhooks(RED: RuntimeApi, registry: Registry, slot: AccountSlot): void {
  if (registry.host.isMounted(slot.path)) return;
  const prefixed = (text: string): string => `[whatsapp-account${slot.account?.name ? `:${slot.account.name}` : ''}] ${text}`;
  slot.log = { info: (text) => RED.log.info(prefixed(text)), warn: (text) => RED.log.warn(prefixed(text)) };
  const webhooks = createWebhooks({
    account: () => slot.account,
    center: () => slot.centerForRequest(),
    log: slot.log,
    onWebhook: () => slot.noteWebhook(),
    onRefused: (url) => slot.noteRefused(url),
  });
  slot.onRelease(registry.host.mount(slot.path, webhooks));
}

/**
 * The center of an account, once it may be used by it.
 * @throws CenterError `CLOCK_MOVED` for a real account on a store whose clock was ever moved
 */
export async function usableCenter(center: CenterSlot, mode: Account['mode']): Promise<Center> {
  const opened = await center.center();
  if (mode === 'twilio' && (await opened.query('clock', {})).moved) {
    throw new CenterError(
      'CLOCK_MOVED',
      'The clock of this contact center was moved with a simulator, so its times are not real. Give a real account a store of its own.',
    );
  }
  return opened;
}

/** Secrets and addresses of a simulated account; they stay the same as long as the path is claimed. */
export async function simulatedIdentity(registry: Registry, slot: AccountSlot): Promise<SimulatedIdentity> {
  // The same after a restart, because the addresses of files that still have to be fetched hold it.
  const accountSid = `AC${createHash('sha256').update(slot.path).digest('hex').slice(0, 32)}`;
  slot.identity ??= { accountSid, authToken: randomBytes(16).toString('hex') };
  return { ...slot.identity, localUrl: await registry.localUrl() };
}

/** Runs the simulator behind an account; the one that runs already is left alone while nothing about it has changed. */
export function serveSimulator(
  RED: RuntimeApi,
  registry: Registry,
  slot: AccountSlot,
  account: Account,
  centerSlot: CenterSlot,
  center: Center,
): Promise<void> {
  return slot.simulatorTurns.run(async () => {
    const key = JSON.stringify([account, center.instance]);
    if (slot.simulator?.key === key) return;
    const before = slot.simulator;
    slot.simulator = null;
    await before?.close();
    slot.simulator = await openSimulator(RED, registry, account, centerSlot, center, key);
  });
}

async function openSimulator(
  RED: RuntimeApi,
  registry: Registry,
  account: Account,
  centerSlot: CenterSlot,
  center: Center,
  key: string,
): Promise<SimulatorPart> {
  const { createSimulator } = await import('../../simulator/simulator.ts');
  const phoneKey = randomBytes(16).toString('hex');
  let offsetMs = (await center.query('clock', {})).offsetMs;
  const unsubscribe = center.subscribe((events) => {
    for (const event of events) if (event.type === 'clock.moved') offsetMs = Number(event.data.offsetMs);
  });
  const simulator = createSimulator({
    account,
    webhookBase: () => `${account.publicUrl}${account.path}`,
    now: () => center.now(),
    clockOffset: () => offsetMs,
    skipClock: async (byMs) => {
      const allSimulators = registry.accountsOf(centerSlot).every((other) => other.account?.mode === 'simulator');
      return (await center.run('skipClock', { byMs, allSimulators })).offsetMs;
    },
    mayUse: (request) => isOnThisMachine(request) || hasKey(request, phoneKey),
    pageRoot: builtPage('lib/simulator/phone'),
    log: { warn: (text) => RED.log.warn(`[whatsapp-account] ${text}`) },
    file: `${center.file}.${account.id}.phone.json`,
  });
  const unmount = registry.host.mount(`${account.path}/simulator`, keepingKey(phoneKey, simulator.handler));
  return {
    key,
    phoneKey,
    close: async () => {
      unmount();
      unsubscribe();
      await simulator.close();
    },
  };
}

/**
 * Turns the key in the page's address into a cookie, so that everything the page asks for afterwards has it, too. The
 * path is left to the browser: ours may lie behind a proxy that changes it.
 */
function keepingKey(phoneKey: string, handler: MountedHandler): MountedHandler {
  return (request, response, subPath) => {
    const asked = askedKey(request);
    if (asked !== null && sameText(asked, phoneKey)) {
      response.setHeader('set-cookie', `${KEY_COOKIE}=${phoneKey}; HttpOnly; SameSite=Strict`);
    }
    handler(request, response, subPath);
  };
}

/** A peer on the loopback that no proxy has brought: behind a proxy everybody comes from there. */
function isOnThisMachine(request: IncomingMessage): boolean {
  const { headers, socket } = request;
  if (headers['x-forwarded-for'] !== undefined || headers.forwarded !== undefined || headers['x-real-ip'] !== undefined)
    return false;
  const peer = socket.remoteAddress ?? '';
  return peer === '::1' || /^(::ffff:)?127\./.test(peer);
}

const KEY_COOKIE = 'twentyfour-phone';

/** The key in the page's address. */
function askedKey(request: IncomingMessage): string | null {
  return new URL(request.url ?? '/', 'http://localhost').searchParams.get('key');
}

function hasKey(request: IncomingMessage, phoneKey: string): boolean {
  const cookie = new RegExp(`(?:^|;\\s*)${KEY_COOKIE}=([0-9a-f]+)`).exec(request.headers.cookie ?? '')?.[1];
  return [askedKey(request), cookie].some((given) => typeof given === 'string' && sameText(given, phoneKey));
}
