import { isAbsolute, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { waitingDesk } from '../../../desk/api/http/waiting-page.ts';
import { createDesk } from '../../../desk/api/desk.ts';
import type { Center } from '../../center/center.ts';
import { CenterError } from '../../domain/errors.ts';
import { createChannel } from '../../twilio/channel.ts';
import type { ChannelAccount } from '../../twilio/channel.ts';
import { channelAccountOf } from '../accounts/outboxes.ts';
import type { CenterSettings, CenterSlot, DeskPart } from './center-slot.ts';
import { booleanOf, numberOf, pathOf, textOf, urlOf } from '../config-values.ts';
import { HttpHost } from '../http-host.ts';
import type { Registry } from '../registry.ts';
import type { NodeConfig, RuntimeApi } from '../runtime-api.ts';

export interface CenterConfig extends NodeConfig {
  file?: unknown;
  path?: unknown;
  port?: unknown;
  host?: unknown;
  publicUrl?: unknown;
  allowHttp?: unknown;
  sessionHours?: unknown;
  closingMinutes?: unknown;
  disconnectedMinutes?: unknown;
}

export interface CenterCredentials {
  supervisorUsername?: string | undefined;
  supervisorPassword?: string | undefined;
}

/** What the desk is made with. */
export interface DeskSettings {
  path: string;
  /** 0: Node-RED's own port. */
  port: number;
  host: string;
  publicUrl: string;
  allowHttp: boolean;
  supervisor: { username: string; password: string } | null;
}

/** Store and length of the session; a file name alone lies in the user directory. */
export function centerSettings(config: CenterConfig, userDir: string): CenterSettings {
  const file = textOf(config.file) || 'whatsapp.sqlite';
  return {
    file: isAbsolute(file) ? file : resolve(userDir, file),
    sessionHours: numberOf(config.sessionHours, { fallback: 24, min: 1, max: 24 }),
    closingMinutes: numberOf(config.closingMinutes, { fallback: 60, min: 0, max: 1439 }),
    disconnectedMinutes: numberOf(config.disconnectedMinutes, { fallback: 30, min: 0, max: 10_080 }),
  };
}

/**
 * The desk's settings.
 * @throws CenterError `INVALID_PATH`
 */
export function deskSettings(config: CenterConfig, credentials: CenterCredentials): DeskSettings {
  const path = pathOf(config.path, '/desk');
  if (path === null) throw new CenterError('INVALID_PATH', `"${textOf(config.path)}" cannot be the path of the desk.`);
  const username = textOf(credentials.supervisorUsername);
  const password = credentials.supervisorPassword ?? '';
  return {
    path,
    port: Math.trunc(numberOf(config.port, { fallback: 0, min: 0, max: 65_535 })),
    host: textOf(config.host) || '0.0.0.0',
    publicUrl: urlOf(config.publicUrl),
    allowHttp: booleanOf(config.allowHttp),
    supervisor: username !== '' && password !== '' ? { username, password } : null,
  };
}

/**
 * Serves the desk of a center on Node-RED's port or one of its own, once the store is open. A desk whose settings are the
 * same as before a deploy is left alone, with every agent's live connection. Until it is there, its place is held.
 * @param closed true when the node that asks is being closed
 * @returns false when the store could not be opened: it is tried again, and the place stays held
 * @throws CenterError `PATH_TAKEN` or `PORT_UNAVAILABLE`
 */
export function serveDesk(
  RED: RuntimeApi,
  registry: Registry,
  slot: CenterSlot,
  settings: DeskSettings,
  closed: () => boolean,
): Promise<boolean> {
  return slot.deskTurns.run(async () => {
    const opening = slot.center().catch(() => null);
    await slot.letGoOfDesk();
    slot.deskHold = await holdDesk(RED, registry, settings);
    const center = await opening;
    if (center === null && !closed()) return false;
    try {
      if (center === null || closed()) return false;
      const key = JSON.stringify([settings, center.instance]);
      if (slot.desk?.key === key) return true;
      const before = slot.desk;
      slot.desk = null;
      await before?.close();
      slot.desk = await openDesk(RED, registry, slot, center, settings, key);
      return true;
    } finally {
      await slot.letGoOfDesk();
    }
  });
}

/**
 * Answers 503 in the desk's place, so that browsers wait and programs ask again; whoever has the path or the port keeps it.
 * @returns the way out
 */
async function holdDesk(RED: RuntimeApi, registry: Registry, settings: DeskSettings): Promise<() => Promise<void>> {
  const text = (name: string): string => RED._(`contact-center.waiting.${name}`);
  const host = settings.port > 0 ? new HttpHost() : registry.host;
  const letGo = host.hold(settings.path, waitingDesk({ title: text('title'), text: text('text') }));
  const listening = settings.port > 0 ? await host.listen(settings.port, settings.host).catch(() => null) : null;
  listening?.unref();
  return async () => {
    letGo();
    await listening?.close();
  };
}

async function openDesk(
  RED: RuntimeApi,
  registry: Registry,
  slot: CenterSlot,
  center: Center,
  settings: DeskSettings,
  key: string,
): Promise<DeskPart> {
  const ownPort = settings.port > 0;
  const host = ownPort ? new HttpHost() : registry.host;
  if (host.isMounted(settings.path)) {
    throw new CenterError('PATH_TAKEN', `The path ${settings.path} is in use already.`, { details: { path: settings.path } });
  }
  const desk = createDesk({
    center,
    channel: createChannel({ center, accounts: () => channelAccounts(registry, slot) }),
    basePath: `${host.basePath}${settings.path}`,
    publicUrl: settings.publicUrl,
    allowHttp: settings.allowHttp,
    supervisor: settings.supervisor,
    log: deskLog(RED),
    webRoot: builtPage('desk/web'),
  });
  try {
    const unmount = host.mount(settings.path, desk.handler);
    // Only now: the path has been served without a gap, and the port has to be free.
    await slot.letGoOfDesk();
    const listening = ownPort ? await listenOn(host, settings) : null;
    return {
      key,
      close: async () => {
        unmount();
        await desk.close();
        await listening?.close();
      },
    };
  } catch (error) {
    await desk.close();
    throw error;
  }
}

/** The accounts of a center that can be used now; one that cannot is left out. */
async function channelAccounts(registry: Registry, slot: CenterSlot): Promise<ChannelAccount[]> {
  const accounts = await Promise.allSettled(registry.accountsOf(slot).map((one) => channelAccountOf(one)));
  return accounts.filter((one) => one.status === 'fulfilled').map(({ value }) => value);
}

async function listenOn(host: HttpHost, { port, host: address }: DeskSettings) {
  try {
    return await host.listen(port, address);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CenterError('PORT_UNAVAILABLE', `The desk cannot listen on port ${port}: ${reason}`, {
      cause: error,
      details: { port },
    });
  }
}

function deskLog(RED: RuntimeApi) {
  const prefixed = (text: string): string => `[contact-center] ${text}`;
  return {
    info: (text: string) => RED.log.info(prefixed(text)),
    warn: (text: string) => RED.log.warn(prefixed(text)),
    error: (text: string) => RED.log.error(prefixed(text)),
  };
}

/** The folder of a built page; the source in a checkout uses what was built last. */
export function builtPage(folder: string): string {
  const root = import.meta.url.endsWith('.ts') ? '../../../dist/' : '../../../';
  return fileURLToPath(new URL(`${root}${folder}/`, import.meta.url));
}
