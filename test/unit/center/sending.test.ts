import { expect } from 'chai';
import type { StartArgs } from '../../../lib/center/sending-contract.ts';
import { ACCOUNT, codeOf, CUSTOMER, HOUR, SENDER, type TestCenter } from '../../support/center.ts';
import { claim, OTHER, Sending, TEMPLATE } from './sending-fixture.ts';

describe('sending', () => {
  let test: TestCenter;
  let agentId: string;
  let queueId: string;
  let run: Sending['run'];
  let activeConversation: Sending['activeConversation'];
  let messagesOf: Sending['messagesOf'];
  let statusOf: Sending['statusOf'];
  let failAtTwilio: Sending['failAtTwilio'];

  beforeEach(async () => {
    ({ test, agentId, queueId, run, activeConversation, messagesOf, statusOf, failAtTwilio } = await Sending.open());
  });
  afterEach(() => test.close());

  /** What notify-agent gets for its flow, by id. */
  async function handed(): Promise<string[]> {
    const replies = await run('takeReplies', { queueId, instance: 'one', limit: 64 });
    return replies.map(({ message }) => message.id);
  }

  describe('a template by an agent', () => {
    it('goes out after the window, and its filled text is what is kept', async () => {
      const conversationId = await activeConversation();
      test.time += 30 * HOUR;
      const view = await run('reply', { conversationId, agentId, messageId: 't1', text: 'Hello Ann', template: TEMPLATE });
      expect(view.message).to.deep.include({ type: 'template', text: 'Hello Ann', template: TEMPLATE, status: 'pending' });
      const [handedOver] = await run('takeReplies', { queueId, instance: 'one', limit: 64 });
      expect(handedOver!.message.template).to.deep.equal(TEMPLATE);
      const { message, verdict } = await run('claimOutbound', claim({ messageId: 't1', text: '', template: TEMPLATE }));
      expect(verdict).to.equal('send');
      expect(message).to.deep.include({ text: 'Hello Ann', template: TEMPLATE, status: 'submitting' });
    });

    it('is sent as a template also when the flow hands on its text alone', async () => {
      const conversationId = await activeConversation();
      test.time += 30 * HOUR;
      await run('reply', { conversationId, agentId, messageId: 't1', text: 'Hello Ann', template: TEMPLATE });
      const { message } = await run('claimOutbound', claim({ messageId: 't1', text: 'Hello Ann', template: null }));
      expect(message.template).to.deep.equal(TEMPLATE);
    });

    it('must be one', async () => {
      const conversationId = await activeConversation();
      const args = { conversationId, agentId, messageId: 't1', text: 'Hello', template: { contentSid: 'HX1', variables: {} } };
      expect(await codeOf(run('reply', args))).to.equal('INVALID_TEMPLATE');
    });
  });

  describe('a long text', () => {
    it('becomes several messages in order, each of which can be sent', async () => {
      const conversationId = await activeConversation();
      const words = Array.from({ length: 700 }, (_, index) => `word${index}`);
      const view = await run('reply', { conversationId, agentId, messageId: 'long', text: words.join(' ') });
      expect(view.id).to.equal('long');
      const parts = (await messagesOf(conversationId)).filter(({ message }) => message.direction === 'outbound');
      expect(parts.map(({ id }) => id)).to.deep.equal(['long', 'long.2', 'long.3', 'long.4']);
      expect(parts.flatMap(({ message }) => message.text.split(' '))).to.deep.equal(words);
      expect(await handed()).to.deep.equal(['long', 'long.2', 'long.3', 'long.4']);
      // The same request again is the same messages.
      await run('reply', { conversationId, agentId, messageId: 'long', text: words.join(' ') });
      expect(await messagesOf(conversationId)).to.have.length(5);
    });
  });

  describe('a held answer', () => {
    it('waits for the customer and goes out by itself, in order, before what is written later', async () => {
      const conversationId = await activeConversation();
      test.time += 25 * HOUR;
      for (const id of ['h1', 'h2']) {
        const view = await run('reply', { conversationId, agentId, messageId: id, text: id, hold: true });
        expect(view.message.status).to.equal('held');
      }
      expect(await handed()).to.deep.equal([]);
      expect(await codeOf(run('claimOutbound', claim({ messageId: 'h1' })))).to.equal('ALREADY_SENT');
      test.time += HOUR;
      await test.receive('I am back');
      await run('reply', { conversationId, agentId, messageId: 'r1', text: 'r1' });
      expect(await handed()).to.deep.equal(['h1', 'h2', 'r1']);
      expect((await run('claimOutbound', claim({ messageId: 'h1', text: 'h1' }))).verdict).to.equal('send');
      const released = test.events.filter(({ type, data }) => type === 'message.status' && data['status'] === 'pending');
      expect(released.map(({ messageId }) => messageId)).to.deep.equal(['h1', 'h2']);
    });

    it('is an ordinary one while the window is open', async () => {
      const conversationId = await activeConversation();
      const view = await run('reply', { conversationId, agentId, messageId: 'h1', text: 'Hi', hold: true });
      expect(view.message.status).to.equal('pending');
    });

    it('stays where it is when Twilio hands in an old message', async () => {
      const conversationId = await activeConversation();
      const longAgo = new Date(test.time + HOUR).toISOString();
      test.time += 30 * HOUR;
      await run('reply', { conversationId, agentId, messageId: 'h1', text: 'Hi', hold: true });
      await test.receive('Late', { timestamp: longAgo });
      expect(await statusOf(conversationId, 'h1')).to.equal('held');
    });

    it('goes out also when the conversation was set aside, by the queue that it is in', async () => {
      const conversationId = await activeConversation();
      test.time += 25 * HOUR;
      await run('reply', { conversationId, agentId, messageId: 'h1', text: 'Hi', hold: true });
      await run('closeConversation', { conversationId, agentId });
      const other = await test.queue('Second');
      await run('transferToQueue', { conversationId, by: { flow: { nodeId: 'n' } }, queueId: other });
      await test.receive('I am back');
      expect(
        (await run('takeReplies', { queueId: other, instance: 'one', limit: 9 })).map(({ message }) => message.id),
      ).to.deep.equal(['h1']);
    });

    it('can be taken back by whoever may write, until it has gone', async () => {
      const conversationId = await activeConversation();
      const kim = await test.agent('kim');
      test.time += 25 * HOUR;
      await run('reply', { conversationId, agentId, messageId: 'h1', text: 'Hi', hold: true });
      expect(await codeOf(run('cancelHeld', { messageId: 'h1', agentId: kim }))).to.equal('NOT_YOUR_CONVERSATION');
      expect(await codeOf(run('cancelHeld', { messageId: 'nothing', agentId }))).to.equal('UNKNOWN_MESSAGE');
      expect((await run('cancelHeld', { messageId: 'h1', agentId })).message.status).to.equal('canceled');
      await test.receive('I am back');
      expect(await handed()).to.deep.equal([]);
      expect(await statusOf(conversationId, 'h1')).to.equal('canceled');
    });

    it('ends with its conversation', async () => {
      const conversationId = await activeConversation();
      test.time += 25 * HOUR;
      await run('reply', { conversationId, agentId, messageId: 'h1', text: 'Hi', hold: true });
      await run('endConversation', { conversationId, agentId });
      await run('closeConversation', { conversationId, agentId });
      expect(await statusOf(conversationId, 'h1')).to.equal('canceled');
      expect(test.types()).to.not.include('message.failed');
    });
  });

  describe('sending again', () => {
    it('is a new message that names the first, once', async () => {
      const conversationId = await activeConversation();
      await run('reply', { conversationId, agentId, messageId: 'm1', text: 'Hi' });
      await failAtTwilio('m1', 63009);
      expect((await messagesOf(conversationId)).at(-1)).to.include({ retry: 'now', retryOf: null });
      const view = await run('retryMessage', { messageId: 'm1', agentId, newMessageId: 'm2' });
      expect(view).to.include({ id: 'm2', retryOf: 'm1' });
      expect(view.message).to.include({ text: 'Hi', status: 'pending' });
      // The same request again, and another one while the first is under way.
      expect((await run('retryMessage', { messageId: 'm1', agentId, newMessageId: 'm2' })).id).to.equal('m2');
      expect(await codeOf(run('retryMessage', { messageId: 'm1', agentId, newMessageId: 'm3' }))).to.equal('NOT_REPEATABLE');
      await failAtTwilio('m2', 63009);
      expect((await run('retryMessage', { messageId: 'm1', agentId, newMessageId: 'm3' })).retryOf).to.equal('m1');
    });

    it('keeps a template a template', async () => {
      const conversationId = await activeConversation();
      await run('reply', { conversationId, agentId, messageId: 'm1', text: 'Hello Ann', template: TEMPLATE });
      await failAtTwilio('m1', 63029);
      test.time += 30 * HOUR;
      const { message } = await run('retryMessage', { messageId: 'm1', agentId, newMessageId: 'm2' });
      expect(message).to.deep.include({ type: 'template', template: TEMPLATE, text: 'Hello Ann' });
    });

    it('follows the catalogue: not what would be refused again, nor what did not fail', async () => {
      const conversationId = await activeConversation();
      await run('reply', { conversationId, agentId, messageId: 'bad', text: 'Hi' });
      await failAtTwilio('bad', 63005);
      expect(await codeOf(run('retryMessage', { messageId: 'bad', agentId, newMessageId: 'x' }))).to.equal('NOT_REPEATABLE');
      await run('reply', { conversationId, agentId, messageId: 'fine', text: 'Hi' });
      expect(await codeOf(run('retryMessage', { messageId: 'fine', agentId, newMessageId: 'x' }))).to.equal('NOT_REPEATABLE');
      expect(await codeOf(run('retryMessage', { messageId: 'none', agentId, newMessageId: 'x' }))).to.equal('UNKNOWN_MESSAGE');
      const kim = await test.agent('kim');
      expect(await codeOf(run('retryMessage', { messageId: 'bad', agentId: kim, newMessageId: 'x' }))).to.equal(
        'NOT_YOUR_CONVERSATION',
      );
    });

    it('of a message whose fate is not known needs a person who is sure', async () => {
      const conversationId = await activeConversation();
      await run('reply', { conversationId, agentId, messageId: 'm1', text: 'Hi' });
      await run('claimOutbound', claim({ messageId: 'm1' }));
      await run('recordUnknown', { messageId: 'm1', text: 'Nobody knows.' });
      const again = { messageId: 'm1', agentId, newMessageId: 'm2' };
      expect(await codeOf(run('retryMessage', again))).to.equal('NOT_REPEATABLE');
      expect((await run('retryMessage', { ...again, sureItIsLost: true })).retryOf).to.equal('m1');
    });

    it('is not needed where a person knows that it arrived, and Twilio’s word still counts', async () => {
      const conversationId = await activeConversation();
      await run('reply', { conversationId, agentId, messageId: 'm1', text: 'Hi' });
      await run('claimOutbound', claim({ messageId: 'm1' }));
      expect(await codeOf(run('confirmArrival', { messageId: 'm1', agentId }))).to.equal('ILLEGAL_TRANSITION');
      await run('recordUnknown', { messageId: 'm1', text: 'Nobody knows.' });
      const kim = await test.agent('kim');
      expect(await codeOf(run('confirmArrival', { messageId: 'm1', agentId: kim }))).to.equal('NOT_YOUR_CONVERSATION');
      expect(await codeOf(run('confirmArrival', { messageId: 'nothing', agentId }))).to.equal('UNKNOWN_MESSAGE');
      const view = await run('confirmArrival', { messageId: 'm1', agentId });
      expect([view.message.status, view.error, view.retry]).to.deep.equal(['sent', null, 'never']);
      const report = { accountId: ACCOUNT, sid: 'SM1', messageId: 'm1', status: 'read', errorCode: null, errorMessage: null };
      await run('receiveStatus', report);
      expect(await statusOf(conversationId, 'm1')).to.equal('read');
    });

    it('of a text that came too late waits for the window', async () => {
      const conversationId = await activeConversation();
      await run('reply', { conversationId, agentId, messageId: 'm1', text: 'Hi' });
      await failAtTwilio('m1', 63016);
      const again = { messageId: 'm1', agentId, newMessageId: 'm2' };
      expect(await codeOf(run('retryMessage', again))).to.equal('SESSION_EXPIRED');
      test.time += 1;
      await test.receive('Still here');
      expect((await run('retryMessage', again)).retryOf).to.equal('m1');
    });
  });

  describe('instead of a text after the window', () => {
    const fallback = { template: TEMPLATE, text: 'Hello Ann, may we go on?' };

    it('the chosen template is sent, and kept as what was said', async () => {
      const { messageId, conversationId } = await test.receive();
      const answer = { inboundId: messageId, nodeId: 'out', nth: 0 };
      expect((await run('claimOutbound', claim({ fallback }))).message).to.include({ type: 'text', text: 'Hello' });
      test.time += 25 * HOUR;
      const { message } = await run('claimOutbound', claim({ answer, conversationId, fallback }));
      expect(message).to.deep.include({ type: 'template', template: TEMPLATE, text: fallback.text });
      expect((await run('claimOutbound', claim({ answer, conversationId, fallback }))).verdict).to.equal('already');
      // To somebody who never wrote as well.
      expect((await run('claimOutbound', claim({ to: OTHER, fallback }))).message.type).to.equal('template');
    });

    it('an agent’s text becomes it, and one that the guard stopped is followed by it, once', async () => {
      const conversationId = await activeConversation();
      await run('reply', { conversationId, agentId, messageId: 'late', text: 'Hi' });
      await run('reply', { conversationId, agentId, messageId: 'stopped', text: 'Hi' });
      test.time += 25 * HOUR;
      const { message } = await run('claimOutbound', claim({ messageId: 'late', fallback }));
      expect(message).to.deep.include({ id: 'late', type: 'template', template: TEMPLATE, text: fallback.text });
      expect((await messagesOf(conversationId)).find(({ id }) => id === 'late')!.message).to.deep.include({
        type: 'template',
        template: TEMPLATE,
        text: fallback.text,
      });

      await run('refuseOutbound', { messageId: 'stopped', code: 'SESSION_EXPIRED', text: 'Too late.' });
      const instead = claim({ messageId: 'stopped', conversationId, fallback, author: { kind: 'agent', id: agentId } });
      const second = await run('claimOutbound', instead);
      expect(second.verdict).to.equal('send');
      expect((await messagesOf(conversationId)).at(-1)).to.include({ id: second.message.id, retryOf: 'stopped' });
      expect(await codeOf(run('claimOutbound', instead))).to.equal('ALREADY_SENT');
      expect(await codeOf(run('claimOutbound', claim({ messageId: 'stopped' })))).to.equal('ALREADY_SENT');
    });
  });

  describe('starting a conversation', () => {
    const start = (change: Partial<StartArgs> = {}) =>
      run('startConversation', {
        by: { agentId },
        address: '+15551230002',
        accountId: ACCOUNT,
        sender: SENDER,
        template: TEMPLATE,
        text: 'Hello Ann',
        messageId: 's1',
        ...change,
      });

    it('opens one with somebody new, active with the agent, and its template leaves by the queue', async () => {
      const { conversationId, message } = await start();
      expect(message.message).to.deep.include({
        type: 'template',
        template: TEMPLATE,
        text: 'Hello Ann',
        to: OTHER,
        status: 'pending',
      });
      const view = await test.center.query('conversationView', { conversationId, agentId });
      expect(view).to.include({ state: 'active', handledBy: 'agent' });
      expect(view.agent?.id).to.equal(agentId);
      expect(view.queue?.id).to.equal(queueId);
      expect(await handed()).to.deep.equal(['s1']);
      // What the customer answers comes to the agent.
      expect((await test.receive('Hi', { from: OTHER })).conversationId).to.equal(conversationId);
      expect((await test.center.query('home', { agentId })).mine.map(({ id }) => id)).to.deep.equal([conversationId]);
      // The same request again.
      expect((await start()).conversationId).to.equal(conversationId);
      expect(test.types().filter((type) => type === 'message.written')).to.have.length(1);
    });

    it('uses the live one: taken from its queue or from the flow, opened again when it waits', async () => {
      const queued = await test.queued(queueId, { from: OTHER });
      expect((await start()).conversationId).to.equal(queued);
      expect((await test.center.query('home', { agentId })).offers).to.deep.equal([]);
      await run('closeConversation', { conversationId: queued, agentId });
      expect((await start({ messageId: 's2' })).conversationId).to.equal(queued);
      const byFlow = (await test.receive()).conversationId;
      expect((await start({ messageId: 's3', address: CUSTOMER })).conversationId).to.equal(byFlow);
    });

    it('leaves a colleague’s conversation alone', async () => {
      const kim = await test.agent('kim');
      const conversationId = await test.queued(queueId, { from: OTHER });
      await run('accept', { conversationId, agentId: kim });
      expect(await codeOf(start())).to.equal('ALREADY_ACCEPTED');
      await run('endConversation', { conversationId, agentId: kim });
      expect(await codeOf(start({ by: { agentId: kim } }))).to.equal('ILLEGAL_TRANSITION');
    });

    it('by a flow needs a queue to send it, and stays with the flow', async () => {
      const by = { flow: { nodeId: 'n1', nodeName: 'Campaign' } };
      expect(await codeOf(start({ by }))).to.equal('UNKNOWN_QUEUE');
      const { conversationId } = await start({ by, queueId: 'Support' });
      expect(await test.center.query('conversation', { conversationId })).to.include({ state: 'open', handledBy: 'flow' });
      expect(await handed()).to.deep.equal(['s1']);
    });

    it('checks whom, what, and who asks', async () => {
      expect(await codeOf(start({ address: '0555 123' }))).to.equal('INVALID_RECIPIENT');
      expect(await codeOf(start({ address: '' }))).to.equal('NO_RECIPIENT');
      expect(await codeOf(start({ template: { contentSid: 'x', variables: {} } }))).to.equal('INVALID_TEMPLATE');
      expect(await codeOf(start({ by: { agentId: 'nobody' } }))).to.equal('UNKNOWN_AGENT');
      expect(await codeOf(start({ queueId: 'Nowhere' }))).to.equal('UNKNOWN_QUEUE');
      const kim = await test.agent('kim');
      await run('changeQueue', { actorId: agentId, queueId, change: { everyone: false, members: [agentId] } });
      expect(await codeOf(start({ by: { agentId: kim }, queueId }))).to.equal('FORBIDDEN');
      expect(await codeOf(start({ by: { agentId: kim } }))).to.equal('UNKNOWN_QUEUE');
      await test.receive('STOP', { from: OTHER });
      expect(await codeOf(start())).to.equal('OPTED_OUT');
      await run('stopServingQueue', { nodeId: 'node-Support' });
      expect(await codeOf(start({ address: '+15551230003' }))).to.equal('UNKNOWN_QUEUE');
    });
  });

  it('tells the last message of the customer for the typing indicator, to whoever may write and only within the window', async () => {
    const conversationId = await activeConversation();
    const { messageId } = await test.receive('One more thing');
    const target = (id = agentId) => test.center.query('typingTarget', { conversationId, agentId: id });
    expect(await target()).to.deep.equal({ sid: messageId, accountId: ACCOUNT });
    expect(await codeOf(target(await test.agent('kim')))).to.equal('NOT_YOUR_CONVERSATION');
    test.time += 25 * HOUR;
    expect(await target()).to.equal(null);
  });

  it('finds the message of a status that comes days later, and its 63016 closes the window', async () => {
    const conversationId = await activeConversation();
    await run('reply', { conversationId, agentId, messageId: 'm1', text: 'Hi' });
    await run('claimOutbound', claim({ messageId: 'm1' }));
    await run('recordSent', { messageId: 'm1', sid: 'SMm1', status: 'queued' });
    await run('endConversation', { conversationId, agentId });
    await run('closeConversation', { conversationId, agentId });
    test.time += 5 * 24 * HOUR;
    await run('sweep', {});
    const report = { accountId: ACCOUNT, sid: 'SMm1', messageId: null, errorCode: null, errorMessage: null };
    expect(await run('receiveStatus', { ...report, status: 'delivered' })).to.deep.equal({
      messageId: 'm1',
      status: 'delivered',
      changed: true,
    });
    await test.receive('Hello again', { from: OTHER });
    await run('claimOutbound', claim({ to: OTHER, messageId: 'm2' }));
    await run('receiveStatus', { ...report, sid: 'SMm2', messageId: 'm2', status: 'failed', errorCode: 63016 });
    expect(await codeOf(run('claimOutbound', claim({ to: OTHER })))).to.equal('SESSION_EXPIRED');
  });
});
