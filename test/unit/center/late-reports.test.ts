import { expect } from 'chai';
import { ACCOUNT, CUSTOMER, HOUR, SENDER } from '../../support/center.ts';
import { claim, Sending, TEMPLATE } from './sending-fixture.ts';

describe('what is known of a message when others come between', () => {
  let sending: Sending;

  beforeEach(async () => {
    sending = await Sending.open();
  });
  afterEach(() => sending.test.close());

  it('is not forgotten: an old report of a closed window does not open it again', async () => {
    const { test, run } = sending;
    await test.receive();
    test.time += 1_000;
    await run('claimOutbound', claim({ messageId: 'first' }));
    test.time += 1_000;
    await test.receive('Still there?');
    test.time += 1_000;
    await run('claimOutbound', claim({ messageId: 'second' }));
    for (const messageId of ['second', 'first']) {
      const report = { accountId: ACCOUNT, sid: `SM${messageId}`, status: 'undelivered', errorCode: 63016, errorMessage: null };
      await run('receiveStatus', { ...report, messageId });
    }
    const { lastCustomerAt, refusedAt } = await test.center.query('sessionOf', { address: CUSTOMER, sender: SENDER });
    expect(refusedAt).to.be.above(lastCustomerAt!);
  });

  it('belongs to the account that sends it, though the conversation began with another', async () => {
    const { test, run, agentId } = sending;
    const conversationId = await sending.activeConversation();
    for (const messageId of ['waits', 'called'])
      await run('reply', { conversationId, agentId, messageId, text: 'Hi', template: messageId === 'waits' ? null : TEMPLATE });
    await run('claimOutbound', claim({ messageId: 'waits', accountId: 'successor', wait: true }));
    await run('claimOutbound', claim({ messageId: 'called', accountId: 'successor', template: TEMPLATE }));
    const waiting = await test.center.query('postponed', { accountId: 'successor' });
    expect(waiting.map(({ id }) => id)).to.deep.equal(['waits']);
    const asked = async (accountId: string) =>
      (await test.center.query('unresolved', { before: test.time + HOUR, limit: 1, accountId })).map(({ id }) => id);
    expect(await asked('successor')).to.deep.equal(['called']);
    expect(await asked(ACCOUNT)).to.deep.equal([]);
  });
});
