import { DatabaseSync } from 'node:sqlite';
import { expect } from 'chai';
import fc from 'fast-check';
import { DELIVERY_STATUSES, raiseStatus, type DeliveryStatus } from '../../../lib/domain/delivery-status.ts';
import { LIMIT_TEXT } from '../../../lib/domain/session-window.ts';
import { ACCOUNT, codeOf, HOUR, TestCenter } from '../../support/center.ts';
import { claim } from './sending-fixture.ts';

describe('messages to customers', () => {
  let test: TestCenter;
  beforeEach(async () => {
    test = await TestCenter.open();
  });
  afterEach(() => test.close());

  async function agentReply(text = 'Hi Ann'): Promise<{ conversationId: string; agentId: string; queueId: string }> {
    const queueId = await test.queue();
    const agentId = await test.agent('sam');
    const conversationId = await test.queued(queueId);
    await test.center.run('accept', { conversationId, agentId });
    await test.center.run('reply', { conversationId, agentId, messageId: 'reply-1', text });
    return { conversationId, agentId, queueId };
  }

  it('forgets after a week reports about messages that never became ours', async () => {
    const report = (sid: string) =>
      test.center.run('receiveStatus', {
        accountId: ACCOUNT,
        sid,
        messageId: null,
        status: 'sent',
        errorCode: null,
        errorMessage: null,
      });
    const known = (): number => {
      const db = new DatabaseSync(test.file, { readOnly: true });
      const { count } = db.prepare('select count(*) as count from early_statuses').get() as { count: number };
      db.close();
      return count;
    };
    await report('SMfirst');
    test.time += 3 * 24 * HOUR;
    await report('SMsecond');
    test.time += 4 * 24 * HOUR;
    await test.center.run('sweep', {});
    expect(known()).to.equal(2);
    test.time += 1;
    await test.center.run('sweep', {});
    expect(known()).to.equal(1);
  });

  it('of an agent are claimed once, by whoever comes first', async () => {
    await agentReply();
    const tries = await Promise.allSettled(
      Array.from({ length: 20 }, () => test.center.run('claimOutbound', claim({ messageId: 'reply-1' }))),
    );
    expect(tries.filter((one) => one.status === 'fulfilled')).to.have.length(1);
    for (const one of tries) if (one.status === 'rejected') expect(one.reason).to.have.property('code', 'ALREADY_SENT');
  });

  it('answer a customer’s message once, also when that message is handed over again', async () => {
    const { messageId, conversationId } = await test.receive();
    const answer = { inboundId: messageId, nodeId: 'out', nth: 1 };
    const first = await test.center.run('claimOutbound', claim({ answer, conversationId }));
    const again = await test.center.run('claimOutbound', claim({ answer, conversationId, text: 'Something else' }));
    expect(first.verdict).to.equal('send');
    expect(again.verdict).to.equal('already');
    expect(again.message.id).to.equal(first.message.id);
    const second = await test.center.run('claimOutbound', claim({ answer: { ...answer, nth: 2 }, conversationId }));
    expect(second.verdict).to.equal('send');
  });

  it('are refused outside the window, whatever the flow looks like, and templates are not', async () => {
    expect(await codeOf(test.center.run('claimOutbound', claim()))).to.equal('SESSION_NONE');
    const template = { contentSid: 'HX00000000000000000000000000000001', variables: {} };
    expect((await test.center.run('claimOutbound', claim({ template, text: '' }))).verdict).to.equal('send');
    await test.receive();
    test.time += 24 * HOUR;
    expect((await test.center.run('claimOutbound', claim())).verdict).to.equal('send');
    test.time += 1;
    expect(await codeOf(test.center.run('claimOutbound', claim()))).to.equal('SESSION_EXPIRED');
  });

  it('of an agent that come too late are failed with the limit text, so that the desk shows it', async () => {
    const { conversationId, agentId } = await agentReply();
    test.time += 24 * HOUR + 1;
    expect(await codeOf(test.center.run('claimOutbound', claim({ messageId: 'reply-1' })))).to.equal('SESSION_EXPIRED');
    const { messages } = await test.center.query('messages', { conversationId, agentId, limit: 10 });
    expect(messages.at(-1)).to.have.deep.property('error', { code: 'SESSION_EXPIRED', text: LIMIT_TEXT, twilioCode: null });
    expect(messages.at(-1)!.message.status).to.equal('failed');
    expect(test.events.at(-1)).to.include({ type: 'message.failed', reason: 'SESSION_EXPIRED' });
  });

  it('that the guard stops are failed before anybody can claim them', async () => {
    await agentReply();
    const refusal = { messageId: 'reply-1', code: 'SESSION_EXPIRED' as const, text: LIMIT_TEXT };
    expect(await test.center.run('refuseOutbound', refusal)).to.deep.equal({ refused: true });
    expect(await test.center.run('refuseOutbound', refusal)).to.deep.equal({ refused: false });
    expect(await codeOf(test.center.run('claimOutbound', claim({ messageId: 'reply-1' })))).to.equal('ALREADY_SENT');
  });

  it('end at the highest status reported, also when callbacks are quicker than our own record', async () => {
    await test.receive();
    const reported = fc.array(fc.constantFrom<DeliveryStatus>('queued', 'sent', 'delivered', 'read', 'failed', 'undelivered'), {
      maxLength: 6,
    });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(reported, fc.nat(6), fc.boolean(), async (list, recordAt, byId) => {
        const { message } = await test.center.run('claimOutbound', claim());
        const sid = `SMout${++run}`;
        const at = Math.min(recordAt, list.length);
        let expected: DeliveryStatus = 'submitting';
        for (const [index, status] of [...list, null].entries()) {
          if (index === at) {
            await test.center.run('recordSent', { messageId: message.id, sid, status: 'queued' });
            expected = raiseStatus(expected, 'queued');
          }
          if (status === null) break;
          await test.center.run('receiveStatus', {
            accountId: ACCOUNT,
            sid,
            messageId: byId ? message.id : null,
            status,
            errorCode: null,
            errorMessage: null,
          });
          expected = raiseStatus(expected, status);
        }
        const end = await test.center.run('receiveStatus', {
          accountId: ACCOUNT,
          sid,
          messageId: null,
          status: 'huh',
          errorCode: null,
          errorMessage: null,
        });
        expect(end.status).to.equal(expected);
        expect(DELIVERY_STATUSES).to.include(end.status);
      }),
      { numRuns: 60 },
    );
  });

  it('of which nobody knows are looked up for three days, interrupted ones first', async () => {
    await test.receive();
    const claimed = async (messageId: string): Promise<void> =>
      void (await test.center.run(
        'claimOutbound',
        claim({ messageId, template: { contentSid: `HX${'0a'.repeat(16)}`, variables: {} } }),
      ));
    const asked = async (): Promise<string[]> =>
      (await test.center.query('unresolved', { before: test.time, limit: 10 })).map(({ id }) => id);
    for (const id of ['long-ago', 'interrupted']) await claimed(id);
    await test.center.run('recordUnknown', { messageId: 'long-ago', text: '?' });
    test.time += 72 * HOUR - 1;
    await claimed('lately');
    await test.center.run('recordUnknown', { messageId: 'lately', text: '?' });
    expect(await asked()).to.deep.equal(['interrupted', 'long-ago', 'lately']);
    test.time += 1;
    expect(await asked()).to.deep.equal(['interrupted', 'lately']);
  });

  it('that Twilio refuses with 63016 close the window until the customer writes again', async () => {
    await test.receive();
    test.time += HOUR;
    const { message } = await test.center.run('claimOutbound', claim());
    await test.center.run('recordSent', { messageId: message.id, sid: 'SMlate', status: 'queued' });
    await test.center.run('receiveStatus', {
      accountId: ACCOUNT,
      sid: 'SMlate',
      messageId: null,
      status: 'failed',
      errorCode: 63016,
      errorMessage: 'x',
    });
    expect(await codeOf(test.center.run('claimOutbound', claim()))).to.equal('SESSION_EXPIRED');
    test.time += 1;
    await test.receive('Hello again');
    expect((await test.center.run('claimOutbound', claim())).verdict).to.equal('send');
  });

  it('of a flow may not go to a conversation that is closed or unknown', async () => {
    const { conversationId } = await test.receive();
    expect(await codeOf(test.center.run('claimOutbound', claim({ conversationId: 'nowhere' })))).to.equal('UNKNOWN_CONVERSATION');
    test.time += 25 * HOUR;
    await test.center.run('sweep', {});
    expect(await codeOf(test.center.run('claimOutbound', claim({ conversationId })))).to.equal('CONVERSATION_CLOSED');
  });

  it('of an agent are one message for one id, and only in a conversation of theirs', async () => {
    const { conversationId, agentId } = await agentReply();
    await test.center.run('reply', { conversationId, agentId, messageId: 'reply-1', text: 'Hi Ann' });
    expect((await test.center.query('messages', { conversationId, agentId, limit: 10 })).messages).to.have.length(2);
    const kim = await test.agent('kim');
    const other = { conversationId, agentId: kim, messageId: 'k', text: 'Hi' };
    expect(await codeOf(test.center.run('reply', other))).to.equal('NOT_YOUR_CONVERSATION');
    expect(await codeOf(test.center.run('reply', { ...other, agentId, text: ' \n' }))).to.equal('EMPTY_TEXT');
    expect(await codeOf(test.center.run('reply', { ...other, agentId, text: 'x'.repeat(16_001) }))).to.equal('TEXT_TOO_LONG');
    expect(await codeOf(test.center.run('reply', { ...other, conversationId: 'nowhere' }))).to.equal('UNKNOWN_CONVERSATION');
  });
});
