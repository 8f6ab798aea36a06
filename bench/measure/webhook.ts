import { DatabaseSync } from 'node:sqlite';
import { until } from '../../scripts/node-red-process.ts';
import type { WebhookResult } from '../load/webhooks.ts';
import { accountFlow, CREDENTIALS, PEER_PATH, plainHttpFlow, WEBHOOK_PATH } from '../parts/flows.ts';
import { againstPeer, type Measurement } from '../parts/result.ts';
import { alternate, figureOf, type Plan } from '../parts/rounds.ts';
import { withServers, type Server } from '../parts/server.ts';
import { load } from './webhook-load.ts';

/** A round of ours: what was acknowledged is counted again in the store. */
interface StoredResult extends WebhookResult {
  /** Messages that were in their conversations when the round ended; all others were on disk and waited for that. */
  entered: number;
  /** Seconds until the last of them was there, too. */
  behindSeconds: number;
}

const LONGEST_BEHIND_S = 120;

/**
 * A webhook that is verified, committed and answered, against core nodes that store nothing: with the server bound to one core,
 * which our two threads then share, and with all cores, as it runs on a real machine.
 */
export async function measureWebhook(plan: Plan): Promise<Measurement[]> {
  return [await measure(plan, false), await measure(plan, true)];
}

function measure(plan: Plan, allCores: boolean): Promise<Measurement> {
  return withServers(
    { flows: accountFlow(), ours: true, credentials: CREDENTIALS, allCores },
    { flows: plainHttpFlow(), ours: false, allCores },
    async (ours, peer) => {
      await loadAndStore(ours, plan.warmSeconds);
      await load(peer.port, PEER_PATH, plan.warmSeconds);
      const results = await alternate(
        plan.rounds,
        () => loadAndStore(ours, plan.roundSeconds),
        () => load(peer.port, PEER_PATH, plan.roundSeconds),
      );
      const perSecond = (side: WebhookResult[]) => figureOf(side.map(({ acknowledged, seconds }) => acknowledged / seconds));
      const slowest = (side: WebhookResult[]): string => figureOf(side.map(({ p99 }) => p99)).median.toFixed(1);
      const busy = figureOf([...results.ours, ...results.peer].map(({ generatorBusy }) => generatorBusy)).max;
      const entered = figureOf(results.ours.map((round) => round.entered / round.seconds)).median;
      const behind = figureOf(results.ours.map(({ behindSeconds }) => behindSeconds)).median;
      return againstPeer({
        id: allCores ? 'webhook-all-cores' : 'webhook',
        what: `Webhook: signature checked, message committed to disk, answered; server on ${allCores ? 'all cores' : 'one core'}`,
        peer: '`http in` → `http response`, storing nothing',
        unit: 'requests/s',
        ours: perSecond(results.ours),
        against: perSecond(results.peer),
        atLeast: 1,
        failures: [...results.ours, ...results.peer].reduce((sum, round) => sum + round.refused, 0),
        notes: [
          `${entered.toFixed(0)}/s were entered into their conversations meanwhile, the rest of the ${plan.roundSeconds} s within ${behind.toFixed(1)} s after`,
          `p99 ${slowest(results.ours)} ms against ${slowest(results.peer)} ms`,
          `generator at most ${Math.round(100 * busy)} % busy`,
        ],
      });
    },
  );
}

/** What is kept and not entered must not run on while the peer is measured, and each acknowledged message must be there. */
async function loadAndStore(server: Server, seconds: number): Promise<StoredResult> {
  const store = new DatabaseSync(server.storeFile, { readOnly: true });
  try {
    const count = (table: 'messages' | 'arrivals'): number =>
      Number(store.prepare(`select count(*) as n from ${table}`).get()!['n']);
    const before = count('messages');
    const result = await load(server.port, WEBHOOK_PATH, seconds);
    const ended = performance.now();
    const entered = count('messages') - before;
    await until('all that was kept is entered', () => count('arrivals') === 0, LONGEST_BEHIND_S);
    const behindSeconds = (performance.now() - ended) / 1000;
    const stored = count('messages') - before;
    if (stored < result.acknowledged) throw new Error(`${result.acknowledged} were acknowledged, and ${stored} are stored.`);
    return { ...result, entered, behindSeconds };
  } finally {
    store.close();
  }
}
