import type { Center } from '../../center/center.ts';
import type { Account } from '../../twilio/account.ts';
import { createCatchUp, type CatchUpOptions } from '../../twilio/catch-up.ts';
import { createMediaFetcher } from '../../twilio/media/fetcher.ts';
import { createMediaLinks } from '../../twilio/media/media-link.ts';
import type { HttpHost } from '../http-host.ts';
import type { AccountSlot } from './account-slot.ts';

/** The simulator loses webhooks on request, and whoever plays with it should not wait for minutes to see them fetched. */
const SIMULATED: Pick<CatchUpOptions, 'everyMs' | 'graceMs'> = { everyMs: 15_000, graceMs: 10_000 };

/** Serves the files that Twilio fetches from us, once for a path; it outlives deploys as the webhooks do. */
export function serveMediaLinks(host: HttpHost, slot: AccountSlot): void {
  const path = `${slot.path}/media`;
  if (host.isMounted(path)) return;
  const links = createMediaLinks({ center: () => slot.centerForRequest(), log: slot.log });
  slot.onRelease(host.mount(path, links));
}

/**
 * Fetches customers' files and looks for what no webhook brought; what runs already is left alone while nothing about the
 * account has changed.
 */
export function serveBackground(slot: AccountSlot, account: Account, center: Center): Promise<void> {
  return slot.backgroundTurns.run(async () => {
    const key = JSON.stringify([account, center.instance]);
    if (slot.background?.key === key) return;
    const before = slot.background;
    slot.background = null;
    await before?.close();
    const { log } = slot;
    const fetcher = createMediaFetcher({ center, account, log });
    const catchUp = createCatchUp({
      center,
      account,
      log,
      ...(account.mode === 'simulator' ? SIMULATED : {}),
      onProgress: (received, done) => slot.noteCatchUp(done ? null : received),
    });
    catchUp.start();
    slot.background = {
      key,
      close: async () => {
        await Promise.all([catchUp.close(), fetcher.close().catch(() => {})]);
        slot.noteCatchUp(null);
      },
    };
  });
}
