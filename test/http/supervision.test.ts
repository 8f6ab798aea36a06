import { expect } from 'chai';
import type { ActionResults } from '../../desk/api/routes/supervision-views.ts';
import { DeskServer, type Browser } from '../support/desk.ts';

describe('desk API: supervision', () => {
  let server: DeskServer;
  let first: Browser;
  let second: Browser;

  before(async () => {
    server = await DeskServer.start();
    await server.addAgent('leo', 'supervisor');
    await server.addAgent('ana');
    await server.addAgent('ben');
    first = await server.signedIn('sam');
    second = await server.signedIn('leo');
  });

  after(() => server.stop());

  const agentId = async (username: string): Promise<string> =>
    (await server.center.query('team', {})).find((agent) => agent.username === username)!.id;

  const act = async (browser: Browser, body: object): Promise<ActionResults['results']> => {
    const answer = await browser.post('/api/supervision/actions', body);
    expect(answer.status, answer.text).to.equal(200);
    return (answer.json as unknown as ActionResults).results;
  };

  it('tells the second of two supervisors who decide about the same conversation at once', async () => {
    const id = await server.queued('+15550100011');
    const [ana, ben] = [await agentId('ana'), await agentId('ben')];
    const seen = { conversationIds: [id], seenWith: [null], action: 'assign' };
    const results = await Promise.all([act(first, { ...seen, toAgentId: ana }), act(second, { ...seen, toAgentId: ben })]);
    const errors = results.map(([result]) => result!.error);
    expect(errors.filter((error) => error === null)).to.have.length(1);
    const winner = errors[0] === null ? 'Agent ana' : 'Agent ben';
    expect(errors.find((error) => error !== null)).to.deep.equal({
      code: 'ALREADY_ACCEPTED',
      message: `${winner} has this conversation meanwhile.`,
    });
    const view = await server.center.query('conversationView', { conversationId: id, agentId: await agentId('sam') });
    expect(view.agent?.name).to.equal(winner);
  });

  it('does each of several by itself, whoever was named twice once', async () => {
    const [one, other] = [await server.queued('+15550100012'), await server.queued('+15550100013')];
    const ana = await agentId('ana');
    await act(second, { conversationIds: [other], action: 'force-close' });
    const results = await act(first, {
      conversationIds: [one, other, one],
      seenWith: [null, null, null],
      action: 'assign',
      toAgentId: ana,
    });
    expect(results.map(({ conversationId, error }) => [conversationId, error?.code ?? null])).to.deep.equal([
      [one, null],
      [other, 'CONVERSATION_CLOSED'],
    ]);
    const queue = await server.queue('Billing');
    const moved = await act(first, { conversationIds: [one], seenWith: [null], action: 'transfer', queueId: queue });
    expect(moved[0]!.error?.code).to.equal('ALREADY_ACCEPTED');
    expect(await act(first, { conversationIds: [one], seenWith: [ana], action: 'transfer', queueId: queue })).to.deep.equal([
      { conversationId: one, error: null },
    ]);
  });

  it('refuses a list of owners that does not fit the list of conversations', async () => {
    const answer = await first.post('/api/supervision/actions', {
      conversationIds: ['a', 'b'],
      seenWith: [null],
      action: 'force-close',
    });
    expect([answer.status, answer.json.error?.code]).to.deep.equal([400, 'INVALID_REQUEST']);
  });

  it('finds in the audit what people did, without what pages do by themselves', async () => {
    const answer = await first.get('/api/audit?by=agent&limit=200');
    const { entries } = answer.json as unknown as { entries: { type: string; actor: { kind: string } }[] };
    const types = new Set(entries.map(({ type }) => type));
    expect([...types]).to.include.members(['conversation.assigned', 'conversation.closed', 'conversation.transferred']);
    expect(entries.every(({ actor }) => actor.kind === 'agent')).to.equal(true);
    for (const type of ['draft.saved', 'desk.opened', 'conversation.seen', 'conversation.queued'])
      expect(types.has(type)).to.equal(false);
    const all = await first.get('/api/audit?limit=200');
    expect(all.text).to.include('conversation.queued');
  });
});
