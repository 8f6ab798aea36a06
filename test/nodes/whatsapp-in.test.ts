import { expect } from 'chai';
import type { Center } from '../../lib/center/center.ts';
import type { FlowMessage } from '../../lib/node-red/runtime-api.ts';
import { config, CUSTOMER, onTab, PUBLIC_URL, sign, TestRuntime } from './support/test-runtime.ts';

const FLOW = [
  ...config(),
  ...onTab(
    { id: 'in', type: 'whatsapp-in', account: 'account', wires: [['messages'], ['statuses']] },
    { id: 'messages', type: 'probe', wires: [] },
    { id: 'statuses', type: 'probe', wires: [] },
  ),
];

describe('whatsapp-in', () => {
  let runtime: TestRuntime;

  beforeEach(async () => (runtime = await TestRuntime.start(FLOW)));
  afterEach(() => runtime.stop());

  const payloads = (messages: FlowMessage[]): unknown[] => messages.map(({ payload }) => payload);

  it('hands over a customer’s message in the shape of the contract', async () => {
    expect(await runtime.receive('Hello')).to.equal(200);
    const message = await runtime.inbox('messages').next();
    expect(message).to.include({ topic: '+15551230001', payload: 'Hello' });
    expect(message).not.to.have.property('redelivered');
    expect(message.whatsapp).to.deep.include({
      direction: 'inbound',
      type: 'text',
      text: 'Hello',
      from: CUSTOMER,
      status: 'received',
    });
    expect(message.conversation).to.deep.include({
      state: 'open',
      isNew: true,
      handledBy: 'flow',
      queue: null,
      agent: null,
    });
  });

  it('hands over in the order in which messages were stored, also more than one batch', async () => {
    const texts = Array.from({ length: 150 }, (_, index) => `Message ${index}`);
    for (const text of texts) await runtime.receive(text);
    expect(payloads(await runtime.inbox('messages').take(150))).to.deep.equal(texts);
  });

  it('swallows a webhook that comes twice', async () => {
    const sid = runtime.newSid();
    expect(await runtime.receive('Once', { sid })).to.equal(200);
    expect(await runtime.receive('Once', { sid })).to.equal(200);
    await runtime.receive('Then');
    expect(payloads(await runtime.inbox('messages').take(2))).to.deep.equal(['Once', 'Then']);
  });

  it('shows that webhooks arrive, and that a signature was refused, since when and for which address', async () => {
    await runtime.receive('Hello');
    await runtime.shows('in', 'arriving');
    const { lastAt } = runtime.slotOf('account').webhooks;
    expect(lastAt).to.be.a('number');
    const form = { MessageSid: runtime.newSid(), From: CUSTOMER, To: CUSTOMER, Body: 'Forged' };
    const forged = sign(`${PUBLIC_URL}/whatsapp/inbound`, form, 'another token');
    expect(await runtime.webhook('/whatsapp/inbound', form, forged)).to.equal(403);
    await runtime.shows('in', 'signatureRefused');
    const { refusedSince, ...state } = runtime.slotOf('account').webhooks;
    expect(state).to.deep.equal({ kind: 'refused', lastAt, refusedUrl: `${PUBLIC_URL}/whatsapp/inbound` });
    expect(refusedSince).to.be.a('number');
    expect(await runtime.webhook('/whatsapp/inbound', form, forged)).to.equal(403);
    expect(runtime.slotOf('account').webhooks.refusedSince).to.equal(refusedSince);
    await runtime.receive('Right again');
    await runtime.shows('in', 'arriving');
    expect(runtime.slotOf('account').webhooks).to.include({ kind: 'arriving', refusedSince: null, refusedUrl: null });
  });

  it('hands over again after a restart what was not taken up', async () => {
    await runtime.receive('Lost on the way');
    const first = await runtime.inbox('messages').next();
    await runtime.unload();
    await runtime.load(FLOW);
    const again = await runtime.inbox('messages').next();
    expect(again).to.include({ payload: 'Lost on the way', redelivered: true });
    expect(again.whatsapp).to.deep.equal(first.whatsapp);
    expect(again._msgid).not.to.equal(first._msgid);
  });

  it('hands over again after a deploy, and what is new after it', async () => {
    await runtime.receive('Before');
    await runtime.inbox('messages').next();
    await runtime.deploy([...FLOW, { id: 'other', type: 'tab', label: 'Other' }]);
    expect(await runtime.inbox('messages').next()).to.include({ payload: 'Before', redelivered: true });
    await runtime.receive('After');
    expect(await runtime.inbox('messages').next())
      .to.include({ payload: 'After' })
      .and.not.have.property('redelivered');
  });

  it('does not hand over again what counts as taken up', async () => {
    await runtime.receive('Done');
    await runtime.inbox('messages').next();
    const center = await runtime.center();
    await center.run('settleHandovers', { instance: center.instance, before: center.now() });
    await runtime.unload();
    await runtime.load(FLOW);
    await runtime.receive('New');
    expect(await runtime.inbox('messages').next()).to.include({ payload: 'New' });
  });

  it('gives each of two nodes on one account a message of its own', async () => {
    const flow = [
      ...config(),
      ...onTab(
        { id: 'one', type: 'whatsapp-in', account: 'account', wires: [['first'], []] },
        { id: 'two', type: 'whatsapp-in', account: 'account', wires: [['second'], []] },
        { id: 'first', type: 'probe', wires: [] },
        { id: 'second', type: 'probe', wires: [] },
      ),
    ];
    await runtime.deploy(flow);
    await runtime.receive('Both');
    const [first, second] = [await runtime.inbox('first').next(), await runtime.inbox('second').next()];
    expect(first.whatsapp).to.deep.equal(second.whatsapp);
    expect(first.whatsapp).not.to.equal(second.whatsapp);
  });

  it('shows how many messages wait, as long as there are more than a flow gets at once', async () => {
    await runtime.deploy(config());
    for (let number = 0; number < 200; number += 1) await runtime.receive(`Message ${number}`);
    await runtime.deploy(FLOW);
    await runtime.shows('in', 'waiting');
    await runtime.inbox('messages').take(200);
    await runtime.shows('in', 'arriving');
  });

  describe('kept quiet while people handle the conversation', () => {
    const QUIET = FLOW.map((node) => ((node as { id: string }).id === 'in' ? { ...node, quiet: true } : node));
    const reads = onTab(
      { id: 'all', type: 'whatsapp-in', account: 'account', wires: [['everything'], []] },
      { id: 'everything', type: 'probe', wires: [] },
    );

    /** The first message's conversation, in a queue. */
    async function queued(center: Center): Promise<string> {
      await runtime.receive('I need help');
      const message = await runtime.inbox('messages').next();
      const conversationId = (message.conversation as { id: string }).id;
      const { queueId } = await center.run('serveQueue', { name: 'Support', nodeId: 'somewhere', offerSeconds: 60 });
      const messageId = (message.whatsapp as { id: string }).id;
      await center.run('queueConversation', { queueId, conversationId, messageId, customer: null, attributes: null, tags: null });
      return conversationId;
    }

    it('sends nothing of it on output 1, over a restart too, until it is the flow’s again', async () => {
      await runtime.deploy(QUIET);
      const conversationId = await queued(await runtime.center());
      await runtime.receive('Is anybody there?');
      await runtime.receive('Another customer', { from: 'whatsapp:+15551230002' });
      expect((await runtime.inbox('messages').next()).payload).to.equal('Another customer');
      await runtime.unload();
      await runtime.load(QUIET);
      const center = await runtime.center();
      expect(await runtime.inbox('messages').next()).to.include({ payload: 'Another customer', redelivered: true });
      await center.run('handBack', { conversationId, by: { flow: { nodeId: 'somewhere' } } });
      await runtime.receive('Thank you');
      expect((await runtime.inbox('messages').next()).payload).to.equal('Thank you');
    });

    it('sends everything, where not told to be quiet', async () => {
      await queued(await runtime.center());
      await runtime.receive('Is anybody there?');
      expect((await runtime.inbox('messages').next()).payload).to.equal('Is anybody there?');
    });

    it('leaves another node of the account alone', async () => {
      await runtime.deploy([...QUIET, ...reads.slice(1)]);
      await queued(await runtime.center());
      await runtime.receive('Is anybody there?');
      await runtime.receive('Another customer', { from: 'whatsapp:+15551230002' });
      const all = await runtime.inbox('everything').take(3);
      expect(all.map(({ payload }) => payload)).to.deep.equal(['I need help', 'Is anybody there?', 'Another customer']);
      expect((await runtime.inbox('messages').next()).payload).to.equal('Another customer');
    });
  });

  describe('delivery statuses', () => {
    const SID = `SM${'f'.repeat(32)}`;

    /** A message that Twilio has taken over. */
    async function sent(center: Center): Promise<string> {
      await runtime.receive('Hello');
      const { message } = await center.run('claimOutbound', {
        messageId: 'answer',
        answer: null,
        accountId: 'account',
        from: 'whatsapp:+15550100100',
        to: CUSTOMER,
        text: 'Hi',
        template: null,
        author: { kind: 'flow' },
        conversationId: null,
      });
      await center.run('recordSent', { messageId: message.id, sid: SID, status: 'queued' });
      return message.id;
    }

    const callback = (status: string, more: Record<string, string> = {}): Promise<number> =>
      runtime.webhook('/whatsapp/status', { MessageSid: SID, MessageStatus: status, To: CUSTOMER, ...more });

    it('leave by output 2', async () => {
      const id = await sent(await runtime.center());
      expect(await callback('delivered')).to.equal(200);
      const message = await runtime.inbox('statuses').next(({ payload }) => payload === 'delivered');
      expect(message).to.include({ topic: '+15551230001' }).and.not.have.property('error');
      expect(message.whatsapp).to.deep.equal({ id, sid: SID, direction: 'outbound', to: CUSTOMER, status: 'delivered' });
    });

    it('carry the reason when the message failed', async () => {
      await sent(await runtime.center());
      await callback('failed', { ErrorCode: '63016' });
      const { error } = await runtime.inbox('statuses').next(({ payload }) => payload === 'failed');
      expect(error).to.deep.include({ code: 'SESSION_EXPIRED', twilioCode: 63016, source: { id: 'in', type: 'whatsapp-in' } });
    });

    it('are not missed while the flows are stopped', async () => {
      const center = await runtime.center();
      await sent(center);
      await runtime.inbox('statuses').next(({ payload }) => payload === 'queued');
      await runtime.unload();
      await runtime.load([...config()]);
      await callback('read');
      await runtime.deploy(FLOW);
      await runtime.inbox('statuses').next(({ payload }) => payload === 'read');
    });
  });

  it('says at deploy that it has no account', async () => {
    await runtime.unload();
    await runtime.load(onTab({ id: 'in', type: 'whatsapp-in', account: '', wires: [[], []] }));
    await runtime.shows('in', 'ACCOUNT_MISSING');
    expect(runtime.errorsOf('whatsapp-in')).to.have.length(1);
  });
});
