import { expect } from 'chai';
import { ACCOUNT, codeOf, HOUR, TestCenter } from '../../support/center.ts';
import { claim } from './sending-fixture.ts';

/** A request whose answer was lost is sent again as it was. */
describe('a request that is sent again', () => {
  let test: TestCenter;
  let sue: string;
  let ann: string;
  let id: string;
  beforeEach(async () => {
    test = await TestCenter.open();
    const queueId = await test.queue();
    sue = await test.agent('sue');
    ann = await test.agent('ann');
    id = await test.queued(queueId);
    await test.center.run('accept', { conversationId: id, agentId: ann });
    test.events.length = 0;
  });
  afterEach(() => test.close());

  it('writes one remark', async () => {
    const wanted = {
      conversationId: id,
      by: { agentId: ann },
      kind: 'note',
      text: 'Prefers mornings',
      remarkId: 'remark-0001',
    } as const;
    const first = await test.center.run('remark', wanted);
    test.time += 5_000;
    expect(await test.center.run('remark', wanted)).to.deep.equal(first);
    expect(await test.center.query('remarks', { conversationId: id, agentId: ann })).to.deep.equal([first]);
    expect(test.types()).to.deep.equal(['remark.added']);
  });

  it('is refused where the id is another person’s, or another conversation’s', async () => {
    const wanted = { conversationId: id, kind: 'note', text: 'Prefers mornings', remarkId: 'remark-0001' } as const;
    await test.center.run('remark', { ...wanted, by: { agentId: ann } });
    expect(await codeOf(test.center.run('remark', { ...wanted, by: { agentId: sue } }))).to.equal('INVALID_REQUEST');
    expect(await test.center.query('remarks', { conversationId: id, agentId: ann })).to.have.length(1);
  });

  it('is told that its answer was written, also when the conversation is a colleague’s by now', async () => {
    const answer = { conversationId: id, agentId: ann, messageId: 'message-0001', text: 'On its way' };
    const first = await test.center.run('reply', answer);
    await test.center.run('claimOutbound', claim({ messageId: first.id, text: '' }));
    await test.center.run('recordFailed', { messageId: first.id, code: 'TWILIO_REFUSED', text: 'Try again.', twilioCode: 63009 });
    const again = { messageId: first.id, agentId: ann, newMessageId: 'message-0002' };
    const second = await test.center.run('retryMessage', again);
    await test.center.run('assign', { conversationId: id, by: { agentId: sue }, toAgentId: sue });
    expect((await test.center.run('reply', answer)).id).to.equal(first.id);
    expect((await test.center.run('retryMessage', again)).id).to.equal(second.id);
    const theirs = { conversationId: id, agentId: sue };
    expect((await test.center.query('messages', { ...theirs, limit: 50 })).messages).to.have.length(3);
    // The id of somebody else's is no key to it.
    expect(await codeOf(test.center.run('reply', { ...answer, agentId: sue }))).to.equal('INVALID_REQUEST');
    expect(await codeOf(test.center.run('retryMessage', { ...again, agentId: sue }))).to.equal('INVALID_REQUEST');
    expect(await codeOf(test.center.run('reply', { ...answer, messageId: 'message-0003' }))).to.equal('NOT_YOUR_CONVERSATION');
  });

  it('takes a held answer back once, also when the conversation is a colleague’s by now', async () => {
    test.time += 25 * HOUR;
    await test.center.run('reply', { conversationId: id, agentId: ann, messageId: 'message-0001', text: 'Hi', hold: true });
    const wanted = { messageId: 'message-0001', agentId: ann };
    const first = await test.center.run('cancelHeld', wanted);
    test.events.length = 0;
    expect(await test.center.run('cancelHeld', wanted)).to.deep.equal(first);
    await test.center.run('assign', { conversationId: id, by: { agentId: sue }, toAgentId: sue });
    expect(await test.center.run('cancelHeld', wanted)).to.deep.equal(first);
    expect(test.types()).to.not.include('message.status');
    // Somebody else is told that there is nothing left to take back.
    expect(await codeOf(test.center.run('cancelHeld', { ...wanted, agentId: sue }))).to.equal('ILLEGAL_TRANSITION');
  });

  it('says once that a message arrived, whatever Twilio has said of it since', async () => {
    await test.center.run('reply', { conversationId: id, agentId: ann, messageId: 'message-0001', text: 'Hi' });
    await test.center.run('claimOutbound', claim({ messageId: 'message-0001' }));
    await test.center.run('recordUnknown', { messageId: 'message-0001', text: 'Nobody knows.' });
    const wanted = { messageId: 'message-0001', agentId: ann };
    const first = await test.center.run('confirmArrival', wanted);
    test.events.length = 0;
    expect(await test.center.run('confirmArrival', wanted)).to.deep.equal(first);
    expect(test.types()).to.deep.equal([]);
    const report = { accountId: ACCOUNT, sid: 'SM1', messageId: first.id, status: 'read', errorCode: null, errorMessage: null };
    await test.center.run('receiveStatus', report);
    expect((await test.center.run('confirmArrival', wanted)).message.status).to.equal('read');
    await test.center.run('assign', { conversationId: id, by: { agentId: sue }, toAgentId: sue });
    expect(await codeOf(test.center.run('confirmArrival', { ...wanted, agentId: sue }))).to.equal('ILLEGAL_TRANSITION');
  });

  it('adds one person and one status', async () => {
    const agent = { id: 'person-0001', username: 'cem', name: 'Cem', role: 'agent', passwordHash: 'hash' } as const;
    const first = await test.center.run('addAgent', { actorId: sue, agent });
    expect(await test.center.run('addAgent', { actorId: sue, agent })).to.deep.equal(first);
    const status = { actorId: sue, id: null, newId: 'status-0001', label: 'Lunch', base: 'away' } as const;
    await test.center.run('saveStatus', status);
    await test.center.run('saveStatus', status);
    expect(await test.center.query('statuses', {})).to.deep.equal([{ id: 'status-0001', label: 'Lunch', base: 'away' }]);
    expect(test.types()).to.deep.equal(['agent.added', 'statuses.changed']);
    expect(await codeOf(test.center.run('addAgent', { actorId: sue, agent: { ...agent, username: 'dan' } }))).to.equal(
      'INVALID_REQUEST',
    );
    expect(await codeOf(test.center.run('saveStatus', { ...status, label: 'Training' }))).to.equal('INVALID_REQUEST');
  });

  it('passes a conversation on once, with one note', async () => {
    const wanted = { conversationId: id, by: { agentId: sue }, toAgentId: ann, note: 'Please' };
    expect(await codeOf(test.center.run('transferToAgent', wanted))).to.equal('INVALID_REQUEST');
    const toSue = { conversationId: id, by: { agentId: ann }, toAgentId: sue, note: 'Please' };
    await test.center.run('transferToAgent', toSue);
    expect(await codeOf(test.center.run('transferToAgent', toSue))).to.equal('INVITATION_PENDING');
    expect(await test.center.query('remarks', { conversationId: id, agentId: ann })).to.have.length(1);
  });

  it('asks a colleague in once, with one note', async () => {
    const wanted = { conversationId: id, agentId: ann, toAgentId: sue, note: 'What do you think?' };
    await test.center.run('consult', wanted);
    expect(await codeOf(test.center.run('consult', wanted))).to.equal('INVITATION_PENDING');
    await test.center.run('accept', { conversationId: id, agentId: sue });
    expect(await codeOf(test.center.run('consult', wanted))).to.equal('INVALID_REQUEST');
    expect(await test.center.query('remarks', { conversationId: id, agentId: ann })).to.have.length(1);
  });

  it('gives it to a queue once, with its place and one note', async () => {
    const sales = await test.queue('Sales');
    const wanted = { conversationId: id, by: { agentId: sue }, queueId: sales, note: 'A new order' };
    await test.center.run('transferToQueue', wanted);
    const since = (await test.center.query('conversationView', { conversationId: id, agentId: sue })).queuedAt;
    test.time += 60_000;
    test.events.length = 0;
    const again = await test.center.run('transferToQueue', wanted);
    expect(again.queuedAt).to.equal(since);
    expect(test.types()).to.deep.equal([]);
    expect(await test.center.query('remarks', { conversationId: id, agentId: sue })).to.have.length(1);
  });
});

describe('drafts', () => {
  let test: TestCenter;
  let ann: string;
  let id: string;
  beforeEach(async () => {
    test = await TestCenter.open();
    const queueId = await test.queue();
    ann = await test.agent('ann');
    id = await test.queued(queueId);
    await test.center.run('accept', { conversationId: id, agentId: ann });
  });
  afterEach(() => test.close());

  const drafts = async (agentId = ann) => {
    const view = await test.center.query('conversationView', { conversationId: id, agentId });
    return [view.draft, view.internalDraft];
  };

  it('of answers and of internal messages are kept apart, and each goes with what was written', async () => {
    await test.center.run('saveDraft', { conversationId: id, agentId: ann, text: 'Dear' });
    await test.center.run('saveInternalDraft', { conversationId: id, agentId: ann, text: 'Does he' });
    expect(await drafts()).to.deep.equal(['Dear', 'Does he']);
    await test.center.run('reply', { conversationId: id, agentId: ann, messageId: 'reply-0001', text: 'Dear Mr Moss' });
    expect(await drafts()).to.deep.equal(['', 'Does he']);
    const remark = { conversationId: id, by: { agentId: ann }, kind: 'internal', remarkId: 'remark-0001' } as const;
    await test.center.run('remark', { ...remark, text: 'Something else' });
    expect(await drafts(), 'typed meanwhile').to.deep.equal(['', 'Does he']);
    await test.center.run('remark', { ...remark, text: 'Does he', remarkId: 'remark-0002' });
    expect(await drafts()).to.deep.equal(['', '']);
  });

  it('of an internal message have those who read along, and nobody else', async () => {
    const sue = ann;
    const ben = await test.agent('ben');
    const other = await test.queued(await test.queue('Sales'), { from: 'whatsapp:+15552000002' });
    await test.center.run('accept', { conversationId: other, agentId: ben });
    await test.center.run('attend', { conversationId: other, agentId: sue, as: 'monitor' });
    await test.center.run('saveInternalDraft', { conversationId: other, agentId: sue, text: 'Try the manual' });
    const view = await test.center.query('conversationView', { conversationId: other, agentId: sue });
    expect(view.internalDraft).to.equal('Try the manual');
    expect((await test.center.query('conversationView', { conversationId: other, agentId: ben })).internalDraft).to.equal('');
    expect(await codeOf(test.center.run('saveInternalDraft', { conversationId: id, agentId: ben, text: 'Hello' }))).to.equal(
      'UNKNOWN_CONVERSATION',
    );
  });
});
