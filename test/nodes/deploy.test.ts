import { expect } from 'chai';
import type { FlowMessage, NodeConfig, RuntimeNode } from '../../lib/node-red/runtime-api.ts';
import type { NodeSet } from 'node-red-node-test-helper';
import { config, onTab, TestRuntime } from './support/test-runtime.ts';

const flow = (round: number): object[] => [
  ...config({ name: `Round ${round}` }),
  ...onTab(
    { id: 'in', type: 'whatsapp-in', name: `Round ${round}`, account: 'account', wires: [['got'], []] },
    { id: 'got', type: 'probe', wires: [] },
    { id: 'slow', type: 'slow-to-close', name: `Round ${round}`, wires: [] },
  ),
];

/** A neighbour that takes its time. */
const slowToClose: NodeSet = (RED) => {
  function SlowToClose(this: RuntimeNode, settings: NodeConfig): void {
    RED.nodes.createNode(this, settings);
    this.on('close', (_removed, done) => void setTimeout(done, 50));
  }
  RED.nodes.registerType('slow-to-close', SlowToClose);
};

describe('a deploy under load', () => {
  let runtime: TestRuntime;

  beforeEach(async () => (runtime = await TestRuntime.start(flow(0), undefined, [slowToClose])));
  afterEach(() => runtime.stop());

  for (const type of ['full', 'nodes', 'flows'] as const) {
    it(`refuses no webhook and loses no message (${type})`, async function () {
      this.timeout(30_000);
      const answers: number[] = [];
      let running = true;
      const writer = async (name: string): Promise<void> => {
        for (let number = 0; running; number += 1) answers.push(await runtime.receive(`${name} ${number}`));
      };
      const writers = ['one', 'two', 'three', 'four'].map(writer);
      for (let round = 1; round <= 6; round += 1) await runtime.deploy(flow(round), type);
      running = false;
      await Promise.all(writers);
      expect(answers.filter((status) => status !== 200)).to.be.empty;
      expect(answers.length).to.be.above(6);
      const texts = new Set<unknown>();
      while (texts.size < answers.length) texts.add(((await runtime.inbox('got').next()) as FlowMessage).payload);
    });
  }
});
