import type { WebhookResult } from '../load/webhooks.ts';
import { accountFlow, CREDENTIALS, PEER_PATH, plainHttpFlow, WEBHOOK_PATH } from '../parts/flows.ts';
import { againstPeer, type Measurement } from '../parts/result.ts';
import { alternate, figureOf, type Plan } from '../parts/rounds.ts';
import { withServers } from '../parts/server.ts';
import { load } from './webhook-load.ts';

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
      await load(ours.port, WEBHOOK_PATH, plan.warmSeconds);
      await load(peer.port, PEER_PATH, plan.warmSeconds);
      const results = await alternate(
        plan.rounds,
        () => load(ours.port, WEBHOOK_PATH, plan.roundSeconds),
        () => load(peer.port, PEER_PATH, plan.roundSeconds),
      );
      const perSecond = (side: WebhookResult[]) => figureOf(side.map(({ acknowledged, seconds }) => acknowledged / seconds));
      const slowest = (side: WebhookResult[]): string => figureOf(side.map(({ p99 }) => p99)).median.toFixed(1);
      const busy = figureOf([...results.ours, ...results.peer].map(({ generatorBusy }) => generatorBusy)).max;
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
          `p99 ${slowest(results.ours)} ms against ${slowest(results.peer)} ms`,
          `generator at most ${Math.round(100 * busy)} % busy`,
        ],
      });
    },
  );
}
