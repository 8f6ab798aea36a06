import path from 'node:path';
import { packageRoot } from '../../scripts/paths.ts';
import type { WebhookLoad, WebhookResult } from '../load/webhooks.ts';
import { AUTH_TOKEN, PUBLIC_URL, SENDER, WEBHOOK_PATH } from '../parts/flows.ts';
import { runGenerator } from '../parts/machine.ts';

const CONNECTIONS = 32;
/** They write in turn, so that each has a conversation after the first second. */
const CUSTOMERS = 1_000;
/** Above anything this can reach, so that nothing has to be signed while the clock runs. */
const MOST_PER_SECOND = 20_000;

let batches = 0;

/** Sends webhooks for a while; every SID in them is new, on both sides. */
export function load(port: number, address: string, seconds: number, extra: Partial<WebhookLoad> = {}): Promise<WebhookResult> {
  const request: WebhookLoad = {
    port,
    path: address,
    signedUrl: PUBLIC_URL + WEBHOOK_PATH,
    authToken: AUTH_TOKEN,
    sender: SENDER,
    customers: CUSTOMERS,
    batch: String(++batches),
    connections: CONNECTIONS,
    seconds,
    prepared: MOST_PER_SECOND * seconds,
    ...extra,
  };
  return runGenerator<WebhookResult>(path.join(packageRoot, 'bench', 'load', 'webhooks.ts'), request);
}
