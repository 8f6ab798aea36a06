import { expect } from 'chai';
import { HOUR, TestCenter } from '../../support/center.ts';

describe('what supervisors see', () => {
  let test: TestCenter;
  let sue: string;
  beforeEach(async () => {
    test = await TestCenter.open();
    sue = await test.agent('sue');
  });
  afterEach(() => test.close());

  const look = () => test.center.query('supervision', { actorId: sue });

  it('are the figures of each queue', async () => {
    const support = await test.queue('Support');
    await test.queue('Sales');
    const ids: string[] = [];
    for (let n = 0; n < 5; n++) {
      ids.push(await test.queued(support, { from: `whatsapp:+155520000${n}0` }));
      test.time += 60_000;
    }
    await test.center.run('accept', { conversationId: ids[0]!, agentId: sue });
    await test.center.run('accept', { conversationId: ids[1]!, agentId: sue });
    await test.center.run('endConversation', { conversationId: ids[1]!, agentId: sue });
    await test.center.run('forceClose', { conversationId: ids[2]!, by: { agentId: sue } });
    const { queues, total } = await look();
    expect(total).to.equal(4);
    expect(
      queues.map(({ name, waiting, active, wrapUp, closingSoon }) => [name, waiting, active, wrapUp, closingSoon]),
    ).to.deep.equal([
      ['Sales', 0, 0, 0, 0],
      ['Support', 2, 1, 1, 0],
    ]);
    expect(queues[1]!.longestWaitMs).to.equal(120_000);
    expect(queues[0]!.longestWaitMs).to.equal(0);
    test.time += 23 * HOUR;
    const later = (await look()).queues[1]!;
    const soon = (await look()).conversations.filter(({ session }) => session.open && session.remainingMs < HOUR);
    expect([later.closingSoon, soon.length]).to.deep.equal([4, 4]);
  });

  it('are how long customers waited for somebody, which no transfer and no pause makes longer', async () => {
    const support = await test.queue('Support');
    const [ana, ben] = [await test.agent('ana'), await test.agent('ben')];
    const conversationId = await test.queued(support);
    const times = async () => {
      const { conversations } = await look();
      const { waitingMs, handleMs, queuedAt, acceptedAt } = conversations[0]!;
      return { waitingMs, handleMs, form: acceptedAt! - queuedAt! };
    };
    test.time += 7_000;
    await test.center.run('accept', { conversationId, agentId: ana });
    test.time += HOUR;
    await test.center.run('transferToAgent', { conversationId, by: { agentId: ana }, toAgentId: ben });
    await test.center.run('accept', { conversationId, agentId: ben });
    expect(await times()).to.deep.equal({ waitingMs: 7_000, handleMs: 0, form: 7_000 });
    test.time += HOUR;
    await test.center.run('assign', { conversationId, by: { agentId: sue }, toAgentId: ana });
    expect(await times()).to.deep.equal({ waitingMs: 7_000, handleMs: 0, form: 7_000 });
    await test.center.run('setAside', { conversationId, by: { agentId: ana } });
    test.time += 5 * HOUR;
    await test.center.run('accept', { conversationId, agentId: ana });
    expect(await times()).to.deep.equal({ waitingMs: 7_000, handleMs: 0, form: 7_000 });
    const accepted = test.events.filter(({ type }) => type === 'offer.accepted').map(({ data }) => data['waitedMs']);
    expect(accepted).to.deep.equal([7_000, 0]);
    // Back in the queue the customer waits anew.
    await test.center.run('release', { conversationId, by: { agentId: ana } });
    test.time += 3_000;
    await test.center.run('accept', { conversationId, agentId: ben });
    expect((await times()).waitingMs).to.equal(3_000);
  });

  it('are more conversations than one page holds, counted all the same, and those that need people first', async () => {
    const support = await test.queue('Support');
    for (let n = 0; n < 30; n++) await test.receive('Hello, bot', { from: `whatsapp:+1555300${1000 + n}` });
    for (let n = 0; n < 1000; n++) {
      await test.queued(support, { from: `whatsapp:+1555200${1000 + n}` });
      if (n === 500) await test.receive('Hello again, bot', { from: 'whatsapp:+15553001001' });
    }
    const { conversations, total, queues } = await look();
    expect([conversations.length, total, queues[0]!.waiting]).to.deep.equal([1000, 1030, 1000]);
    expect(conversations.every(({ handledBy }) => handledBy === 'queue')).to.equal(true);
  }).timeout(30_000);
});
