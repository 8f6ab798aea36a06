import { expect } from 'chai';
import { connect } from 'node:net';
import { RequestGuard } from '../../desk/api/http/guard.ts';
import type { IncomingMessage } from 'node:http';
import { DeskServer, PASSWORD, type Ask, type Browser } from '../support/desk.ts';

describe('desk API: what is let in', () => {
  let server: DeskServer;
  let sam: Browser;

  before(async () => {
    server = await DeskServer.start();
    sam = await server.signedIn('sam');
  });
  after(() => server.stop());

  const refused = async (ask: Ask, path = '/api/team') => {
    const { status, json } = await sam.ask(path, { method: 'POST', ...ask });
    return [status, json.error?.code];
  };
  const body = { username: 'new.one', name: 'New', role: 'agent', password: PASSWORD };

  it('refuses changes that another site makes a browser send', async () => {
    const cross = [403, 'CROSS_SITE'];
    expect(await refused({ body, headers: { 'sec-fetch-site': 'cross-site' } })).to.deep.equal(cross);
    expect(await refused({ body, headers: { 'sec-fetch-site': 'same-site' } })).to.deep.equal(cross);
    expect(await refused({ body, headers: { 'sec-fetch-site': 'none' } })).to.deep.equal(cross);
    expect(await refused({ body, headers: { origin: 'https://example.com' } })).to.deep.equal(cross);
    expect(await refused({ body, headers: { origin: 'null' } })).to.deep.equal(cross);
    expect(await refused({ body, headers: { origin: `http://127.0.0.1:${server.port + 1}` } })).to.deep.equal(cross);
    expect(await refused({ body, headers: { 'x-twentyfour-desk': undefined } })).to.deep.equal(cross);
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    expect(await refused({ raw: 'username=a', headers: form })).to.deep.equal([415, 'JSON_REQUIRED']);
    expect(await refused({ raw: JSON.stringify(body), headers: { 'content-type': 'text/plain' } })).to.deep.equal([
      415,
      'JSON_REQUIRED',
    ]);
    expect(await refused({ headers: { 'content-type': undefined } })).to.deep.equal([415, 'JSON_REQUIRED']);
    expect((await server.center.query('team', {})).map((agent) => agent.username)).to.deep.equal(['sam']);
  });

  it('refuses what another site reads, live updates too, and gives nobody CORS', async () => {
    for (const path of ['/api/home', '/api/events', '/api/session']) {
      for (const headers of [
        { origin: 'https://example.com' },
        { 'sec-fetch-site': 'cross-site' },
        { 'sec-fetch-site': 'same-site' },
      ]) {
        const answer = await sam.get(path, headers);
        expect([answer.status, answer.json.error?.code]).to.deep.equal([403, 'CROSS_SITE']);
      }
    }
    const preflight = await sam.ask('/api/team', {
      method: 'OPTIONS',
      headers: { origin: 'https://example.com', 'access-control-request-method': 'POST' },
    });
    expect(preflight.status).to.equal(405);
    for (const answer of [preflight, await sam.get('/api/home')]) {
      expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).to.deep.equal([]);
    }
  });

  it('refuses repeated keys and parameters, unknown ones and wrong types', async () => {
    const invalid = [400, 'INVALID_REQUEST'];
    const json = (raw: string) => refused({ raw, headers: { 'content-type': 'application/json' } });
    expect(await json('{"username":"a.b","username":"c.d","name":"N","role":"agent","password":"x"}')).to.deep.equal(invalid);
    expect(
      await json('{"username":"a.b","name":"N","role":"agent","password":"12345678","\\u0072ole":"supervisor"}'),
    ).to.deep.equal(invalid);
    expect(await json('{')).to.deep.equal(invalid);
    expect(await json('')).to.deep.equal(invalid);
    expect(await json('[]')).to.deep.equal(invalid);
    expect(await refused({ body: { ...body, configured: true } })).to.deep.equal(invalid);
    expect(await refused({ body: { ...body, role: 'owner' } })).to.deep.equal(invalid);
    expect(await refused({ body: { ...body, name: 7 } })).to.deep.equal(invalid);
    expect(await refused({ body: { ...body, username: 'two words' } })).to.deep.equal(invalid);
    expect(
      await refused({ raw: Buffer.from([0x7b, 0xff, 0x7d]), headers: { 'content-type': 'application/json' } }),
    ).to.deep.equal(invalid);
    expect(await refused({ body: { x: 1 }, method: 'DELETE' }, '/api/session')).to.deep.equal(invalid);
    for (const query of ['limit=1&limit=2', 'limit=0', 'limit=abc', 'limit=999', 'before=-1', 'other=1']) {
      const answer = await sam.get(`/api/conversations/x/messages?${query}`);
      expect([answer.status, answer.json.error?.code], query).to.deep.equal(invalid);
    }
    const bad = await sam.get('/api/events', { 'last-event-id': 'abc' });
    expect([bad.status, bad.json.error?.code]).to.deep.equal(invalid);
  });

  it('reads 64 KB and not a byte more', async () => {
    const overhead = JSON.stringify({ username: '', password: '' }).length;
    const fits = await sam.ask('/api/session', {
      method: 'POST',
      body: { username: 'a', password: 'x'.repeat(65_536 - overhead - 1) },
    });
    expect(fits.json.error?.code).to.equal('INVALID_REQUEST');
    const over = await sam.ask('/api/session', {
      method: 'POST',
      body: { username: 'a', password: 'x'.repeat(65_536 - overhead) },
    });
    expect([over.status, over.json.error?.code]).to.deep.equal([413, 'TOO_LARGE']);
  });

  it('refuses a body without a length that grows past the limit', async () => {
    const socket = connect(server.port, '127.0.0.1');
    const head = [
      'POST /desk/api/session HTTP/1.1',
      `host: 127.0.0.1:${server.port}`,
      'x-twentyfour-desk: 1',
      'content-type: application/json',
      'transfer-encoding: chunked',
      '',
      '',
    ].join('\r\n');
    socket.write(head);
    const chunk = `4000\r\n${'x'.repeat(0x4000)}\r\n`;
    for (let i = 0; i < 5; i += 1) socket.write(chunk);
    const answer = await new Promise<string>((resolve) => socket.once('data', (data: Buffer) => resolve(data.toString())));
    socket.destroy();
    expect(answer).to.match(/^HTTP\/1\.1 413 /);
    expect(answer.toLowerCase()).to.include('connection: close');
  });

  it('says on every answer what browsers may do with it', async () => {
    for (const path of ['/', '/api/home', '/api/none', '/none']) {
      const { headers } = await sam.get(path);
      expect(headers['content-security-policy']).to.include(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:",
      );
      expect(headers['content-security-policy']).to.include("frame-ancestors 'none'");
      expect(headers['x-content-type-options']).to.equal('nosniff');
      expect(headers['referrer-policy']).to.equal('no-referrer');
    }
    expect((await sam.get('/api/home')).headers['cache-control']).to.equal('no-store');
  });

  it('says that it is closed, while connections are still there', async () => {
    const closing = await DeskServer.start();
    try {
      await closing.desk.close();
      for (const path of ['/', '/api/session']) {
        const answer = await closing.browser().get(path);
        expect([answer.status, answer.json.error?.code]).to.deep.equal([503, 'STORE_UNAVAILABLE']);
      }
    } finally {
      await closing.stop();
    }
  });

  it('tells nobody what went wrong inside, only where to look', async () => {
    const center = { ...server.center, run: server.center.run, query: () => Promise.reject(new Error('secret detail')) };
    const broken = await DeskServer.start({
      center: { ...center, subscribe: () => () => undefined, close: async () => undefined } as never,
    });
    try {
      const answer = await broken.browser().get('/api/session');
      expect([answer.status, answer.json.error?.code]).to.deep.equal([500, 'INTERNAL_ERROR']);
      expect(answer.text).to.not.include('secret');
      const id = /names it: ([\w-]+)\./.exec(answer.text)![1]!;
      expect(broken.log.some((line) => line.includes(id))).to.equal(true);
    } finally {
      await broken.stop();
    }
  });
});

describe('desk API: encryption', () => {
  const request = (headers: Record<string, string>, remoteAddress = '127.0.0.1', encrypted = false) =>
    ({ headers, socket: { remoteAddress, ...(encrypted ? { encrypted } : {}) } }) as unknown as IncomingMessage;
  const lan = { host: '192.0.2.10:1880' };
  const local = { host: 'localhost:1880' };

  it('is not needed on this machine', () => {
    const guard = new RequestGuard('', false);
    for (const host of ['localhost:1880', '127.0.0.1:1880', '[::1]:1880', 'desk.localhost']) {
      expect(guard.transportOf(request({ host })), host).to.equal('loopback');
    }
    expect(guard.transportOf(request(local, '::1'))).to.equal('loopback');
    expect(guard.transportOf(request(local, '::ffff:127.0.0.1'))).to.equal('loopback');
  });

  it('is needed from anywhere else, also through a proxy on this machine', () => {
    const guard = new RequestGuard('', false);
    const plain = [
      request(lan, '192.0.2.20'),
      request(local, '192.0.2.20'),
      request({ host: 'desk.example.com' }),
      request({ ...local, 'x-forwarded-for': '192.0.2.20' }),
      request({ ...local, forwarded: 'for=192.0.2.20' }),
      request({ host: '127.0.0.1.example.com' }),
    ];
    for (const one of plain) {
      expect(guard.transportOf(one)).to.equal('plain');
      expect(() => guard.requireSafeTransport(one))
        .to.throw()
        .with.property('code', 'HTTPS_REQUIRED');
      expect(() => new RequestGuard('', true).requireSafeTransport(one)).to.not.throw();
    }
  });

  it('is there with TLS of our own, or behind a proxy at the configured address', () => {
    expect(new RequestGuard('', false).transportOf(request(lan, '192.0.2.20', true))).to.equal('https');
    const guard = new RequestGuard('https://desk.example.com/red/desk', false);
    expect(guard.transportOf(request({ host: 'desk.example.com' }))).to.equal('https');
    expect(guard.transportOf(request({ ...lan, origin: 'http://192.0.2.10:1880' }, '192.0.2.20'))).to.equal('plain');
  });

  it('knows its own origin by the configured address or the request’s host', () => {
    const guard = new RequestGuard('https://desk.example.com/red/desk', false);
    const change = { 'x-twentyfour-desk': '1' };
    const allowed = [
      { ...change, host: '10.0.0.5:1880', origin: 'https://desk.example.com' },
      { ...change, host: 'localhost:1880', origin: 'http://localhost:1880' },
      { ...change, host: 'Desk.Example.com:443', origin: 'https://desk.example.com' },
      { ...change, host: 'localhost:1880' },
    ];
    for (const headers of allowed) expect(() => guard.requireSameSite(request(headers), true)).to.not.throw();
    const refused = [
      { ...change, host: 'desk.example.com', origin: 'https://desk.example.com.evil.example' },
      { ...change, host: 'desk.example.com', origin: 'https://desk.example.com:8443' },
      { ...change, host: 'desk.example.com', origin: 'file://desk.example.com' },
      { ...change, host: 'desk.example.com', origin: 'nonsense' },
    ];
    for (const headers of refused) {
      expect(() => guard.requireSameSite(request(headers), true), headers.origin)
        .to.throw()
        .with.property('code', 'CROSS_SITE');
    }
  });

  it('makes the cookie a __Host- one that only https carries', async () => {
    const server = await DeskServer.start({ publicUrl: 'https://desk.example.com/desk' });
    try {
      const browser = server.browser();
      const answer = await browser.post(
        '/api/session',
        { username: 'sam', password: PASSWORD },
        { origin: 'https://desk.example.com', host: 'desk.example.com' },
      );
      expect(answer.headers['set-cookie']![0]).to.match(
        /^__Host-twentyfour-desk-[0-9a-f]{8}=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Secure$/,
      );
      expect((await browser.get('/api/session', { host: 'desk.example.com' })).status).to.equal(200);
      // The unprotected name counts for nothing here: another host of the domain could set it.
      const [name, value] = [...browser.cookies][0]!;
      const tossed = server.browser();
      tossed.cookies.set(name.replace('__Host-', ''), value);
      expect((await tossed.get('/api/session', { host: 'desk.example.com' })).status).to.equal(401);
    } finally {
      await server.stop();
    }
  });

  it('is said to be missing where plain HTTP is allowed', async () => {
    const server = await DeskServer.start({ allowHttp: true });
    try {
      const browser = server.browser();
      const answer = await browser.get('/api/session', { host: 'nodered.lan:1880' });
      expect(answer.json).to.deep.include({ plainHttp: true });
    } finally {
      await server.stop();
    }
    const strict = await DeskServer.start();
    try {
      const answer = await strict.browser().get('/api/session', { host: 'nodered.lan:1880' });
      expect([answer.status, answer.json.error?.code]).to.deep.equal([403, 'HTTPS_REQUIRED']);
    } finally {
      await strict.stop();
    }
  });
});
