import { expect } from 'chai';
import type { Center } from '../../lib/center/center.ts';
import type { FlowMessage } from '../../lib/node-red/runtime-api.ts';
import { addAgent } from '../support/work.ts';
import { config, CUSTOMER, onTab, SENDER, TestRuntime } from './support/test-runtime.ts';

const flow = (notify: object = {}, ...more: object[]): object[] => [
  ...config(),
  ...onTab(
    { id: 'in', type: 'whatsapp-in', account: 'account', wires: [['got'], []] },
    { id: 'got', type: 'probe', wires: [] },
    {
      id: 'notify',
      type: 'notify-agent',
      center: 'center',
      queue: 'Support',
      offerSeconds: '60',
      wires: [['replies'], ['events']],
      ...notify,
    },
    { id: 'replies', type: 'probe', wires: [] },
    { id: 'events', type: 'probe', wires: [] },
    { id: 'catch', type: 'catch', scope: null, wires: [['caught']] },
    { id: 'caught', type: 'probe', wires: [] },
    { id: 'complete', type: 'complete', scope: ['notify'], wires: [['completed']] },
    { id: 'completed', type: 'probe', wires: [] },
    ...more,
  ),
];

describe('notify-agent', () => {
  let runtime: TestRuntime;

  beforeEach(async () => {
    runtime = await TestRuntime.start(flow());
    await runtime.shows('notify', 'nobodyWaiting');
  });
  afterEach(() => runtime.stop());

  /** A conversation that an agent has accepted. */
  async function accepted(): Promise<{ center: Center; conversationId: string; agentId: string }> {
    const center = await runtime.center();
    const agentId = await addAgent(center, 'ada', { name: 'Ada' });
    const message = await runtime.written();
    const conversationId = conversationIdOf(message);
    runtime.send('notify', message);
    await runtime.inbox('completed').next();
    await center.run('accept', { conversationId, agentId });
    return { center, conversationId, agentId };
  }

  const conversationIdOf = (message: FlowMessage): string => (message.conversation as { id: string }).id;
  const event = (type: string): Promise<FlowMessage> => runtime.inbox('events').next(({ payload }) => payload === type);

  it('queues a conversation, with what the flow knows of the customer', async () => {
    const center = await runtime.center();
    const message = await runtime.written();
    Object.assign((message.conversation as { customer: object }).customer, {
      name: 'Ada Example',
      authenticated: true,
      records: [
        { type: 'case', id: '24', title: 'A lamp that flickers' },
        { type: 'nonsense', id: '1' },
      ],
    });
    Object.assign(message.conversation as object, { attributes: { order: 7 }, tags: ['vip'] });
    runtime.send('notify', message);
    await runtime.inbox('completed').next();
    const conversation = await center.query('conversation', { conversationId: conversationIdOf(message) });
    expect(conversation).to.deep.include({ state: 'open', handledBy: 'queue', attributes: { order: 7 }, tags: ['vip'] });
    expect(conversation!.customer).to.deep.include({
      name: 'Ada Example',
      authenticated: true,
      records: [{ type: 'case', id: '24', title: 'A lamp that flickers' }],
    });
    expect(conversation!.queue).to.include({ name: 'Support' });
    expect(await runtime.shows('notify', 'waiting')).to.deep.equal({
      fill: 'yellow',
      shape: 'dot',
      text: 'notify-agent.status.waiting',
    });
  });

  it('lets an agent’s message leave by output 1', async () => {
    const { center, conversationId, agentId } = await accepted();
    await center.run('reply', { conversationId, agentId, messageId: 'reply-1', text: 'How can I help?' });
    const reply = await runtime.inbox('replies').next();
    expect(reply).to.include({ topic: '+15551230001', payload: 'How can I help?' });
    expect(reply.whatsapp).to.deep.include({
      id: 'reply-1',
      direction: 'outbound',
      text: 'How can I help?',
      from: SENDER,
      to: CUSTOMER,
      status: 'pending',
      author: { kind: 'agent', id: agentId, name: 'Ada' },
    });
    expect(reply.conversation).to.deep.include({ id: conversationId, state: 'active', handledBy: 'agent' });
  });

  it('lets what happens leave by output 2, in order and in the shape of the contract', async () => {
    const center = await runtime.center();
    const agentId = await addAgent(center, 'ada', { name: 'Ada' });
    const message = await runtime.written();
    runtime.send('notify', message);
    const offered = await event('offer.created');
    await center.run('accept', { conversationId: conversationIdOf(message), agentId });
    const accepted = await event('offer.accepted');
    expect(accepted).to.include({ topic: '+15551230001', payload: 'offer.accepted' });
    expect(accepted.conversation).to.deep.include({ id: conversationIdOf(message), state: 'active' });
    expect(accepted.event).to.deep.include({ type: 'offer.accepted', actor: { kind: 'agent', id: agentId, name: 'Ada' } });
    expect((accepted.event as { at: string }).at).to.match(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    expect((accepted.event as { id: string }).id).not.to.equal((offered.event as { id: string }).id);
    expect(
      runtime
        .inbox('events')
        .all.map(({ payload }) => payload)
        .slice(0, 2),
    ).to.deep.equal(['conversation.opened', 'message.received']);
  });

  it('says offer.unclaimed when nobody is there', async () => {
    runtime.send('notify', await runtime.written());
    await event('offer.unclaimed');
  });

  it('misses no event over a restart, and repeats none', async () => {
    const center = await runtime.center();
    const message = await runtime.written();
    runtime.send('notify', message);
    await event('offer.unclaimed');
    await runtime.unload();
    await runtime.load([...config()]);
    await runtime.receive('Written while no notify-agent was running');
    await runtime.deploy(flow());
    expect((await runtime.inbox('events').next()).payload).to.equal('message.received');
    expect((await runtime.center()).instance).not.to.equal(center.instance);
  });

  it('hands an agent’s message over again when the flow was stopped before it was sent', async () => {
    const { center, conversationId, agentId } = await accepted();
    await center.run('reply', { conversationId, agentId, messageId: 'reply-1', text: 'One moment' });
    await runtime.inbox('replies').next();
    await runtime.deploy(flow({ offerSeconds: '90' }));
    expect(await runtime.inbox('replies').next()).to.include({ payload: 'One moment', redelivered: true });
  });

  it('keeps an agent’s message until the node is back', async () => {
    const { center, conversationId, agentId } = await accepted();
    await runtime.deploy(flow().filter((node) => (node as { id: string }).id !== 'notify'));
    await center.run('reply', { conversationId, agentId, messageId: 'reply-1', text: 'Are you there?' });
    const { messages } = await center.query('messages', { conversationId, agentId, limit: 5 });
    expect(messages.at(-1)).to.include({ id: 'reply-1', flowRunning: false });
    await runtime.deploy(flow());
    expect((await runtime.inbox('replies').next()).payload).to.equal('Are you there?');
  });

  it('fails a message of no conversation, an unknown one or a closed one, for Catch', async () => {
    const center = await runtime.center();
    runtime.send('notify', { payload: 'lost' });
    expect(((await runtime.inbox('caught').next()).error as { message: string }).message).to.match(/belongs to no conversation/);
    runtime.send('notify', { payload: 'lost', conversation: { id: 'nowhere' } });
    await runtime.inbox('caught').next();
    const message = await runtime.written();
    await center.run('skipClock', { byMs: 25 * 3_600_000, allSimulators: true });
    await center.run('sweep', {});
    runtime.send('notify', message);
    expect(((await runtime.inbox('caught').next()).error as { message: string }).message).to.match(
      /^This conversation is closed/,
    );
  });

  describe('with a second node on the same queue', () => {
    const second = { id: 'second', type: 'notify-agent', center: 'center', queue: 'Support', wires: [['secondReplies'], []] };

    it('shows it red and keeps the first running; it takes over when the first is gone', async () => {
      await runtime.deploy(flow({}, second));
      await runtime.shows('second', 'QUEUE_TAKEN');
      expect(runtime.errorsOf('notify-agent')).to.have.length(1);
      runtime.send('notify', await runtime.written());
      await runtime.inbox('completed').next();
      await runtime.deploy(
        flow({}, second).filter((node) => (node as { id: string }).id !== 'notify'),
        'nodes',
      );
      await runtime.shows('second', 'aiting');
    });
  });

  it('tells events of conversations in no queue by one node only', async () => {
    const sales = { id: 'sales', type: 'notify-agent', center: 'center', queue: 'Sales', wires: [[], ['salesEvents']] };
    await runtime.deploy(flow({}, sales, { id: 'salesEvents', type: 'probe', wires: [] }));
    await runtime.shows('sales', 'nobodyWaiting');
    const before = runtime.inbox('events').all.length;
    const message = await runtime.written();
    expect((await runtime.inbox('salesEvents').next()).payload).to.equal('conversation.opened');
    runtime.send('notify', message);
    await event('conversation.queued');
    expect(runtime.inbox('events').all.slice(before)[0]!.payload).to.equal('conversation.queued');
  });
});
