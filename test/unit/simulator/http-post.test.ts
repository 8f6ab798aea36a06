import { createServer as createPlain } from 'node:net';
import { createServer } from 'node:http';
import { createServer as createSecure } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { expect } from 'chai';
import { isLoopback, postForm } from '../../../lib/simulator/webhooks/http-post.ts';
import { selfSigned } from './self-signed.ts';

const LIMITS = { connectMs: 2000, readMs: 2000, totalMs: 2000 };

describe('simulator: one call of a webhook', () => {
  let server: Server | undefined;

  afterEach(async () => {
    await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)));
    server = undefined;
  });

  async function listen(started: Server): Promise<number> {
    server = started;
    await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
    return (started.address() as AddressInfo).port;
  }

  const post = (url: string, limits = LIMITS): ReturnType<typeof postForm> =>
    postForm(url, {}, 'a=b', limits, new AbortController().signal);

  it('reaches a self-signed https server on the loopback', async () => {
    const port = await listen(createSecure(selfSigned(), (_request, response) => response.end()));
    expect(await post(`https://127.0.0.1:${port}/hook`)).to.include({ kind: 'answer', status: 200 });
  });

  it('knows the loopback by name and address, and nothing else', () => {
    const own = ['localhost', 'LOCALHOST', 'node.localhost', '127.0.0.1', '127.9.9.9', '::1'];
    expect(own.filter(isLoopback)).to.deep.equal(own);
    const foreign = ['example.com', 'localhost.example.com', '127.0.0.1.example.com', '10.0.0.1', '::2', '1127.0.0.1', ''];
    expect(foreign.filter(isLoopback)).to.deep.equal([]);
  });

  it('calls the address exactly as it is written, with its sign-in', async () => {
    const seen: (string | undefined)[] = [];
    const port = await listen(
      createServer((request, response) => {
        seen.push(request.url, request.headers.authorization);
        response.writeHead(204).end();
      }),
    );
    await post(`http://ada:p%40ss@127.0.0.1:${port}/a'b/../c?q='x'&y=%2f`);
    expect(seen).to.deep.equal(["/a'b/../c?q='x'&y=%2f", `Basic ${Buffer.from('ada:p@ss').toString('base64')}`]);
  });

  it('tells a refused connection, a silent receiver, a broken one and a wrong address apart', async () => {
    const port = await listen(createPlain((socket) => socket.destroy()));
    expect((await post(`http://127.0.0.1:${port}/`)).kind).to.equal('broken');
    await new Promise((resolve) => server!.close(resolve));
    expect((await post(`http://127.0.0.1:${port}/`)).kind).to.equal('ct');
    const silent = await listen(createPlain((socket) => socket.on('error', () => undefined).resume()));
    expect((await post(`http://127.0.0.1:${silent}/`, { ...LIMITS, readMs: 30 })).kind).to.equal('rt');
    expect((await post(`http://127.0.0.1:${silent}/`, { ...LIMITS, totalMs: 30 })).kind).to.equal('rt');
    expect((await post('ftp://127.0.0.1/')).kind).to.equal('invalid');
    expect((await post('http://127.0.0.1/ä ö')).kind).to.equal('invalid');
  });
});
