import { expect } from 'chai';
import { codeOf, TestCenter } from '../../support/center.ts';

describe('a queue and its node', () => {
  let test: TestCenter;
  beforeEach(async () => {
    test = await TestCenter.open();
  });
  afterEach(() => test.close());

  const serve = (name: string, nodeId = 'node') =>
    test.center.run('serveQueue', { name, nodeId, offerSeconds: 120 }).then(({ queueId }) => queueId);
  const stop = (nodeId = 'node') => test.center.run('stopServingQueue', { nodeId });
  const queues = async () =>
    (await test.center.query('queues', {})).map(({ name, served, open }) => `${name}: ${served ? 'served' : 'stopped'}, ${open}`);

  it('a new node creates it, and it stays with everybody in it when the node goes', async () => {
    const queueId = await serve('Support');
    await test.queued(queueId);
    await stop();
    expect(await queues()).to.deep.equal(['Support: stopped, 1']);
    const said = test.events.filter((event) => event.type === 'queue.served');
    expect(said.map((event) => [event.queueId, event.data['served']])).to.deep.equal([
      [queueId, true],
      [queueId, false],
    ]);
    expect(await serve('Support', 'another')).to.equal(queueId);
    expect(await queues()).to.deep.equal(['Support: served, 1']);
  });

  it('keeps people, hours, codes and who waits when its node gives it another name', async () => {
    const sue = await test.agent('sue', { live: false });
    const queueId = await serve('Support');
    const id = await test.queued(queueId);
    const dispositions = [{ code: 'solved', label: 'Solved' }];
    const change = { everyone: false, members: [sue], dispositions };
    await test.center.run('changeQueue', { actorId: sue, queueId, change });
    await stop();
    expect(await serve('Help desk')).to.equal(queueId);
    expect(await queues()).to.deep.equal(['Help desk: served, 1']);
    const [settings] = await test.center.query('queueSettings', { actorId: sue });
    expect(settings).to.deep.include({ name: 'Help desk', everyone: false, members: [sue], dispositions });
    expect((await test.center.query('conversation', { conversationId: id }))!.queue).to.deep.equal({
      id: queueId,
      name: 'Help desk',
    });
    const renamed = test.events.find((event) => event.reason === 'renamed')!;
    expect([renamed.type, renamed.queueId, renamed.data]).to.deep.equal([
      'queue.changed',
      queueId,
      { from: 'Support', to: 'Help desk' },
    ]);
  });

  it('is removed by a supervisor when no node serves it and nothing is in it', async () => {
    const sue = await test.agent('sue');
    const ann = await test.agent('ann');
    const queueId = await serve('Support');
    const conversationId = await test.queued(queueId);
    const remove = (actorId = sue) => test.center.run('removeQueue', { actorId, queueId });
    expect(await codeOf(remove()), 'served').to.equal('QUEUE_IN_USE');
    await stop();
    expect(await codeOf(remove()), 'somebody waits').to.equal('QUEUE_IN_USE');
    await test.center.run('accept', { conversationId, agentId: ann });
    expect(await codeOf(remove()), 'somebody is being served').to.equal('QUEUE_IN_USE');
    await test.center.run('reply', { conversationId, agentId: ann, messageId: 'message-0001', text: 'On its way' });
    await test.center.run('forceClose', { conversationId, by: { agentId: sue } });
    expect(await codeOf(remove(ann))).to.equal('FORBIDDEN');
    await test.center.run('changeQueue', { actorId: sue, queueId, change: { everyone: false, members: [ann] } });
    test.events.length = 0;
    await remove();
    expect(await queues()).to.deep.equal([]);
    expect(await codeOf(remove())).to.equal('UNKNOWN_QUEUE');
    // What was to leave by it is not left pending for ever.
    const { messages } = await test.center.query('messages', { conversationId, agentId: ann, limit: 9 });
    expect(messages.map(({ message, error }) => [message.status, error?.code])).to.deep.equal([
      ['received', undefined],
      ['failed', 'UNKNOWN_QUEUE'],
    ]);
    expect(test.types()).to.deep.equal(['message.status', 'message.failed', 'queue.removed']);
    expect(test.events.at(-1)).to.deep.include({ queueId, data: { name: 'Support' } });
    expect((await test.center.query('conversation', { conversationId }))!.queue).to.equal(null);
  });

  it('of the same name begins anew after one was removed, also for the node that served that one', async () => {
    const sue = await test.agent('sue');
    const queueId = await serve('Support');
    await stop();
    await test.center.run('removeQueue', { actorId: sue, queueId });
    expect(await serve('Help desk')).to.not.equal(queueId);
    expect(await serve('Support', 'another')).to.not.equal(queueId);
    expect(await queues()).to.deep.equal(['Help desk: served, 0', 'Support: served, 0']);
  });

  it('is left behind when its node takes another queue that exists, and when somebody else serves it by now', async () => {
    const support = await serve('Support');
    const sales = await serve('Sales', 'second');
    await stop('second');
    expect(await serve('Sales')).to.equal(sales);
    expect(await queues()).to.deep.equal(['Sales: served, 0', 'Support: stopped, 0']);
    expect(await serve('Support', 'second')).to.equal(support);
    await stop();
    await serve('Sales', 'third');
    const fresh = await serve('Billing');
    expect([support, sales]).to.not.include(fresh);
    expect(await queues()).to.deep.equal(['Billing: served, 0', 'Sales: served, 0', 'Support: served, 0']);
  });
});
