import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { config, onTab, SENDER, CUSTOMER, TestRuntime } from './support/test-runtime.ts';

const IN = onTab(
  { id: 'in', type: 'whatsapp-in', account: 'account', wires: [['got'], []] },
  { id: 'got', type: 'probe', wires: [] },
);

describe('contact-center', () => {
  let runtime: TestRuntime;

  afterEach(() => runtime.stop());

  const desk = (path = '/desk/api/openapi.json'): Promise<Response> => fetch(runtime.baseUrl + path);

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

  it('says that the store cannot be opened: webhooks are answered 503, the nodes are red', async () => {
    runtime = await TestRuntime.start([...config({}, { file: 'center.sqlite/impossible' }), ...IN]);
    await runtime.unload();
    const { writeFile, rm } = await import('node:fs/promises');
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
