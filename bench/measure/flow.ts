import { DatabaseSync } from 'node:sqlite';
import type { WebhookResult } from '../load/webhooks.ts';
import {
  accountFlow,
  coreNodesFlow,
  CREDENTIALS,
  end,
  PEER_PATH,
  sessionGuard,
  transcriptStore,
  WEBHOOK_PATH,
  whatsappIn,
} from '../parts/flows.ts';
import { againstPeer, type Measurement } from '../parts/result.ts';
import { alternate, figureOf, type Plan } from '../parts/rounds.ts';
import type { Server } from '../parts/server.ts';
import { withServers } from '../parts/server.ts';
import { until } from '../../scripts/node-red-process.ts';
import { load } from './webhook-load.ts';

/** A round of ours: what was left for the search index when it ended. */
interface KeptResult extends WebhookResult {
  toIndex: number;
}

/** A flow of ours from webhook to kept transcript, against a flow of core nodes of that length: on one core and on all, as for a webhook. */
export async function measureFlow(plan: Plan): Promise<Measurement[]> {
  return [await measure(plan, false), await measure(plan, true)];
}

function measure(plan: Plan, allCores: boolean): Promise<Measurement> {
  const flows = accountFlow(whatsappIn('guard'), sessionGuard('store'), transcriptStore('end'), end());
  return withServers(
    { flows, ours: true, credentials: CREDENTIALS, allCores },
    { flows: coreNodesFlow(), ours: false, allCores },
    async (ours, peer) => {
      const countPath = '/bench/count';
      const loadOurs = async (seconds: number): Promise<KeptResult> => {
        const result = await load(ours.port, WEBHOOK_PATH, seconds, { countPath });
        const toIndex = textsToIndex(ours);
        // What is left in the store must not run on while the peer is measured.
        await drained(ours);
        return { ...result, toIndex };
      };
      await loadOurs(plan.warmSeconds);
      await load(peer.port, PEER_PATH, plan.warmSeconds);
      const results = await alternate(
        plan.rounds,
        () => loadOurs(plan.roundSeconds),
        () => load(peer.port, PEER_PATH, plan.roundSeconds),
      );
      const acknowledged = figureOf(results.ours.map((round) => round.acknowledged / round.seconds));
      const completed = figureOf(results.ours.map((round) => round.completed));
      const toIndex = figureOf(results.ours.map((round) => round.toIndex));
      return againstPeer({
        id: allCores ? 'flow-all-cores' : 'flow',
        what: `Webhook → store → \`whatsapp-in\` → \`session-guard\` → \`transcript-store\`, counted at the flow’s end; server on ${allCores ? 'all cores' : 'one core'}`,
        peer: '`http in` → function, change, switch, function → `http response`',
        unit: 'messages/s',
        ours: figureOf(results.ours.map(({ completed, seconds }) => completed / seconds)),
        against: figureOf(results.peer.map((round) => round.acknowledged / round.seconds)),
        atLeast: 0.6,
        failures: [...results.ours, ...results.peer].reduce((sum, round) => sum + round.refused, 0),
        notes: [
          `${acknowledged.median.toFixed(0)}/s acknowledged meanwhile`,
          `of ${completed.median.toFixed(0)} kept texts in a round ${toIndex.median.toFixed(0)} entered the search index after it`,
        ],
      });
    },
  );
}

/** Kept texts that are not in the search index yet. */
function textsToIndex(server: Server): number {
  const store = new DatabaseSync(server.storeFile, { readOnly: true });
  try {
    return Number(store.prepare('select count(*) as n from texts_to_index').get()!['n']);
  } finally {
    store.close();
  }
}

/** Waits until nothing more comes out of the flow, and all that it kept can be searched. */
async function drained(server: Server): Promise<void> {
  let before = -1;
  await until(
    'the flow has worked off what is stored',
    async () => {
      const now = await server.count();
      const still = now === before && textsToIndex(server) === 0;
      before = now;
      return still;
    },
    120,
  );
}
