import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect } from 'chai';
import { config, onTab, SENDER, CUSTOMER, TestRuntime, TOKEN } from './support/test-runtime.ts';

const IN = onTab(
  { id: 'in', type: 'whatsapp-in', account: 'account', wires: [['got'], []] },
  { id: 'got', type: 'probe', wires: [] },
);

describe('contact-center', () => {
  let runtime: TestRuntime;

  afterEach(() => runtime.stop());

  const desk = (path = '/desk/api/openapi.json'): Promise<Response> => fetch(runtime.baseUrl + path);

  /** Starts with a center whose store cannot be opened: a file lies where its folder should be. */
  async function startWithoutStore(center: object = {}, more: object[] = []): Promise<void> {
    runtime = await TestRuntime.start([{ id: 'other', type: 'tab', label: 'Other' }]);
    await writeFile(join(runtime.folder, 'folder'), 'Not a folder yet.');
    await runtime.unload();
    await runtime.load([...config({}, { file: 'folder/center.sqlite', ...center }), ...more]);
  }

  /** The folder is there at last; resolves when the store is open. */
  async function storeComes(): Promise<void> {
    await rm(join(runtime.folder, 'folder'));
    await mkdir(join(runtime.folder, 'folder'));
    await new Promise<void>((resolve) => runtime.centerSlot().health.onRecovery(resolve));
  }

  it('serves the desk below its path', async () => {
    runtime = await TestRuntime.start(config());
    await runtime.deskReady();
    expect((await desk()).status).to.equal(200);
    const redirect = await fetch(`${runtime.baseUrl}/desk?x=1`, { redirect: 'manual' });
    expect([redirect.status, redirect.headers.get('location')]).to.deep.equal([308, './desk/?x=1']);
  });

  it('serves the desk on a port of its own, and not on Node-RED’s', async () => {
    const port = await freePort();
    runtime = await TestRuntime.start(config({}, { port: String(port), host: '127.0.0.1' }));
    await runtime.deskReady();
    expect((await fetch(`http://127.0.0.1:${port}/desk/api/openapi.json`)).status).to.equal(200);
    expect((await desk()).status).to.equal(404);
  });

  it('says that the port is taken, and the flows go on', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    try {
      const port = String((other.address() as AddressInfo).port);
      runtime = await TestRuntime.start([...config({}, { port, host: '127.0.0.1' }), ...IN]);
      await runtime.shows('center', 'PORT_UNAVAILABLE');
      expect(await runtime.receive('Hello')).to.equal(200);
      await runtime.inbox('got').next();
    } finally {
      await new Promise((resolve) => other.close(resolve));
    }
  });

  it('warns when its clock is ahead of the machine’s although nobody moved it', async () => {
    runtime = await TestRuntime.start(config());
    await runtime.deskReady();
    await runtime.unload();
    // The machine stood in the future when it wrote this down.
    const db = new DatabaseSync(join(runtime.folder, 'center.sqlite'));
    db.prepare(
      "insert into settings (key, value) values ('clock.noted', ?) on conflict (key) do update set value = excluded.value",
    ).run(String(Date.now() + 10.5 * 60_000));
    db.close();
    await runtime.load(config());
    expect(await runtime.shows('center', 'clockAhead')).to.include({ fill: 'yellow' });
    expect(runtime.warningsOf('contact-center').filter((text) => text.includes('clockAhead'))).to.have.length(1);
  });

  it('is red on a file that another contact center has; the first and the rest go on', async () => {
    const second = { ...(config()[0] as object), id: 'second', path: '/second' };
    const guard = onTab({ id: 'guard', type: 'session-guard', center: 'second', wires: [[], []] });
    runtime = await TestRuntime.start([...config(), second, ...IN, ...guard.slice(1)]);
    await runtime.shows('second', 'FILE_TAKEN');
    await runtime.shows('guard', 'FILE_TAKEN');
    expect(runtime.errorsOf('contact-center')).to.have.length(1);
    expect(await runtime.receive('Hello')).to.equal(200);
    await runtime.inbox('got').next();
  });

  it('takes over the file when the other contact center is gone, and so do the nodes that use it', async () => {
    const second = { ...(config()[0] as object), id: 'second', path: '/second' };
    const account = { ...(config()[1] as object), id: 'other', center: 'second', path: '/other' };
    const notify = { id: 'notify', type: 'notify-agent', center: 'second', queue: 'Support', wires: [[], []] };
    const reader = { id: 'in2', type: 'whatsapp-in', account: 'other', wires: [['got'], []] };
    const rest = [second, account, ...onTab(notify, reader, { id: 'got', type: 'probe', wires: [] })];
    const token = { authToken: TOKEN };
    runtime = await TestRuntime.start([config()[0]!, ...rest], { other: token });
    await runtime.shows('notify', 'FILE_TAKEN');
    await runtime.shows('in2', 'FILE_TAKEN');
    await runtime.deploy(rest, 'nodes', { other: token });
    await runtime.shows('notify', 'nobodyWaiting');
    await runtime.deskReady('second');
    expect((await desk('/second/api/openapi.json')).status).to.equal(200);
    const form = { MessageSid: runtime.newSid(), From: CUSTOMER, To: SENDER, Body: 'Hello', NumMedia: '0' };
    expect(await runtime.webhook('/other/inbound', form)).to.equal(200);
    expect((await runtime.inbox('got').next()).payload).to.equal('Hello');
    expect(runtime.errorsOf('contact-center')).to.have.length(1);
  });

  it('serves the desk when the account that had its path is gone', async () => {
    runtime = await TestRuntime.start(config({ path: '/desk' }));
    await runtime.shows('center', 'PATH_TAKEN');
    await runtime.deploy(config().slice(0, 1), 'nodes');
    await runtime.shows('center', 'ready');
    expect((await desk()).status).to.equal(200);
  });

  it('is there, with everything that uses it, when the store can be opened after all', async function () {
    this.timeout(30_000);
    await startWithoutStore({}, IN);
    await runtime.shows('in', 'STORE_UNAVAILABLE');
    await storeComes();
    await runtime.shows('in', 'noWebhookYet');
    expect(await runtime.receive('Hello')).to.equal(200);
    expect((await runtime.inbox('got').next()).payload).to.equal('Hello');
    await runtime.deskReady();
    expect((await desk()).status).to.equal(200);
  });

  it('answers 503 while the desk is being opened: a page that looks again, and JSON for programs', async () => {
    await startWithoutStore();
    await runtime.shows('center', 'STORE_UNAVAILABLE');
    const page = await desk('/desk/');
    expect([page.status, page.headers.get('retry-after'), page.headers.get('refresh')]).to.deep.equal([503, '2', '2']);
    expect(await page.text()).to.match(/^<!doctype html>.*waiting\.title/);
    const api = await desk('/desk/api/session');
    expect([api.status, api.headers.get('retry-after'), api.headers.get('refresh')]).to.deep.equal([503, '2', null]);
    expect(((await api.json()) as { error: { code: string } }).error.code).to.equal('STORE_UNAVAILABLE');
    expect((await desk('/elsewhere')).status).to.equal(404);
    await storeComes();
    await runtime.deskReady();
    expect((await desk()).status).to.equal(200);
  }).timeout(30_000);

  it('answers 503 on a port of its own, too, until it is open', async () => {
    const port = await freePort();
    await startWithoutStore({ port: String(port), host: '127.0.0.1' });
    await runtime.shows('center', 'STORE_UNAVAILABLE');
    let page: Response | null = null;
    // The port is opened while the store is tried.
    while (page === null) page = await fetch(`http://127.0.0.1:${port}/desk/`).catch(() => null);
    expect(page.status).to.equal(503);
    await storeComes();
    await runtime.deskReady();
    expect((await fetch(`http://127.0.0.1:${port}/desk/api/openapi.json`)).status).to.equal(200);
  }).timeout(30_000);

  it('says session.closing as long before the end as it is told', async () => {
    const notify = { id: 'notify', type: 'notify-agent', center: 'center', queue: 'Support', wires: [[], ['events']] };
    const flow = (closingMinutes: string): object[] => [
      ...config({}, { closingMinutes }),
      ...onTab(notify, { id: 'events', type: 'probe', wires: [] }),
    ];
    runtime = await TestRuntime.start(flow('0'));
    await runtime.receive('Hello');
    const center = await runtime.center();
    await center.run('skipClock', { byMs: 22.5 * 3_600_000, allSimulators: true });
    await runtime.deploy(flow('120'));
    const closing = await runtime.inbox('events').next(({ payload }) => payload === 'session.closing');
    expect((closing.event as { expiresAt: number }).expiresAt - center.now()).to.be.within(3_600_000, 2 * 3_600_000);
  });

  it('says in the log that nobody can reach the desk when Node-RED serves no HTTP nodes', async () => {
    runtime = await TestRuntime.start(config(), undefined, [], { httpNodeRoot: false });
    expect(runtime.warningsOf('contact-center')).to.deep.equal(['contact-center.warning.notServed']);
    expect(runtime.warningsOf('whatsapp-account')).to.deep.equal(['whatsapp-account.warning.notServed']);
    await runtime.deploy(config({}, { port: String(await freePort()), host: '127.0.0.1' }));
    await runtime.deskReady();
    expect(runtime.warningsOf('contact-center')).to.have.length(1);
  });

  it('says that the store cannot be opened: webhooks are answered 503, the nodes are red', async () => {
    runtime = await TestRuntime.start([...config({}, { file: 'center.sqlite/impossible' }), ...IN]);
    await runtime.unload();
    await rm(`${runtime.folder}/center.sqlite`, { recursive: true, force: true });
    await writeFile(`${runtime.folder}/center.sqlite`, 'This is a file, so nothing can lie in it.');
    await runtime.load([...config({}, { file: 'center.sqlite/impossible' }), ...IN]);
    await runtime.shows('in', 'STORE_UNAVAILABLE');
    expect(await runtime.receive('Hello')).to.equal(503);
  });

  it('leaves the store open and the desk’s sessions alive when a deploy changes nothing about them', async () => {
    runtime = await TestRuntime.start([...config(), ...IN]);
    await runtime.deskReady();
    const { instance } = await runtime.center();
    const before = runtime.centerSlot().desk;
    await runtime.deploy([...config(), ...IN, { id: 'other', type: 'tab', label: 'Other' }]);
    await runtime.deskReady();
    expect((await runtime.center()).instance).to.equal(instance);
    expect(runtime.centerSlot().desk).to.equal(before);
  });

  it('opens the store anew for another length of the session', async () => {
    runtime = await TestRuntime.start([...config(), ...IN]);
    await runtime.deploy([...config({}, { sessionHours: '2' }), ...IN]);
    expect((await runtime.center()).sessionHours).to.equal(2);
    expect(await runtime.receive('Hello')).to.equal(200);
    const { conversation } = await runtime.inbox('got').next();
    expect((conversation as { session: { remainingMs: number } }).session.remainingMs).to.be.most(2 * 3_600_000);
    await runtime.deskReady();
    expect((await desk()).status).to.equal(200);
  });

  it('releases store, webhooks and desk when a deploy takes them out', async () => {
    runtime = await TestRuntime.start([...config(), ...IN]);
    await runtime.deskReady();
    await runtime.deploy([{ id: 'other', type: 'tab', label: 'Other' }]);
    expect(runtime.registry.centers()).to.be.empty;
    expect((await desk()).status).to.equal(404);
    const form = { MessageSid: runtime.newSid(), From: CUSTOMER, To: SENDER, Body: 'Hello' };
    expect(await runtime.webhook('/whatsapp/inbound', form)).to.equal(404);
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
