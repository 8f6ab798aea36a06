import { expect } from 'chai';
import { TestCenter } from '../../support/center.ts';

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
