import { accountFlow, CREDENTIALS, end, pump, sessionGuard, switchFlow, WEBHOOK_PATH, whatsappIn } from '../parts/flows.ts';
import { againstPeer, type Measurement } from '../parts/result.ts';
import { alternate, figureOf, type Plan } from '../parts/rounds.ts';
import { withServers, type Server } from '../parts/server.ts';
import { until } from '../../scripts/node-red-process.ts';
import { load } from './webhook-load.ts';

interface Pumped {
  messages: number;
  seconds: number;
}

/** One node of ours against the core node that asks the same of the same message: both only decide and pass on. */
export function measureGuard(plan: Plan): Promise<Measurement> {
  const flows = accountFlow(whatsappIn('pump'), pump('guard'), sessionGuard('end'), end());
  return withServers(
    { flows, ours: true, credentials: CREDENTIALS },
    { flows: switchFlow(), ours: false },
    async (ours, peer) => {
      await giveSample(ours, peer);
      const pumpFor = (server: Server, seconds: number): Promise<Pumped> => server.post('/bench/pump', { ms: seconds * 1000 });
      await pumpFor(ours, plan.warmSeconds);
      await pumpFor(peer, plan.warmSeconds);
      const results = await alternate(
        plan.rounds,
        () => pumpFor(ours, plan.roundSeconds),
        () => pumpFor(peer, plan.roundSeconds),
      );
      const perSecond = (side: Pumped[]) => figureOf(side.map(({ messages, seconds }) => messages / seconds));
      return againstPeer({
        id: 'guard',
        what: '`session-guard` alone, within the window',
        peer: 'core `switch` on `msg.conversation.session.open`',
        unit: 'messages/s',
        ours: perSecond(results.ours),
        against: perSecond(results.peer),
        atLeast: 0.5,
        failures: 0,
        notes: [],
      });
    },
  );
}

/** One real message, as it comes out of `whatsapp-in`, for both sides. */
async function giveSample(ours: Server, peer: Server): Promise<void> {
  await load(ours.port, WEBHOOK_PATH, 0.1, { connections: 1, customers: 1, prepared: 100 });
  const sample = await until('a message has come out of whatsapp-in', async () => {
    const answer = await fetch(`${ours.url}/bench/sample`);
    return (await answer.json()) as object | null;
  });
  await peer.post('/bench/sample', sample);
}
