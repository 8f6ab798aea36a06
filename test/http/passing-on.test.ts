import { expect } from 'chai';
import { DeskServer } from '../support/desk.ts';
import { Team, type Conversation } from '../support/team.ts';

describe('desk API: conversations go from hand to hand', () => {
  let team: Team;
  let id: string;

  beforeEach(async () => {
    team = new Team(await DeskServer.start({ supervisor: null }));
    await team.join('sue', 'supervisor');
    await team.join('ana');
    await team.join('bea');
    id = await team.server.queued('+15550123456');
    expect(await team.step('ana', id, 'accept')).to.equal(200);
  });
  afterEach(() => team.stop());

  it('a transfer leaves it with the first agent until the second one has accepted', async () => {
    const { ana, bea } = team.ids;
    expect(await team.step('ana', id, 'transfer', { toAgentId: bea, note: 'Speaks French' })).to.equal(200);
    expect(await team.step('ana', id, 'transfer', { toAgentId: bea })).to.deep.equal([409, 'INVITATION_PENDING']);
    const [offer] = (await team.home('bea')).offers;
    expect(offer).to.deep.include({ kind: 'transfer', note: 'Speaks French' });
    expect(offer!.from!.id).to.equal(ana);
    expect(offer!.conversation.customer.address).to.not.include('5550123');
    const before = await team.form('ana', id);
    expect([before.agent!.id, before.work.role, before.work.invitation!.to.id]).to.deep.equal([ana, 'owner', bea]);
    expect(await team.step('ana', id, 'messages', { id: 'message-1', text: 'One moment' })).to.equal(201);
    expect(await team.step('bea', id, 'messages', { id: 'message-2', text: 'Bonjour' })).to.deep.equal([
      403,
      'NOT_YOUR_CONVERSATION',
    ]);

    expect(await team.step('bea', id, 'accept')).to.equal(200);
    await team.readers['ana']!.next('center', 'conversation.transferred');
    expect((await team.home('ana')).mine).to.deep.equal([]);
    expect((await team.home('bea')).mine.map((one) => one.id)).to.deep.equal([id]);
    expect(await team.step('ana', id, 'messages', { id: 'message-3', text: 'Still me' })).to.deep.equal([
      403,
      'NOT_YOUR_CONVERSATION',
    ]);
    expect(await team.step('bea', id, 'messages', { id: 'message-4', text: 'Bonjour' })).to.equal(201);
  });

  it('a transfer that is rejected or taken back changes nothing', async () => {
    const { ana, bea } = team.ids;
    await team.step('ana', id, 'transfer', { toAgentId: bea });
    const offer = (await team.home('bea')).offers[0]!.id;
    expect((await team.browsers['bea']!.post(`/api/offers/${offer}/reject`)).status).to.equal(204);
    expect((await team.form('ana', id)).work.invitation).to.equal(null);
    await team.step('ana', id, 'transfer', { toAgentId: bea });
    expect(await team.step('ana', id, 'cancel-invitation')).to.equal(204);
    expect((await team.home('bea')).offers).to.deep.equal([]);
    expect(await team.step('bea', id, 'accept')).to.deep.equal([409, 'ALREADY_ACCEPTED']);
    expect((await team.form('ana', id)).agent!.id).to.equal(ana);
    const declined = (await team.types()).filter(([type]) => type === 'transfer.declined');
    expect(declined).to.deep.equal([
      ['transfer.declined', 'rejected'],
      ['transfer.declined', 'taken-back'],
    ]);
  });

  it('a transfer to somebody absent, full or unknown is refused, and nothing has happened', async () => {
    const { bea, sue } = team.ids;
    const targets = async () =>
      (
        (await team.browsers['ana']!.get(`/api/conversations/${id}/transfer-targets`)).json as unknown as {
          agents: { id: string }[];
        }
      ).agents.map((agent) => agent.id);
    expect(await targets()).to.have.members([bea, sue]);
    await team.browsers['bea']!.ask('/api/presence', { method: 'PUT', body: { presence: 'dnd' } });
    expect(await targets()).to.deep.equal([sue]);
    expect(await team.step('ana', id, 'transfer', { toAgentId: bea })).to.deep.equal([409, 'AGENT_UNAVAILABLE']);
    await team.browsers['bea']!.ask('/api/presence', { method: 'PUT', body: { presence: 'available' } });
    await team.browsers['sue']!.ask(`/api/team/${bea}/work`, { method: 'PATCH', body: { capacity: 0 } });
    expect(await team.step('ana', id, 'transfer', { toAgentId: bea })).to.deep.equal([409, 'AGENT_FULL']);
    expect(await team.step('ana', id, 'transfer', { toAgentId: 'forged' })).to.deep.equal([404, 'UNKNOWN_AGENT']);
    expect(await team.step('ana', id, 'transfer', { queueId: 'forged' })).to.deep.equal([404, 'UNKNOWN_QUEUE']);
    for (const body of [{}, { toAgentId: bea, queueId: 'x' }, { toAgentId: 7 }]) {
      expect(await team.step('ana', id, 'transfer', body), JSON.stringify(body)).to.deep.equal([400, 'INVALID_REQUEST']);
    }
    expect((await team.types()).filter(([type]) => type.startsWith('transfer.'))).to.deep.equal([]);
    expect((await team.form('ana', id)).state).to.equal('active');
  });

  it('a queue gets it at once, with the note for whoever takes it there', async () => {
    const queueId = await team.server.queue('Billing');
    expect(await team.step('ana', id, 'transfer', { queueId, note: 'About invoice 7' })).to.equal(200);
    const home = await team.home('bea');
    expect(home.open.map((one) => [one.id, one.queue!.name])).to.deep.equal([[id, 'Billing']]);
    const remarks = (await team.browsers['bea']!.get(`/api/conversations/${id}/remarks`)).json as unknown as { text: string }[];
    expect(remarks.map((remark) => remark.text)).to.deep.equal(['About invoice 7']);
    expect(await team.step('bea', id, 'accept')).to.equal(200);
  });

  it('advice stays among colleagues: nothing of it is ever a message to the customer', async () => {
    const { bea } = team.ids;
    expect(await team.step('ana', id, 'consult', { toAgentId: bea, note: 'SECRET-1 what would you do?' })).to.equal(200);
    expect(await team.step('bea', id, 'accept')).to.equal(200);
    expect((await team.home('bea')).attending.map((one) => one.id)).to.deep.equal([id]);
    const form = await team.form('bea', id);
    expect([form.work.role, form.agent!.id]).to.deep.equal(['consult', team.ids['ana']]);
    expect(await team.step('bea', id, 'remarks', { kind: 'internal', text: 'SECRET-2 give it back' })).to.equal(201);
    expect(await team.step('ana', id, 'remarks', { kind: 'note', text: 'SECRET-3 agreed' })).to.equal(201);
    // The colleague advises; answering is the owner's.
    expect(await team.step('bea', id, 'messages', { id: 'message-5', text: 'Hello' })).to.deep.equal([
      403,
      'NOT_YOUR_CONVERSATION',
    ]);
    await team.readers['ana']!.next('center', 'remark.added');
    const texts = (await team.browsers['ana']!.get(`/api/conversations/${id}/remarks`)).json as unknown as { text: string }[];
    expect(texts.map((one) => one.text.slice(0, 8))).to.deep.equal(['SECRET-1', 'SECRET-2', 'SECRET-3']);

    // What leaves by notify-agent, what the thread and the transcript show, and what the log says: none of it.
    const queueId = (await team.form('ana', id)).queue!.id;
    await team.step('ana', id, 'messages', { id: 'message-6', text: 'We give it back' });
    const leaving = await team.server.center.run('takeReplies', { queueId, instance: 'i', limit: 64 });
    expect(leaving.map((one) => one.message.text)).to.deep.equal(['We give it back']);
    const { events } = await team.server.center.query('eventsAfter', { seq: 0, limit: 10_000 });
    const transcript = await team.server.center.query('transcript', { conversationId: id });
    const thread = await team.browsers['ana']!.get(`/api/conversations/${id}/messages`);
    for (const text of [JSON.stringify(events), JSON.stringify(transcript), thread.text]) expect(text).to.not.include('SECRET');
    expect(await team.step('bea', id, 'leave')).to.equal(204);
    await team.readers['ana']!.next('center', 'consult.ended');
    expect(await team.step('bea', id, 'remarks', { kind: 'internal', text: 'Again' })).to.deep.equal([
      404,
      'UNKNOWN_CONVERSATION',
    ]);
  });

  it('a supervisor reads along unseen by the customer, joins to answer, and leaves', async () => {
    expect(await team.step('sue', id, 'messages', { id: 'message-7', text: 'Hello' })).to.deep.equal([
      403,
      'NOT_YOUR_CONVERSATION',
    ]);
    expect(await team.step('sue', id, 'attend', { as: 'monitor' })).to.equal(200);
    expect((await team.form('ana', id)).work.participants).to.deep.equal([
      { id: team.ids['sue'], name: 'Agent sue', as: 'monitor' },
    ]);
    expect(await team.step('sue', id, 'messages', { id: 'message-7', text: 'Hello' })).to.deep.equal([
      403,
      'NOT_YOUR_CONVERSATION',
    ]);
    expect(await team.step('sue', id, 'attend', { as: 'join' })).to.equal(200);
    expect(await team.step('sue', id, 'messages', { id: 'message-7', text: 'Hello' })).to.equal(201);
    expect(await team.step('sue', id, 'leave')).to.equal(204);
    expect(await team.step('bea', id, 'attend', { as: 'join' })).to.deep.equal([403, 'FORBIDDEN']);
  });

  it('it goes back to its queue, or to the flow', async () => {
    expect(await team.step('ana', id, 'release')).to.equal(200);
    expect((await team.home('bea')).open.map((one) => one.id)).to.deep.equal([id]);
    expect(await team.step('bea', id, 'assign', { toAgentId: team.ids['bea'] })).to.equal(200);
    expect(await team.step('bea', id, 'hand-back', { note: 'Only wanted the hours' })).to.equal(200);
    const there = (await team.server.center.query('conversation', { conversationId: id }))!;
    expect([there.state, there.handledBy, there.agent]).to.deep.equal(['open', 'flow', null]);
    expect(await team.step('bea', id, 'accept')).to.deep.equal([409, 'ILLEGAL_TRANSITION']);
    const said = (await team.types()).filter(([type]) => /released|handed-back/.test(type));
    expect(said).to.deep.equal([
      ['conversation.released', 'agent-released'],
      ['conversation.handed-back', 'agent-handed-back'],
    ]);
  });

  it('an agent gives to nobody what is not theirs, and to others not even what waits', async () => {
    const { ana, bea } = team.ids;
    const waiting = await team.server.queued('+15550124444');
    expect(await team.step('bea', id, 'assign', { toAgentId: bea })).to.deep.equal([403, 'NOT_YOUR_CONVERSATION']);
    expect(await team.step('bea', waiting, 'assign', { toAgentId: ana })).to.deep.equal([403, 'NOT_YOUR_CONVERSATION']);
    expect(await team.step('bea', waiting, 'assign', { toAgentId: 'forged' })).to.deep.equal([404, 'UNKNOWN_AGENT']);
    expect(await team.step('bea', 'forged', 'assign', { toAgentId: bea })).to.deep.equal([404, 'UNKNOWN_CONVERSATION']);
    expect(await team.step('sue', waiting, 'assign', { toAgentId: bea })).to.equal(200);
    expect((await team.home('bea')).mine.map((one) => one.id)).to.deep.equal([waiting]);
  });

  it('where the queue wants to know how it ended, it is not closed without', async () => {
    const queueId = (await team.form('ana', id)).queue!.id;
    const dispositions = [
      { code: 'solved', label: 'Solved' },
      { code: 'spam', label: 'Spam' },
    ];
    const changed = await team.browsers['sue']!.ask(`/api/queues/${queueId}`, {
      method: 'PATCH',
      body: { dispositions, dispositionMandatory: true },
    });
    expect(changed.json).to.deep.include({ dispositions, dispositionMandatory: true });
    await team.step('ana', id, 'end');
    expect(await team.step('ana', id, 'close')).to.deep.equal([409, 'DISPOSITION_REQUIRED']);
    expect(await team.step('ana', id, 'dispositions', { codes: ['forged'] }, 'PUT')).to.deep.equal([400, 'INVALID_REQUEST']);
    expect(await team.step('ana', id, 'dispositions', { codes: ['solved'] }, 'PUT')).to.equal(200);
    expect(await team.step('ana', id, 'close')).to.equal(200);
    const closed = (await team.browsers['ana']!.get('/api/closed-today?since=0')).json as unknown as Conversation[];
    expect(closed.map((one) => [one.id, one.state])).to.deep.equal([[id, 'closed']]);
    expect((await team.browsers['bea']!.get('/api/closed-today?since=0')).json).to.deep.equal([]);
  });
});
