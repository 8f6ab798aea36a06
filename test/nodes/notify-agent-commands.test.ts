import { expect } from 'chai';
import type { Center } from '../../lib/center/center.ts';
import type { FlowMessage } from '../../lib/node-red/runtime-api.ts';
import { addAgent } from '../support/work.ts';
import { config, CUSTOMER, onTab, TestRuntime } from './support/test-runtime.ts';

const FLOW = [
  ...config(),
  ...onTab(
    { id: 'in', type: 'whatsapp-in', account: 'account', wires: [['got'], []] },
    { id: 'got', type: 'probe', wires: [] },
    {
      id: 'notify',
      type: 'notify-agent',
      name: 'Front desk',
      center: 'center',
      queue: 'Support',
      wires: [['replies'], ['events']],
    },
    { id: 'sales', type: 'notify-agent', center: 'center', queue: 'Sales', wires: [[], ['salesEvents']] },
    { id: 'replies', type: 'probe', wires: [] },
    { id: 'events', type: 'probe', wires: [] },
    { id: 'salesEvents', type: 'probe', wires: [] },
    { id: 'catch', type: 'catch', scope: null, wires: [['caught']] },
    { id: 'caught', type: 'probe', wires: [] },
    { id: 'complete', type: 'complete', scope: ['notify'], wires: [['completed']] },
    { id: 'completed', type: 'probe', wires: [] },
  ),
];

describe('notify-agent, commanded by a flow', () => {
  let runtime: TestRuntime;
  let center: Center;

  beforeEach(async () => {
    runtime = await TestRuntime.start(FLOW);
    await runtime.shows('notify', 'nobodyWaiting');
    await runtime.shows('sales', 'nobodyWaiting');
    center = await runtime.center();
  });
  afterEach(() => runtime.stop());

  const idOf = (message: FlowMessage): string => (message.conversation as { id: string }).id;
  const now = async (message: FlowMessage) => (await center.query('conversation', { conversationId: idOf(message) }))!;
  const event = (type: string, at = 'events'): Promise<FlowMessage> => runtime.inbox(at).next(({ payload }) => payload === type);

  async function done(message: FlowMessage): Promise<void> {
    runtime.send('notify', message);
    await runtime.inbox('completed').next();
  }

  const command = (message: FlowMessage, what: object): Promise<void> =>
    done({ conversation: { id: idOf(message) }, command: what });

  it('routes as msg.routing says: the named agent alone, then with skills and priority', async () => {
    const ada = await addAgent(center, 'ada');
    await addAgent(center, 'ben');
    const message = await runtime.written();
    await done({ ...message, routing: { agent: 'ada', priority: 5 } });
    await event('offer.created');
    const { offers } = await center.query('home', { agentId: ada });
    expect(offers.map(({ conversation }) => [conversation.id, conversation.priority])).to.deep.equal([[idOf(message), 5]]);
    const ben = (await center.query('team', {})).find(({ username }) => username === 'ben')!;
    expect((await center.query('home', { agentId: ben.id })).offers).to.deep.equal([]);
  });

  it('puts a conversation into the queue that msg.routing names', async () => {
    const message = await runtime.written();
    await done({ ...message, routing: { queue: 'Sales', skills: ['french'] } });
    expect((await now(message)).queue).to.include({ name: 'Sales' });
    expect((await event('offer.unclaimed', 'salesEvents')).event).to.include({ reason: 'nobody-there' });
  });

  it('gives it to an agent, sets it aside and closes it, each in the flow’s name', async () => {
    const ada = await addAgent(center, 'ada');
    const message = await runtime.written();
    await done(message);
    await command(message, { type: 'assign', agent: 'ada' });
    expect((await event('conversation.assigned')).event).to.deep.include({
      actor: { kind: 'flow', id: 'notify', name: 'Front desk' },
      reason: 'assigned-by-flow',
      to: ada,
    });
    await command(message, { type: 'wait' });
    expect((await now(message)).state).to.equal('waiting');
    await command(message, { type: 'close', reason: 'solved' });
    expect((await event('conversation.closed')).event).to.include({ reason: 'solved' });
  });

  it('passes an event’s conversation on to another queue', async () => {
    const message = await runtime.written();
    await done(message);
    const unclaimed = await event('offer.unclaimed');
    await done({ ...unclaimed, command: { type: 'transfer', queue: 'Sales', note: 'Nobody was there.' } });
    expect((await now(message)).queue).to.include({ name: 'Sales' });
    await event('conversation.transferred', 'salesEvents');
  });

  it('hands it back to the flow', async () => {
    const message = await runtime.written();
    await done(message);
    await command(message, { type: 'hand-back' });
    expect(await now(message)).to.include({ state: 'open', handledBy: 'flow' });
  });

  it('writes notes, tags and attributes', async () => {
    const ada = await addAgent(center, 'ada');
    const message = await runtime.written();
    await done(message);
    await command(message, { type: 'note', text: 'A regular customer' });
    await command(message, { type: 'tag', tags: ['vip'] });
    await command(message, { type: 'setAttributes', attributes: { order: 7 } });
    expect(await now(message)).to.deep.include({ tags: ['vip'], attributes: { order: 7 } });
    const remarks = await center.query('remarks', { conversationId: idOf(message), agentId: ada });
    expect(remarks).to.have.length(1);
    expect(remarks[0]).to.deep.include({ kind: 'note', text: 'A regular customer' });
    expect(remarks[0]!.author).to.deep.equal({ kind: 'flow', id: 'notify', name: 'Front desk' });
  });

  it('writes to the customer by output 1, once for a message that is handed over again', async () => {
    const message = await runtime.written();
    await done({ ...message });
    await done({ ...message, command: { type: 'message', text: 'You are next.' } });
    const reply = await runtime.inbox('replies').next();
    expect(reply).to.include({ topic: '+15551230001', payload: 'You are next.' });
    expect(reply.whatsapp).to.deep.include({ direction: 'outbound', to: CUSTOMER, author: { kind: 'flow', id: 'notify' } });
    await runtime.unload();
    await runtime.load(FLOW);
    await runtime.shows('notify', 'waiting');
    await done({ ...message, _msgid: 'another', command: { type: 'message', text: 'You are next.' } });
    await done({ conversation: message.conversation, command: { type: 'message', text: 'Still there?' } });
    const later = runtime.inbox('replies').next(({ payload }) => payload === 'Still there?');
    await later;
    const fresh = runtime.inbox('replies').all.filter(({ redelivered }) => redelivered !== true);
    expect(fresh.map(({ payload }) => payload)).to.deep.equal(['Still there?']);
  });

  it('refuses what cannot be done, for Catch, and changes nothing', async () => {
    const ada = await addAgent(center, 'ada');
    const message = await runtime.written();
    await done(message);
    await command(message, { type: 'assign', agent: 'ada' });
    const before = await now(message);
    const wrong: [object, RegExp][] = [
      [{ type: 'dance' }, /must be one of assign/],
      [{ type: 'assign' }, /needs agent/],
      [{ type: 'assign', agent: 'nobody' }, /no agent "nobody"/],
      [{ type: 'transfer', queue: 'Nowhere' }, /no queue "Nowhere"/],
      [{ type: 'transfer', agent: ada }, /with this agent already/],
    ];
    for (const [what, words] of wrong) {
      runtime.send('notify', { conversation: { id: idOf(message) }, command: what });
      expect(((await runtime.inbox('caught').next()).error as { message: string }).message).to.match(words);
    }
    runtime.send('notify', { command: { type: 'close' } });
    expect(((await runtime.inbox('caught').next()).error as { message: string }).message).to.match(/belongs to no conversation/);
    runtime.send('notify', { ...message, routing: 'Sales' });
    expect(((await runtime.inbox('caught').next()).error as { message: string }).message).to.match(/msg\.routing must be/);
    // The window's remaining time goes on running.
    const { session } = before;
    expect({ ...(await now(message)), session }).to.deep.equal(before);
  });

  it('leaves its queue and who waits in it in place when it is removed, and says so', async () => {
    const message = await runtime.written();
    await done(message);
    const { lastSeq } = await center.query('eventsAfter', { seq: 0, limit: 1000 });
    await runtime.deploy(FLOW.filter((node) => (node as { id: string }).id !== 'notify'));
    const queue = (await center.query('queues', {})).find(({ name }) => name === 'Support');
    expect(queue).to.include({ served: false, open: 1 });
    const { events } = await center.query('eventsAfter', { seq: lastSeq, limit: 1000 });
    expect(events.filter(({ type, queueId }) => type === 'queue.served' && queueId === queue!.id).at(-1)!.data).to.deep.equal({
      served: false,
    });
  });

  it('tells the center how its queue offers', async () => {
    const ada = await addAgent(center, 'ada');
    const offering = {
      strategy: 'round-robin',
      keepAgent: true,
      wrapUpSeconds: '60',
      waitingCloseHours: '5',
      offerSeconds: '45',
    };
    await runtime.deploy(FLOW.map((node) => ((node as { id: string }).id === 'notify' ? { ...node, ...offering } : node)));
    await runtime.shows('notify', 'nobodyWaiting');
    const support = (await center.query('queueSettings', { actorId: ada })).find(({ name }) => name === 'Support');
    expect(support).to.include({
      strategy: 'round-robin',
      keepAgent: true,
      wrapUp: 60,
      waitingCloseHours: 5,
      offerSeconds: 45,
      served: true,
    });
  });
});
