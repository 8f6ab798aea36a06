import { expect } from 'chai';
import { DeskServer, PASSWORD, type Browser } from '../support/desk.ts';

describe('desk API: the team', () => {
  let server: DeskServer;
  let sam: Browser;
  const newcomer = { username: 'Ana.Banana', name: ' Ana B ', role: 'agent', password: 'pretty good one' };

  beforeEach(async () => {
    server = await DeskServer.start();
    sam = await server.signedIn('sam');
  });
  afterEach(() => server.stop());

  const change = async (id: string, body: unknown) => {
    const { status, json } = await sam.ask(`/api/team/${id}`, { method: 'PATCH', body });
    return json.error === undefined ? status : [status, json.error.code];
  };
  const idOf = async (username: string) =>
    (await server.center.query('team', {})).find((agent) => agent.username === username)!.id;

  it('grows: the new agent can sign in, in any case of the name', async () => {
    const added = await sam.post('/api/team', newcomer);
    expect(added.status).to.equal(201);
    expect(added.json).to.deep.include({
      username: 'ana.banana',
      name: 'Ana B',
      role: 'agent',
      disabled: false,
      configured: false,
      live: false,
    });
    expect(added.text).to.not.include('scrypt');
    expect((await server.browser().signIn('ANA.banana', newcomer.password)).status).to.equal(200);
    const twice = await sam.post('/api/team', { ...newcomer, username: 'ana.BANANA' });
    expect([twice.status, twice.json.error?.code]).to.deep.equal([409, 'USERNAME_TAKEN']);
    const names = ((await sam.get('/api/team')).json as unknown as { username: string }[]).map((agent) => agent.username);
    expect(names).to.have.members(['sam', 'ana.banana']);
  });

  it('takes no weak password', async () => {
    for (const password of ['short', 'aaaaaaaaaaaa', 'ANA.banana']) {
      const answer = await sam.post('/api/team', { ...newcomer, password });
      expect([answer.status, answer.json.error?.code], password).to.deep.equal([422, 'WEAK_PASSWORD']);
    }
  });

  it('disables and enables, resets, renames and promotes', async () => {
    const { id } = await server.addAgent('ana');
    const ana = await server.signedIn('ana');
    expect(await change(id, { name: 'Ana Maria' })).to.equal(200);
    expect((await ana.get('/api/session')).json['agent']).to.deep.include({ name: 'Ana Maria' });

    expect(await change(id, { disabled: true })).to.equal(200);
    expect((await ana.get('/api/session')).status).to.equal(401);
    expect((await ana.signIn('ana', PASSWORD)).status).to.equal(401);
    expect(await change(id, { disabled: false })).to.equal(200);
    expect((await ana.signIn('ana', PASSWORD)).status).to.equal(200);

    expect(await change(id, { password: 'another password' })).to.equal(200);
    expect((await ana.get('/api/session')).status).to.equal(401);
    expect((await ana.signIn('ana', PASSWORD)).status).to.equal(401);
    expect((await ana.signIn('ana', 'another password')).status).to.equal(200);

    expect(await change(id, { role: 'supervisor' })).to.equal(200);
    expect((await ana.get('/api/home')).status).to.equal(401);
    await ana.signIn('ana', 'another password');
    expect((await ana.get('/api/team')).status).to.equal(200);
    expect(await change('nobody', { name: 'X' })).to.deep.equal([404, 'UNKNOWN_AGENT']);
  });

  it('keeps a supervisor, and leaves the configured one to the configuration', async () => {
    const me = await idOf('sam');
    expect(await change(me, { disabled: true })).to.deep.equal([409, 'AGENT_CONFIGURED']);
    expect(await change(me, { password: 'another password' })).to.deep.equal([409, 'AGENT_CONFIGURED']);
    expect(await change(me, { role: 'agent' })).to.deep.equal([409, 'AGENT_CONFIGURED']);
    expect(await change(me, { name: 'Sam' })).to.equal(200);
    await server.center.run('applySupervisor', { supervisor: null });
    expect(await change(me, { disabled: true })).to.deep.equal([409, 'LAST_SUPERVISOR']);
    expect(await change(me, { role: 'agent' })).to.deep.equal([409, 'LAST_SUPERVISOR']);
    await server.addAgent('sue', 'supervisor');
    expect(await change(me, { role: 'agent' })).to.equal(200);
  });

  it('writes changes into the log of events, with who made them and no password', async () => {
    const added = await sam.post('/api/team', newcomer);
    const { id } = added.json as unknown as { id: string };
    await change(id, { password: 'another password', disabled: true });
    const { events } = await server.center.query('eventsAfter', { seq: 0, limit: 100 });
    const about = events.filter((event) => event.agentId === id);
    expect(about.map((event) => [event.type, event.actor.name])).to.deep.equal([
      ['agent.added', 'sam'],
      ['agent.changed', 'sam'],
    ]);
    expect(about[1]!.data).to.deep.equal({ changed: ['disabled', 'password'], signedOut: true, disabled: true });
    const written = JSON.stringify(events);
    for (const secret of ['another password', newcomer.password, 'scrypt']) expect(written).to.not.include(secret);
  });
});

describe('desk: the configured supervisor', () => {
  const supervisor = { username: 'Boss', password: PASSWORD };

  it('is applied at each start; a changed password signs them out, the same one does not', async () => {
    const first = await DeskServer.start({ supervisor });
    try {
      const boss = await first.signedIn('boss');
      const start = (options: typeof supervisor) => DeskServer.start({ supervisor: options, center: keepOpen(first) });
      const same = await start(supervisor);
      expect((await boss.get('/api/home')).status).to.equal(200);
      expect((await same.browser().get('/api/session')).status).to.equal(401);
      expect((await boss.get('/api/home')).status).to.equal(200);
      await same.stop();

      const changed = await start({ ...supervisor, password: 'quite another one' });
      await changed.browser().get('/api/session');
      expect((await boss.get('/api/home')).status).to.equal(401);
      expect((await changed.browser().signIn('boss', 'quite another one')).status).to.equal(200);
      await changed.stop();

      const other = await start({ username: 'chief', password: PASSWORD });
      await other.browser().get('/api/session');
      expect((await other.browser().signIn('boss', 'quite another one')).status).to.equal(401);
      expect((await other.browser().signIn('chief', PASSWORD)).status).to.equal(200);
      await other.stop();
    } finally {
      await first.stop();
    }
  });
});

/** The center of a server that closes it itself. */
function keepOpen(server: DeskServer) {
  return { ...server.center, close: async () => undefined };
}
