import { expect } from 'chai';
import { DeskServer } from '../support/desk.ts';
import { Team } from '../support/team.ts';

describe('desk API: people come, go and belong to queues', () => {
  let team: Team;

  beforeEach(async () => {
    team = new Team(await DeskServer.start({ supervisor: null }));
    await team.join('sue', 'supervisor');
    await team.join('ana');
    await team.join('bea');
  });
  afterEach(() => team.stop());

  const remove = (id: string) => team.browsers['sue']!.ask(`/api/team/${id}`, { method: 'DELETE' });
  const disable = (id: string) => team.browsers['sue']!.ask(`/api/team/${id}`, { method: 'PATCH', body: { disabled: true } });

  for (const [how, act, reason] of [
    ['disabled', disable, 'agent-disabled'],
    ['removed', remove, 'agent-removed'],
  ] as const) {
    it(`somebody ${how} loses the desk at once, and what they had is open again with the reason`, async () => {
      const active = await team.server.queued('+15550120001');
      const done = await team.server.queued('+15550120002');
      const aside = await team.server.queued('+15550120003');
      const advised = await team.server.queued('+15550120004');
      for (const id of [active, done, aside]) expect(await team.step('ana', id, 'accept')).to.equal(200);
      await team.step('ana', done, 'end');
      await team.step('ana', aside, 'close');
      await team.step('bea', advised, 'accept');
      await team.step('bea', advised, 'consult', { toAgentId: team.ids['ana'] });
      await team.step('ana', advised, 'accept');

      expect((await act(team.ids['ana']!)).status).to.be.oneOf([200, 204]);
      await team.readers['ana']!.next('signed-out');
      await team.readers['ana']!.ended;
      expect((await team.browsers['ana']!.get('/api/home')).status).to.equal(401);
      const state = async (id: string) => {
        const there = (await team.server.center.query('conversation', { conversationId: id }))!;
        return [there.state, there.agent];
      };
      expect(await state(active)).to.deep.equal(['open', null]);
      expect((await state(done))[0]).to.equal('closed');
      expect(await state(aside)).to.deep.equal(['waiting', null]);
      const { events } = await team.server.center.query('eventsAfter', { seq: 0, limit: 10_000 });
      const said = (id: string) => {
        const own = events.filter((event) => event.conversationId === id && event.reason === reason);
        return own.map((event) => [event.type, event.actor.name]);
      };
      expect(said(active)).to.deep.equal([['conversation.released', 'Agent sue']]);
      expect(said(done)).to.deep.equal([['conversation.closed', 'Agent sue']]);
      expect(said(aside)).to.deep.equal([['conversation.updated', 'Agent sue']]);
      expect((await team.form('bea', advised)).work.participants).to.deep.equal([]);
      // It is offered to whoever is left.
      expect((await team.home('bea')).offers.map((offer) => offer.conversation.id)).to.deep.equal([active]);
      expect(await team.step('bea', active, 'accept')).to.equal(200);
      // The customer who was set aside comes back to somebody.
      await team.server.queued('+15550120003', 'Hello again');
      expect((await team.home('bea')).offers.map((offer) => offer.conversation.id)).to.deep.equal([aside]);
    });
  }

  it('two supervisors act on the same conversations at once: each is done once, and each is told what was not', async () => {
    await team.join('sam', 'supervisor');
    const ids = [];
    for (let n = 1; n <= 6; n++) ids.push(await team.server.queued(`+1555012100${n}`));
    const close = { conversationIds: ids, action: 'force-close' };
    const answers = await Promise.all(['sue', 'sam'].map((name) => team.browsers[name]!.post('/api/supervision/actions', close)));
    const results = answers.map(
      (answer) => (answer.json as unknown as { results: { conversationId: string; error: { code: string } | null }[] }).results,
    );
    for (const [index, id] of ids.entries()) {
      const codes = results.map((one) => {
        expect(one[index]!.conversationId).to.equal(id);
        return one[index]!.error?.code ?? 'done';
      });
      expect(codes.sort()).to.deep.equal(['CONVERSATION_CLOSED', 'done']);
    }
    expect((await team.types()).filter(([type]) => type === 'conversation.closed')).to.have.length(6);
  });

  it('several are assigned, transferred or closed in one step; what cannot be says why, and the rest is done', async () => {
    const [first, second] = [await team.server.queued('+15550122001'), await team.server.queued('+15550122002')];
    const act = async (body: object) => {
      const { status, json } = await team.browsers['sue']!.post('/api/supervision/actions', body);
      if (status !== 200) return [status, json.error!.code];
      const { results } = json as unknown as { results: { error: { code: string } | null }[] };
      return results.map((one) => one.error?.code ?? 'done');
    };
    const { ana, bea } = team.ids;
    const all = [first, 'forged', second, first];
    expect(await act({ conversationIds: all, action: 'assign', toAgentId: ana })).to.deep.equal([
      'done',
      'UNKNOWN_CONVERSATION',
      'done',
    ]);
    expect(await act({ conversationIds: [first], action: 'transfer', toAgentId: bea, note: 'Please' })).to.deep.equal(['done']);
    expect(await act({ conversationIds: [first, second], action: 'transfer', toAgentId: bea })).to.deep.equal([
      'INVITATION_PENDING',
      'done',
    ]);
    const queueId = await team.server.queue('Billing');
    expect(await act({ conversationIds: [second], action: 'transfer', queueId })).to.deep.equal(['done']);
    expect(await act({ conversationIds: [first], action: 'assign', toAgentId: 'forged' })).to.deep.equal(['UNKNOWN_AGENT']);
    expect(await act({ conversationIds: [first, second], action: 'force-close' })).to.deep.equal(['done', 'done']);
    for (const body of [
      { conversationIds: [], action: 'force-close' },
      { conversationIds: [first], action: 'assign' },
      { conversationIds: [first], action: 'transfer' },
      { conversationIds: [first], action: 'force-close', toAgentId: ana },
      { conversationIds: [first], action: 'erase' },
      { conversationIds: Array.from({ length: 201 }, (_, n) => `c${n}`), action: 'force-close' },
    ]) {
      expect(await act(body), JSON.stringify(body).slice(0, 80)).to.deep.equal([400, 'INVALID_REQUEST']);
    }
  });

  it('an agent sees what their queues have, and nothing of others, in lists, by id and live', async () => {
    const queueId = await team.server.queue('Support');
    const set = (members: string[]) =>
      team.browsers['sue']!.ask(`/api/queues/${queueId}`, { method: 'PATCH', body: { everyone: false, members } });
    const { ana, bea } = team.ids;
    expect((await set([ana!, 'forged'])).json.error!.code).to.equal('UNKNOWN_AGENT');
    expect((await set([ana!])).status).to.equal(200);
    const id = await team.server.queued('+15550123456');
    expect((await team.home('ana')).open.map((one) => one.id)).to.deep.equal([id]);
    expect((await team.home('sue')).open.map((one) => one.id)).to.deep.equal([id]);
    const foreign = await team.home('bea');
    expect([foreign.open, foreign.offers]).to.deep.equal([[], []]);
    expect(JSON.stringify(foreign)).to.not.include(id);
    for (const path of ['', '/messages', '/remarks', '/transfer-targets']) {
      expect((await team.browsers['bea']!.get(`/api/conversations/${id}${path}`)).status, path).to.equal(404);
    }
    expect(await team.step('bea', id, 'accept')).to.deep.equal([404, 'UNKNOWN_CONVERSATION']);
    expect(await team.step('bea', id, 'assign', { toAgentId: bea })).to.deep.equal([404, 'UNKNOWN_CONVERSATION']);
    expect(await team.step('bea', id, 'remarks', { kind: 'note', text: 'Mine?' })).to.deep.equal([404, 'UNKNOWN_CONVERSATION']);

    // Whoever joins the queue sees it from now on; whoever leaves it loses what they were offered.
    await team.readers['ana']!.next('center', 'offer.created');
    const heard = () => team.readers['bea']!.events.filter((event) => event.conversationId === id);
    await team.server.center.run('setPresence', { agentId: team.ids['sue']!, presence: 'busy' });
    await team.readers['bea']!.next('center', 'presence.changed', team.ids['sue']);
    expect(heard()).to.deep.equal([]);
    expect((await set([bea!])).status).to.equal(200);
    await team.readers['ana']!.next('center', 'offer.withdrawn');
    expect((await team.home('ana')).offers).to.deep.equal([]);
    expect(await team.step('ana', id, 'accept')).to.deep.equal([404, 'UNKNOWN_CONVERSATION']);
    expect((await team.home('bea')).offers.map((offer) => offer.conversation.id)).to.deep.equal([id]);
    await team.readers['bea']!.next('center', 'offer.created');
    expect(await team.step('bea', id, 'accept')).to.equal(200);
  });

  it('a waiting conversation that has lost its agent is not anybody’s to take by its id', async () => {
    const queueId = await team.server.queue('Support');
    const id = await team.server.queued('+15550123456');
    await team.step('ana', id, 'accept');
    await team.step('ana', id, 'close');
    await team.browsers['sue']!.ask(`/api/queues/${queueId}`, { method: 'PATCH', body: { everyone: false, members: [] } });
    await disable(team.ids['ana']!);
    expect(await team.step('bea', id, 'accept')).to.deep.equal([404, 'UNKNOWN_CONVERSATION']);
    expect(await team.step('bea', id, 'assign', { toAgentId: team.ids['bea'] })).to.deep.equal([404, 'UNKNOWN_CONVERSATION']);
  });

  it('a status is chosen, colleagues are told that alone, and what a supervisor adds can be chosen', async () => {
    const added = await team.browsers['sue']!.post('/api/statuses', { label: 'At lunch', base: 'away' });
    const statusId = (added.json as unknown as { id: string }).id;
    const choose = (body: object) => team.browsers['ana']!.ask('/api/presence', { method: 'PUT', body });
    expect((await choose({ presence: 'available', statusId })).json).to.deep.include({
      presence: 'away',
      statusId,
      label: 'At lunch',
      by: 'agent',
    });
    const told = await team.readers['bea']!.next('center', 'presence.changed', team.ids['ana']);
    expect(JSON.parse(told.data)).to.deep.include({ agentId: team.ids['ana'], data: { presence: 'away' }, reason: null });
    expect((await choose({ presence: 'away', statusId: 'forged' })).json.error!.code).to.equal('INVALID_REQUEST');
    expect((await choose({ presence: 'inactive' })).status).to.equal(400);
    expect((await team.browsers['sue']!.ask(`/api/statuses/${statusId}`, { method: 'DELETE' })).status).to.equal(204);
    expect((await team.browsers['ana']!.get('/api/presence')).json).to.deep.include({
      presence: 'away',
      statusId: null,
      label: null,
    });
    await choose({ presence: 'available' });
    await team.server.queued();
    await team.readers['ana']!.next('center', 'offer.created');
    const own = team.readers['ana']!.events.filter(
      (event) => event.type === 'presence.changed' && event.agentId === team.ids['ana'],
    );
    expect(own.map((event) => event.reason)).to.deep.equal(['connected', 'chosen', 'status-removed', 'chosen']);
  });

  it('whoever chooses a status without a desk stays offline, and has it when the desk is there', async () => {
    team.readers['ana']!.close();
    await team.readers['sue']!.next('center', 'desk.closed');
    const chosen = await team.browsers['ana']!.ask('/api/presence', { method: 'PUT', body: { presence: 'busy' } });
    expect(chosen.json).to.deep.include({ presence: 'offline', by: 'system' });
    await team.listen('ana');
    expect((await team.browsers['ana']!.get('/api/presence')).json).to.deep.include({ presence: 'busy', by: 'agent' });
  });

  it('supervisors see who did what, filtered and page by page, and no number', async () => {
    const id = await team.server.queued('+15550123456');
    await team.step('ana', id, 'accept');
    await team.step('ana', id, 'messages', { id: 'message-8', text: 'private words' });
    await team.step('sue', id, 'force-close');
    const audit = async (query: string) => {
      const { json, text } = await team.browsers['sue']!.get(`/api/audit?${query}`);
      expect(text).to.not.include('15550123456').and.to.not.include('private words');
      return json as unknown as { entries: { seq: number; type: string; actor: { name?: string } }[]; before: number | null };
    };
    const { entries } = await audit(`conversation=${id}&limit=100`);
    expect(entries[0]).to.deep.include({ type: 'conversation.closed', reason: 'force-closed' });
    expect(entries.at(-1)!.type).to.equal('conversation.opened');
    const ana = await audit(`actor=${team.ids['ana']}&conversation=${id}`);
    expect(ana.entries.map((entry) => [entry.type, entry.actor.name])).to.deep.equal([
      ['message.written', 'Agent ana'],
      ['offer.accepted', 'Agent ana'],
    ]);
    expect((await audit('type=conversation.closed')).entries).to.have.length(1);
    const read: number[] = [];
    for (let before: number | null = Number.MAX_SAFE_INTEGER - 1; before !== null;) {
      const page = await audit(`limit=7&before=${Math.min(before, 999_999)}`);
      read.push(...page.entries.map((entry) => entry.seq));
      before = page.before;
    }
    const last = (await team.server.center.query('eventsAfter', { seq: 0, limit: 1 })).lastSeq;
    expect(read).to.deep.equal(Array.from({ length: last }, (_, n) => last - n));
  });
});
