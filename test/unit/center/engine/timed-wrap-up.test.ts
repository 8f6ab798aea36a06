import { expect } from 'chai';
import { queueUp } from '../../../support/work.ts';
import { TestCenter } from '../../../support/center.ts';

const SECOND = 1_000;

describe('a wrap-up that holds capacity for a time', () => {
  let test: TestCenter;
  let queueId: string;
  let ann: string;
  let next = 0;
  beforeEach(async () => {
    test = await TestCenter.open();
    ann = await test.agent('ann');
  });
  afterEach(() => test.close());

  const serve = async (strategy: 'all' | 'least-active') => {
    const queue = { name: 'Support', nodeId: 'node', offerSeconds: 120, strategy, wrapUp: 60 };
    ({ queueId } = await test.center.run('serveQueue', queue));
    await test.center.run('changeQueue', { actorId: ann, queueId, change: { units: 2 } });
    await test.center.run('changeWork', { actorId: ann, agentId: ann, change: { capacity: 5 } });
  };
  const waits = async (): Promise<string> => {
    const { conversationId } = await test.receive('Hello', { from: `whatsapp:+1555400${1000 + next++}` });
    await queueUp(test.center, queueId, conversationId!);
    return conversationId!;
  };
  const take = async (): Promise<string> => {
    const conversationId = await waits();
    await test.center.run('accept', { conversationId, agentId: ann });
    return conversationId;
  };
  const offered = async () => (await test.center.query('home', { agentId: ann })).offers.map((offer) => offer.conversation.id);
  const after = async (seconds: number) => {
    test.time += seconds * SECOND;
    await test.center.run('sweep', {});
  };

  for (const strategy of ['all', 'least-active'] as const) {
    it(`brings what waits when it is over, also to somebody whose status stays busy (${strategy})`, async () => {
      await serve(strategy);
      const ended = await take();
      await take();
      await test.center.run('endConversation', { conversationId: ended, agentId: ann });
      const waiting = await waits();
      expect(await offered()).to.deep.equal([]);
      await after(59);
      expect(await offered()).to.deep.equal([]);
      await after(1);
      expect(await offered()).to.deep.equal([waiting]);
      const { length } = test.events;
      await after(1);
      expect(test.events.slice(length), 'said once').to.deep.equal([]);
    });
  }
});
