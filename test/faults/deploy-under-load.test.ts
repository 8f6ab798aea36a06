import { expect } from 'chai';
import { until } from '../../scripts/node-red-process.ts';
import type { FlowNode } from '../support/demo.ts';
import { changed, configNodes, node, recorder } from './support/flows.ts';
import { expectNoLeak } from './support/leaks.ts';
import { Load } from './support/load.ts';
import { Victim, type Deployment } from './support/victim.ts';
import { Webhooks } from './support/webhooks.ts';

const DEPLOYS = 20;
/** Each deploy with the slow neighbour takes its three seconds; the others show what many deploys in a row do. */
const WITH_NEIGHBOUR = 3;
const CLOSING_MS = 3000;
const SENDERS = 8;
const PAUSE_MS = 20;
const MOST_MS = 1000;

describe('deploys under webhook load (I5)', () => {
  let victim: Victim;
  let webhooks: Webhooks;
  const acked = new Set<string>();

  before(async () => {
    const flows = (publicUrl: string): FlowNode[] => [
      ...configNodes({ publicUrl, apiBaseUrl: 'http://127.0.0.1:9' }),
      node('in', 'whatsapp-in', { account: 'account' }, 'guard', []),
      node('guard', 'session-guard', { center: 'center' }, 'end', []),
      recorder('end'),
      // Somebody else's endpoint on our path, and one beside it.
      node('same', 'http in', { url: '/whatsapp/inbound', method: 'post' }, 'taken'),
      recorder('taken', 'answer'),
      node('near', 'http in', { url: '/whatsapp-too/inbound', method: 'post' }, 'answer'),
      node('answer', 'http response', { statusCode: '222' }),
      node('neighbour', 'slow-to-close', {}),
    ];
    const neighbours = { 'slow-to-close': `this.on('close', (done) => setTimeout(done, ${CLOSING_MS}));` };
    victim = await Victim.start(flows, { neighbours });
    webhooks = new Webhooks(victim.port);
  });

  after(async () => {
    webhooks.close();
    await victim.dispose();
  });

  /** What is made anew in one deploy: each node and both config nodes in turn, where only changed nodes are. */
  function round(type: Deployment, number: number): Parameters<typeof changed>[1] {
    const name = `${type} ${number}`;
    const turn = ['in', 'account', 'center', 'guard'][number % 4]!;
    return {
      [type === 'nodes' ? turn : 'guard']: { name },
      neighbour: number < WITH_NEIGHBOUR ? { name, d: false } : { name, d: true },
    };
  }

  for (const type of ['full', 'nodes', 'flows'] as const) {
    it(`${DEPLOYS} deploys (${type}) refuse no webhook and leave none without an answer`, async () => {
      const load = new Load({ webhooks, senders: SENDERS, pauseMs: PAUSE_MS });
      load.start();
      await until('the load is there', () => load.acked.size > SENDERS);
      const started = performance.now();
      for (let number = 0; number < DEPLOYS; number += 1) {
        const before = load.acked.size;
        await victim.deploy(type, changed(victim.flows, round(type, number)));
        await until('webhooks went on', () => load.acked.size > before);
      }
      const seconds = (performance.now() - started) / 1000;
      await load.stop();
      for (const sid of load.acked) acked.add(sid);
      const p99 = load.quantile(0.99);
      console.log(`      ${load.acked.size} webhooks in ${seconds.toFixed(0)} s, p99 ${p99.toFixed(0)} ms`);
      expect(seconds, 'the neighbour was waited for').to.be.above((WITH_NEIGHBOUR * CLOSING_MS) / 1000);
      expect(load.others, 'neither refused nor unanswered').to.deep.equal([]);
      expect(p99).to.be.below(MOST_MS);
    });
  }

  it('loses none of them on the way to the flow, and gives none to anybody else', async () => {
    expect(victim.missing(acked)).to.deep.equal([]);
    const seen = (): Set<string | undefined> => new Set(victim.toldAt('end').map(({ id }) => id));
    await until('all have come by', () => seen().size === acked.size);
    expect(victim.toldAt('taken')).to.deep.equal([]);
    expect((await webhooks.post('/whatsapp-too/inbound', {})).status).to.equal(222);
  });

  it('leaves no text, name or secret in the log (I26)', () => expectNoLeak(victim));
});
