import { expect } from 'chai';
import { ACCOUNT, codeOf, CUSTOMER, HOUR, SENDER, TestCenter } from '../../support/center.ts';

describe('handing over to the flow', () => {
  let test: TestCenter;
  beforeEach(async () => {
    test = await TestCenter.open();
  });
  afterEach(() => test.close());

  const take = (limit = 64) => test.center.run('takeInbound', { accountIds: [ACCOUNT], instance: test.center.instance, limit });

  it('gives messages in the order of their arrival, each once', async () => {
    for (let n = 0; n < 100; n++) await test.receive(`text ${n}`, { from: `whatsapp:+1555300${1000 + (n % 7)}` });
    const texts = [...(await take()), ...(await take()), ...(await take())].map((handed) => handed.message.text);
    expect(texts).to.deep.equal(Array.from({ length: 100 }, (_, n) => `text ${n}`));
  });

  it('gives again after a restart what was not taken up, and says so', async () => {
    await test.receive('one');
    expect((await take())[0]).to.include({ redelivered: false });
    await test.restart();
    await test.center.run('reclaimHandovers', {});
    expect((await take())[0]).to.include({ redelivered: true });
  });

  it('gives an agent’s answer again after an interruption, but not once it has been in a living flow long enough', async () => {
    const queueId = await test.queue();
    const agentId = await test.agent('sam');
    const conversationId = await test.queued(queueId);
    await test.center.run('accept', { conversationId, agentId });
    await test.center.run('reply', { conversationId, agentId, messageId: 'r', text: 'Hi' });
    const { instance } = test.center;
    const replies = async () => {
      const handed = await test.center.run('takeReplies', { queueId, instance, limit: 10 });
      return handed.map((reply) => [reply.message.id, reply.redelivered]);
    };
    expect(await replies()).to.deep.equal([['r', false]]);
    await test.center.run('settleHandovers', { instance, before: test.time - 1 });
    await test.center.run('reclaimHandovers', {});
    expect(await replies()).to.deep.equal([['r', true]]);
    // A deploy hours later must not send what the flow has dropped on purpose.
    await test.center.run('settleHandovers', { instance, before: test.time });
    await test.center.run('reclaimHandovers', {});
    expect(await replies()).to.deep.equal([]);
  });

  it('counts as taken up what notify-agent has queued or whatsapp-out has answered', async () => {
    const queueId = await test.queue();
    await test.queued(queueId);
    const second = await test.receive('bot', { from: 'whatsapp:+15553009998' });
    await take();
    await test.center.run('claimOutbound', {
      messageId: null,
      answer: { inboundId: second.messageId, nodeId: 'out', nth: 1 },
      accountId: ACCOUNT,
      from: SENDER,
      to: 'whatsapp:+15553009998',
      text: 'beep',
      template: null,
      author: { kind: 'flow' },
      conversationId: second.conversationId,
    });
    expect(await test.center.run('reclaimHandovers', {})).to.deep.equal({ reclaimed: 0 });
  });

  it('does not feed what is older than the session, but reports it', async () => {
    await test.receive('old');
    test.time += 24 * HOUR + 1;
    expect(await take()).to.deep.equal([]);
    expect(test.events.at(-1)).to.include({ type: 'message.expired', reason: 'older-than-session' });
    expect(await take()).to.deep.equal([]);
  });

  it('keeps the event log whole across a restart, and refuses to go on from where it never was', async () => {
    await test.receive('one');
    await test.restart();
    await test.receive('two');
    const all = await test.center.query('eventsAfter', { seq: 0, limit: 100 });
    expect(all.events.map((event) => event.seq)).to.deep.equal([1, 2, 3]);
    expect((await test.center.query('eventsAfter', { seq: 1, limit: 1 })).events.map((event) => event.seq)).to.deep.equal([2]);
    expect((await test.center.query('eventsAfter', { seq: 99, limit: 1 })).reset).to.equal(true);
  });

  it('moves the clock only for simulators, forward, and remembers it', async () => {
    expect(await codeOf(test.center.run('skipClock', { byMs: 1000, allSimulators: false }))).to.equal('CLOCK_LOCKED');
    expect(await codeOf(test.center.run('skipClock', { byMs: -1, allSimulators: true }))).to.equal('INVALID_REQUEST');
    await test.receive();
    await test.center.run('skipClock', { byMs: 24 * HOUR + 1, allSimulators: true });
    await test.restart();
    expect(test.center.now()).to.equal(test.time + 24 * HOUR + 1);
    const { open } = (await test.center.query('sessionOf', { address: CUSTOMER, sender: SENDER })).conversation!.session;
    expect(open).to.equal(false);
  });

  it('serves a queue from one node only', async () => {
    await test.queue('Support');
    expect(await codeOf(test.center.run('serveQueue', { name: 'Support', nodeId: 'other', offerSeconds: 60 }))).to.equal(
      'QUEUE_TAKEN',
    );
    await test.center.run('stopServingQueue', { nodeId: 'node-Support' });
    expect(await test.center.run('serveQueue', { name: 'Support', nodeId: 'other', offerSeconds: 60 })).to.have.property(
      'queueId',
    );
  });

  describe('to quiet flows', () => {
    const quiet = (limit = 64) =>
      test.center.run('takeInbound', { accountIds: [ACCOUNT], instance: test.center.instance, limit, quiet: true });
    const texts = (handed: { message: { text: string } }[]): string[] => handed.map(({ message }) => message.text);

    it('leaves out what is in a queue or with an agent, for good, and goes on behind it', async () => {
      const conversationId = await test.queued(await test.queue());
      await test.receive('to the queue');
      await test.receive('to the bot', { from: 'whatsapp:+15553009999' });
      expect(texts(await quiet())).to.deep.equal(['to the bot']);
      const agentId = await test.agent('sam');
      await test.center.run('accept', { conversationId, agentId });
      await test.receive('to the agent');
      expect(await quiet()).to.deep.equal([]);
      await test.restart();
      await test.center.run('reclaimHandovers', {});
      await test.center.run('handBack', { conversationId, by: { agentId } });
      await test.receive('to the bot again');
      expect(texts(await quiet())).to.deep.equal(['to the bot', 'to the bot again']);
    });

    it('finds what comes after more than a batch of it', async () => {
      await test.queued(await test.queue());
      for (let n = 0; n < 70; n++) await test.receive(`with people ${n}`);
      await test.receive('to the bot', { from: 'whatsapp:+15553009999' });
      expect(texts(await quiet(10))).to.deep.equal(['to the bot']);
    });
  });

  it('counts what waits for an account’s flow', async () => {
    const waiting = async (accountId = ACCOUNT) => (await test.center.query('inboundWaiting', { accountId })).waiting;
    expect(await waiting()).to.equal(0);
    for (let n = 0; n < 5; n++) await test.receive(`text ${n}`);
    expect(await waiting()).to.equal(5);
    await take(2);
    expect(await waiting()).to.equal(3);
    expect(await waiting('another')).to.equal(0);
  });
});
