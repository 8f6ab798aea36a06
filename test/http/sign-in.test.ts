import { expect } from 'chai';
import { DeskServer, PASSWORD, SUPERVISOR } from '../support/desk.ts';

describe('desk API: sign-in', () => {
  let server: DeskServer;

  beforeEach(async () => {
    server = await DeskServer.start();
  });
  afterEach(() => server.stop());

  it('signs the configured supervisor in and out', async () => {
    const browser = server.browser();
    const before = await browser.get('/api/session');
    expect(before.status).to.equal(401);
    expect(before.json).to.deep.include({ setupNeeded: false, plainHttp: false });
    expect(before.json.error?.code).to.equal('SIGNED_OUT');

    const answer = await browser.signIn(SUPERVISOR.username, SUPERVISOR.password);
    expect(answer.status).to.equal(200);
    expect(answer.json).to.deep.include({ setupNeeded: false });
    expect(answer.json['agent']).to.deep.include({ username: 'sam', role: 'supervisor', configured: true });
    expect((await browser.get('/api/session')).status).to.equal(200);

    const out = await browser.ask('/api/session', { method: 'DELETE' });
    expect(out.status).to.equal(204);
    expect(browser.cookies.size).to.equal(0);
    expect((await browser.get('/api/home')).status).to.equal(401);
  });

  it('ends the session on the server, not only the cookie', async () => {
    const browser = await server.signedIn('sam');
    const stolen = server.browser();
    for (const [name, value] of browser.cookies) stolen.cookies.set(name, value);
    expect((await stolen.get('/api/home')).status).to.equal(200);
    await browser.ask('/api/session', { method: 'DELETE' });
    expect((await stolen.get('/api/home')).status).to.equal(401);
  });

  it('gives a new token at sign-in and ends the one the browser had', async () => {
    const browser = await server.signedIn('sam');
    const old = server.browser();
    for (const [name, value] of browser.cookies) old.cookies.set(name, value);
    await browser.signIn('sam', PASSWORD);
    expect([...browser.cookies.values()]).to.not.deep.equal([...old.cookies.values()]);
    expect((await old.get('/api/home')).status).to.equal(401);
    expect((await browser.get('/api/home')).status).to.equal(200);
  });

  it('sends a cookie that scripts cannot read and other sites cannot use, with 256 bits in it', async () => {
    const answer = await server.browser().signIn('sam', PASSWORD);
    const cookie = answer.headers['set-cookie']![0]!;
    expect(cookie).to.match(/^twentyfour-desk-[0-9a-f]{8}=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
  });

  it('gives the same answer to a wrong password, an unknown user and a disabled one', async () => {
    const supervisor = await server.signedIn('sam');
    const agent = await server.addAgent('ana');
    await supervisor.ask(`/api/team/${agent.id}`, { method: 'PATCH', body: { disabled: true } });
    const answers = [];
    for (const [username, password] of [
      ['sam', 'wrong password'],
      ['nobody', PASSWORD],
      ['ana', PASSWORD],
    ] as const) {
      const { status, json } = await server.browser().signIn(username, password);
      answers.push({ status, json });
    }
    expect(answers[0]!.status).to.equal(401);
    expect(answers[0]!.json.error?.code).to.equal('SIGN_IN_FAILED');
    expect(answers[1]).to.deep.equal(answers[0]);
    expect(answers[2]).to.deep.equal(answers[0]);
  });

  it('takes as long for an unknown user as for a wrong password', async () => {
    await server.browser().get('/api/session');
    const took = async (username: string) => {
      const start = performance.now();
      await server.browser().signIn(username, 'wrong password');
      return performance.now() - start;
    };
    const known: number[] = [];
    const unknown: number[] = [];
    for (let i = 0; i < 3; i += 1) {
      known.push(await took('sam'));
      unknown.push(await took(`nobody${i}`));
      server.clock.advance(7_200_000);
    }
    const ratio = Math.min(...unknown) / Math.min(...known);
    expect(ratio).to.be.within(0.5, 2);
  });

  it('tries at most 20 of 1,000 guesses at one account, however many come at once', async () => {
    await server.browser().get('/api/session');
    let tried = 0;
    let blocked = 0;
    for (let round = 0; round < 20; round += 1) {
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, i) => server.browser().signIn('sam', `guess ${round} ${i}`)),
      );
      for (const { status, json, headers } of answers) {
        if (status === 401) tried += 1;
        else {
          expect(status).to.equal(429);
          expect(json.error?.code).to.equal('SIGN_IN_BLOCKED');
          expect(Number(headers['retry-after'])).to.be.greaterThan(0);
          blocked += 1;
        }
      }
      server.clock.advance(1000);
    }
    expect(tried + blocked).to.equal(1000);
    expect(tried).to.be.within(5, 20);
  }).timeout(60_000);

  it('tries at most 20 of 1,000 accounts from one address', async () => {
    await server.browser().get('/api/session');
    let tried = 0;
    for (let round = 0; round < 20; round += 1) {
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, i) => server.browser().signIn(`u${round}-${i}`, PASSWORD)),
      );
      tried += answers.filter((answer) => answer.status === 401).length;
      server.clock.advance(1000);
    }
    expect(tried).to.be.within(5, 20);
  }).timeout(60_000);

  it('does not believe X-Forwarded-For: another address there does not buy more guesses', async () => {
    const open = await DeskServer.start({ allowHttp: true });
    try {
      let tried = 0;
      for (let i = 0; i < 40; i += 1) {
        const headers = { 'x-forwarded-for': `198.51.100.${i}` };
        const answer = await open.browser().post('/api/session', { username: `user${i}`, password: PASSWORD }, headers);
        if (answer.status === 401) tried += 1;
      }
      expect(tried).to.be.within(1, 20);
    } finally {
      await open.stop();
    }
  });

  it('lets the right password in after mistakes, and counts them no more', async () => {
    for (let i = 0; i < 4; i += 1) expect((await server.browser().signIn('sam', 'wrong')).status).to.equal(401);
    expect((await server.browser().signIn('sam', PASSWORD)).status).to.equal(200);
    for (let i = 0; i < 3; i += 1) expect((await server.browser().signIn('sam', 'wrong')).status).to.equal(401);
  });

  it('ends a session after 30 minutes without activity and after 12 hours in any case', async () => {
    const browser = await server.signedIn('sam');
    server.clock.advance(29 * 60_000);
    expect((await browser.get('/api/home')).status).to.equal(200);
    server.clock.advance(29 * 60_000);
    expect((await browser.get('/api/home')).status).to.equal(200);
    server.clock.advance(30 * 60_000);
    expect((await browser.get('/api/home')).status).to.equal(401);

    const busy = await server.signedIn('sam');
    let minutes = 0;
    while ((await busy.get('/api/session')).status === 200) {
      server.clock.advance(20 * 60_000);
      minutes += 20;
    }
    expect(minutes).to.equal(720);
  });

  it('does not end sessions when the center’s clock is moved', async () => {
    const browser = await server.signedIn('sam');
    await server.center.run('skipClock', { byMs: 86_400_000, allSimulators: true });
    expect((await browser.get('/api/home')).status).to.equal(200);
  });

  it('writes sign-in and sign-out into the log of events, without password or token', async () => {
    const browser = await server.signedIn('sam');
    const token = [...browser.cookies.values()][0]!;
    await browser.ask('/api/session', { method: 'DELETE' });
    const { events } = await server.center.query('eventsAfter', { seq: 0, limit: 100 });
    const rows = events.filter((event) => event.type.startsWith('agent.signed'));
    expect(rows.map((row) => row.type)).to.deep.equal(['agent.signed-in', 'agent.signed-out']);
    expect(rows[0]!.actor).to.deep.include({ kind: 'agent', name: 'sam' });
    const written = JSON.stringify(events);
    expect(written).to.not.include(PASSWORD);
    expect(written).to.not.include(token);
  });
});

describe('desk API: the first supervisor', () => {
  let server: DeskServer;

  beforeEach(async () => {
    server = await DeskServer.start({ supervisor: null });
  });
  afterEach(() => server.stop());

  const codeOf = (log: string[]) => /once: (\S+)$/.exec(log.find((line) => line.includes('once:')) ?? '')?.[1];
  const person = { username: 'First.Person', name: 'First Person', password: PASSWORD };

  it('is set up once with the code from the log', async () => {
    const browser = server.browser();
    expect((await browser.get('/api/session')).json).to.deep.include({ setupNeeded: true });
    const code = codeOf(server.log)!;
    expect(server.log.filter((line) => line.includes(code))).to.have.length(1);

    const wrong = await browser.post('/api/setup', { ...person, code: 'AAAAA-AAAAA-AAAAA' });
    expect([wrong.status, wrong.json.error?.code]).to.deep.equal([403, 'SETUP_CODE_WRONG']);
    const weak = await browser.post('/api/setup', { ...person, code, password: 'short' });
    expect([weak.status, weak.json.error?.code]).to.deep.equal([422, 'WEAK_PASSWORD']);

    const done = await browser.post('/api/setup', { ...person, code: code.toLowerCase() });
    expect(done.status).to.equal(200);
    expect(done.json['agent']).to.deep.include({ username: 'first.person', role: 'supervisor', configured: false });
    expect((await browser.get('/api/team')).status).to.equal(200);
    expect((await server.browser().get('/api/session')).json).to.deep.include({ setupNeeded: false });

    const again = await server.browser().post('/api/setup', { ...person, username: 'second', code });
    expect([again.status, again.json.error?.code]).to.deep.equal([403, 'SETUP_CODE_WRONG']);
    expect((await server.browser().signIn('FIRST.person', PASSWORD)).status).to.equal(200);
  });

  it('is added by one of two requests with the right code at once', async () => {
    await server.browser().get('/api/session');
    const code = codeOf(server.log)!;
    const answers = await Promise.all(
      ['one', 'two'].map((username) => server.browser().post('/api/setup', { ...person, username, code })),
    );
    expect(answers.filter((answer) => answer.status === 200)).to.have.length(1);
    expect((await server.center.query('agentCount', {})).count).to.equal(1);
  });
});
