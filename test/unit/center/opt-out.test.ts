import { expect } from 'chai';
import fc from 'fast-check';
import { codeOf, HOUR, type TestCenter } from '../../support/center.ts';
import { claim, Sending, TEMPLATE } from './sending-fixture.ts';

describe('opting out', () => {
  let test: TestCenter;
  let agentId: string;
  let queueId: string;
  let run: Sending['run'];
  let activeConversation: Sending['activeConversation'];
  let statusOf: Sending['statusOf'];
  let failAtTwilio: Sending['failAtTwilio'];

  beforeEach(async () => {
    ({ test, agentId, queueId, run, activeConversation, statusOf, failAtTwilio } = await Sending.open());
  });
  afterEach(() => test.close());

  const optedOut = async (conversationId: string) =>
    (await test.center.query('conversationView', { conversationId, agentId })).customer.optedOut;

  it('by STOP stops every way of sending, until START', async () => {
    const conversationId = await activeConversation();
    await run('reply', { conversationId, agentId, messageId: 'before', text: 'Hi' });
    await test.receive('stop');
    expect(await optedOut(conversationId)).to.deep.equal({ at: test.time, reason: 'stop' });
    expect(test.events.at(-1)).to.include({ type: 'customer.opted-out', reason: 'stop', queueId });
    expect(await codeOf(run('claimOutbound', claim()))).to.equal('OPTED_OUT');
    expect(await codeOf(run('claimOutbound', claim({ template: TEMPLATE, text: '' })))).to.equal('OPTED_OUT');
    expect(await codeOf(run('claimOutbound', claim({ messageId: 'before' })))).to.equal('OPTED_OUT');
    expect(await statusOf(conversationId, 'before')).to.equal('failed');
    expect(await codeOf(run('reply', { conversationId, agentId, messageId: 'after', text: 'Hi' }))).to.equal('OPTED_OUT');
    await test.receive('Are you there?');
    expect(await codeOf(run('claimOutbound', claim()))).to.equal('OPTED_OUT');
    test.time += 1;
    await test.receive('START');
    expect(test.types()).to.include('customer.opted-in');
    expect(await optedOut(conversationId)).to.equal(null);
    expect((await run('claimOutbound', claim())).verdict).to.equal('send');
    // What was refused can be sent again now.
    expect((await run('retryMessage', { messageId: 'before', agentId, newMessageId: 'x' })).retryOf).to.equal('before');
  });

  it('is told in every live conversation of the customer, so that no desk goes on as before', async () => {
    const conversationId = await activeConversation();
    test.events.length = 0;
    const second = { to: 'whatsapp:+15550100777' };
    const other = (await test.receive('STOP', second)).conversationId;
    const told = () => test.events.map(({ type, conversationId: id, reason }) => [type, id, reason]);
    expect(told()).to.deep.include(['customer.opted-out', other, 'stop']);
    expect(told()).to.deep.include(['conversation.updated', conversationId, 'opted-out']);
    test.time += 1;
    await test.receive('START', second);
    expect(told()).to.deep.include(['conversation.updated', conversationId, 'opted-in']);
  });

  it('is what Twilio’s OptOutType says, in any language', async () => {
    await test.receive('arrêt', { params: { OptOutType: 'STOP' } });
    expect(await codeOf(run('claimOutbound', claim()))).to.equal('OPTED_OUT');
  });

  it('holds back what waits for the customer', async () => {
    const conversationId = await activeConversation();
    test.time += 25 * HOUR;
    await run('reply', { conversationId, agentId, messageId: 'h1', text: 'Hi', hold: true });
    await test.receive('STOP');
    expect(await statusOf(conversationId, 'h1')).to.equal('held');
    test.time += 1;
    await test.receive('START');
    expect(await statusOf(conversationId, 'h1')).to.equal('pending');
  });

  it('is learned from Twilio’s numbers; where WhatsApp blocked us, any message of the customer ends it', async () => {
    const conversationId = await activeConversation();
    test.time += 1000;
    await run('reply', { conversationId, agentId, messageId: 'm1', text: 'Hi' });
    await failAtTwilio('m1', 63014);
    expect(await optedOut(conversationId)).to.deep.equal({ at: test.time, reason: 'blocked' });
    expect(await codeOf(run('claimOutbound', claim()))).to.equal('OPTED_OUT');
    test.time += 1000;
    await test.receive('I am back');
    expect(await optedOut(conversationId)).to.equal(null);
    await run('reply', { conversationId, agentId, messageId: 'm2', text: 'Hi' });
    await failAtTwilio('m2', 21610);
    test.time += 1000;
    await test.receive('I am back');
    expect(await optedOut(conversationId)).to.include({ reason: 'stop' });
  });

  it('does not come back by a report about an older message', async () => {
    await activeConversation();
    await run('claimOutbound', claim({ messageId: 'old' }));
    test.time += 1000;
    await test.receive('START');
    for (const [code, id] of [
      [21610, 'old'],
      [63033, 'older'],
    ] as const) {
      if (id === 'older') await run('claimOutbound', claim({ messageId: id }));
      test.time += id === 'older' ? 1000 : 0;
      if (id === 'older') await test.receive('Hello');
      await run('recordFailed', { messageId: id, code: 'TWILIO_REFUSED', text: 'No.', twilioCode: code });
      expect((await run('claimOutbound', claim())).verdict, String(code)).to.equal('send');
    }
  });

  it('is the wish written last, in whatever order messages come in', async () => {
    const wishes = fc.array(fc.constantFrom('STOP', 'START', 'Hello'), { minLength: 1, maxLength: 6 });
    let customer = 0;
    await fc.assert(
      fc.asyncProperty(wishes, fc.infiniteStream(fc.nat(1000)), async (texts, order) => {
        const from = `whatsapp:+1555999${String(++customer).padStart(4, '0')}`;
        const start = test.time;
        const messages = texts.map((text, index) => ({ text, timestamp: new Date(start + index * 1000).toISOString() }));
        const shuffled = messages
          .map((message) => ({ message, rank: order.next().value as number }))
          .sort((one, other) => one.rank - other.rank);
        test.time += texts.length * 1000;
        for (const { message } of shuffled) await test.receive(message.text, { from, timestamp: message.timestamp });
        const last = texts.filter((text) => text !== 'Hello').at(-1);
        const verdict = await run('claimOutbound', claim({ to: from })).then(
          () => 'send',
          (error: { code: string }) => error.code,
        );
        expect(verdict).to.equal(last === 'STOP' ? 'OPTED_OUT' : 'send');
      }),
      { numRuns: 40 },
    );
  });
});
