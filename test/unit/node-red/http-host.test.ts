import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRequire } from 'node:module';
import { expect } from 'chai';
import { HttpHost } from '../../../lib/node-red/http-host.ts';
import type { MountedHandler } from '../../../lib/http/mounted.ts';
import { hostAtHead } from '../../../lib/node-red/root-app.ts';
import type { HttpApp } from '../../../lib/node-red/runtime-api.ts';

const require = createRequire(import.meta.url);

/** Answers with its name and what it was given. */
const named =
  (name: string): MountedHandler =>
  (_request, response, subPath) => {
    response.end(`${name}:${subPath}`);
  };

describe('the HTTP host', () => {
  let server: Server | undefined;

  afterEach(async () => {
    server?.closeAllConnections();
    await new Promise((resolve) => (server === undefined ? resolve(null) : server.close(resolve)));
    server = undefined;
  });

  async function serve(handler: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
    server = createServer(handler);
    await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  const textOf = async (url: string, init?: RequestInit): Promise<string> => (await fetch(url, init)).text();

  it('lets the longest mount win and gives it the rest of the path, decoded once', async () => {
    const host = new HttpHost();
    host.mount('/whatsapp', named('webhooks'));
    host.mount('/whatsapp/simulator', named('simulator'));
    const url = await serve((request, response) => host.handle(request, response));
    expect(await textOf(`${url}/whatsapp/inbound?x=1`)).to.equal('webhooks:/inbound');
    expect(await textOf(`${url}/whatsapp/simulator/api%2520`)).to.equal('simulator:/api%20');
    expect(await textOf(`${url}/whatsapp`, { method: 'POST' })).to.equal('webhooks:/');
    expect((await fetch(`${url}/whatsapp2/inbound`)).status).to.equal(404);
    expect((await fetch(`${url}/what%sapp`)).status).to.equal(404);
  });

  it('sends browsers to the folder, keeping the query', async () => {
    const host = new HttpHost({ basePath: () => '/red/' });
    host.mount('/desk', named('desk'));
    const url = await serve((request, response) => host.handle(request, response));
    expect(await textOf(`${url}/red/desk?key=1`)).to.equal('desk:/');
    expect((await fetch(`${url}/desk/`)).status).to.equal(404);
  });

  it('refuses a second mount on a path, and frees it by the way out', () => {
    const host = new HttpHost();
    const unmount = host.mount('/desk', named('one'));
    expect(() => host.mount('/desk/', named('two'))).to.throw('in use already');
    unmount();
    host.mount('/desk', named('two'));
    unmount();
    expect(host.isMounted('/desk')).to.equal(true);
  });

  it('holds a path until somebody serves it, and takes it from nobody', async () => {
    const host = new HttpHost();
    const letGo = host.hold('/desk', named('one moment'));
    const second = host.hold('/desk', named('second'));
    const url = await serve((request, response) => host.handle(request, response));
    expect(await textOf(`${url}/desk`)).to.equal('one moment:/');
    expect(await textOf(`${url}/desk/api/home`)).to.equal('one moment:/api/home');
    const webhook = textOf(`${url}/desk/inbound`, { method: 'POST', headers: { 'x-twilio-signature': 'x' } });
    expect(host.isMounted('/desk')).to.equal(false);
    const unmount = host.mount('/desk', named('desk'));
    expect(await webhook).to.equal('desk:/inbound');
    expect(await textOf(`${url}/desk/api/home`)).to.equal('desk:/api/home');
    unmount();
    letGo();
    expect(await textOf(`${url}/desk/`)).to.equal('second:/');
    second();
    expect((await fetch(`${url}/desk/`)).status).to.equal(404);
  });

  it('lets a webhook wait for the first start, and nobody else', async () => {
    const host = new HttpHost();
    const url = await serve((request, response) => host.handle(request, response));
    const webhook = textOf(`${url}/whatsapp/inbound`, { method: 'POST', headers: { 'x-twilio-signature': 'x' } });
    expect((await fetch(`${url}/whatsapp/inbound`, { method: 'POST' })).status).to.equal(404);
    host.mount('/whatsapp', named('webhooks'));
    expect(await webhook).to.equal('webhooks:/inbound');
  });

  it('answers a webhook 503 when nothing starts, and 404 once the flows run without it', async () => {
    const host = new HttpHost({ firstStartWaitMs: 1 });
    const url = await serve((request, response) => host.handle(request, response));
    const post = (): Promise<Response> => fetch(`${url}/nowhere`, { method: 'POST', headers: { 'x-twilio-signature': 'x' } });
    expect((await post()).status).to.equal(503);
    host.flowsStarted();
    expect((await post()).status).to.equal(404);
  });

  it('hands what is not ours on', async () => {
    const host = new HttpHost();
    const url = await serve((request, response) => host.handle(request, response, () => response.end('somebody else')));
    expect(await textOf(`${url}/anything`)).to.equal('somebody else');
  });

  // Node-RED 4 and 5 bring Express 4; a program that embeds Node-RED may bring 5, which keeps its stack elsewhere.
  describe('at the head of the root app', () => {
    const express = require('express') as (() => HttpApp & ServerHandler) & { urlencoded(options: object): unknown };
    type ServerHandler = (request: IncomingMessage, response: ServerResponse) => void;

    it('gets raw bytes although the editor’s parsers came first, under httpNodeRoot', async () => {
      const root = express();
      const httpNode = express();
      root.use(express.urlencoded({ extended: true }));
      (root.use as (path: string, app: unknown) => void)('/red', httpNode);
      const host = hostAtHead(httpNode);
      host.mount('/whatsapp', (request, response) => {
        const chunks: Buffer[] = [];
        request.on('data', (chunk: Buffer) => chunks.push(chunk));
        request.on('end', () => response.end(Buffer.concat(chunks)));
      });
      const url = await serve(root);
      const body = 'a%5Bb%5D=1&a%5Bb%5D=2';
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      expect(await textOf(`${url}/red/whatsapp/inbound`, { method: 'POST', body, headers })).to.equal(body);
      expect((await fetch(`${url}/whatsapp/inbound`, { method: 'POST', body, headers })).status).to.equal(404);
    });

    it('finds the stack of Express 5, where asking Express 4’s name finds nothing', () => {
      const first = { handle: () => {} };
      const router = { stack: [first] as { handle: unknown }[] };
      const app: HttpApp = {
        router,
        use: (handler) => void router.stack.push({ handle: handler }),
        get: () => {},
        post: () => {},
      };
      hostAtHead(app);
      expect(router.stack).to.have.length(2);
      expect(router.stack[1]).to.equal(first);
    });
  });

  it('listens on a port of its own', async () => {
    const host = new HttpHost();
    host.mount('/desk', named('desk'));
    const listening = await host.listen(0, '127.0.0.1');
    expect(await textOf(`http://127.0.0.1:${listening.port}/desk/x`)).to.equal('desk:/x');
    await host.listen(listening.port, '127.0.0.1').then(
      () => expect.fail('Two servers on one port'),
      (error: NodeJS.ErrnoException) => expect(error.code).to.equal('EADDRINUSE'),
    );
    await listening.close();
  });
});
