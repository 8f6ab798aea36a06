import { expect } from 'chai';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { DeskServer, type Browser } from '../support/desk.ts';

describe('desk: the page’s files', () => {
  let folder: string;
  let server: DeskServer;
  let browser: Browser;
  const script = `export const text = ${JSON.stringify('word '.repeat(500))};\n`;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'desk-page-'));
    await mkdir(join(folder, 'web', 'assets'), { recursive: true });
    await writeFile(join(folder, 'secret.txt'), 'outside');
    await writeFile(join(folder, 'web', 'index.html'), '<!doctype html><title>Desk</title>');
    await writeFile(join(folder, 'web', 'favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
    await writeFile(join(folder, 'web', 'assets', 'index-4f2a.js'), script);
    await writeFile(join(folder, 'web', 'assets', 'inter-77.woff2'), Buffer.from([0, 1, 2, 3]));
    server = await DeskServer.start({ webRoot: join(folder, 'web') });
    browser = server.browser();
  });
  after(async () => {
    await server.stop();
    await rm(folder, { recursive: true });
  });

  it('are sent with their types and how long they may be kept', async () => {
    const page = await browser.get('/');
    expect([page.status, page.text]).to.deep.equal([200, '<!doctype html><title>Desk</title>']);
    expect(page.headers).to.include({ 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' });
    const code = await browser.get('/assets/index-4f2a.js');
    expect(code.text).to.equal(script);
    expect(code.headers).to.include({
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
    });
    expect((await browser.get('/assets/inter-77.woff2')).headers['content-type']).to.equal('font/woff2');
    expect((await browser.get('/index.html')).status).to.equal(200);
  });

  it('are compressed for who can read it', async () => {
    const response = await browser.open('/assets/index-4f2a.js', 'GET', { 'accept-encoding': 'gzip, br' });
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    expect(response.headers).to.include({ 'content-encoding': 'br', vary: 'accept-encoding' });
    expect(brotliDecompressSync(Buffer.concat(chunks)).toString()).to.equal(script);
    const refused = await browser.get('/assets/index-4f2a.js', { 'accept-encoding': 'br;q=0' });
    expect(refused.headers['content-encoding']).to.equal(undefined);
  });

  it('are not sent again when they have not changed', async () => {
    const first = await browser.get('/favicon.svg');
    expect(first.headers['cache-control']).to.equal('no-cache');
    const again = await browser.get('/favicon.svg', { 'if-none-match': first.headers['etag'] });
    expect([again.status, again.text]).to.deep.equal([304, '']);
  });

  it('stand under a path with a slash at its end, because the page’s addresses are relative', async () => {
    const answer = await browser.get('');
    expect([answer.status, answer.headers['location']]).to.deep.equal([308, '/desk/']);
  });

  it('answer HEAD without a body and nothing but GET and HEAD', async () => {
    const head = await browser.ask('/', { method: 'HEAD' });
    expect([head.status, head.text, head.headers['content-length']]).to.deep.equal([200, '', '34']);
    expect((await browser.post('/')).status).to.equal(405);
  });

  it('never lead out of their folder', async () => {
    const paths = [
      '/../secret.txt',
      '/..%2fsecret.txt',
      '/assets/../../secret.txt',
      '/assets/..%2f..%2fsecret.txt',
      '/%2e%2e/secret.txt',
      '//etc/passwd',
      '/..%5csecret.txt',
      '/assets',
      '/assets/',
      '/constructor',
      '/index.html%00.js',
    ];
    for (const path of paths) {
      const answer = await rawGet(server.port, `/desk${path}`);
      expect(answer, path).to.match(/^HTTP\/1\.1 404 /);
      expect(answer, path).to.not.include('outside');
    }
  });

  it('say so when they have not been built', async () => {
    const bare = await DeskServer.start({ webRoot: join(folder, 'nowhere') });
    try {
      expect((await bare.browser().get('/')).status).to.equal(503);
      await mkdir(join(folder, 'nowhere'));
      await writeFile(join(folder, 'nowhere', 'index.html'), 'built');
      expect((await bare.browser().get('/')).text).to.equal('built');
    } finally {
      await bare.stop();
    }
  });
});

/** A request whose path no client library tidies up. */
function rawGet(port: number, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () =>
      socket.write(`GET ${path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n`),
    );
    let text = '';
    socket.on('data', (data: Buffer) => (text += data.toString()));
    socket.on('close', () => resolve(text));
    socket.on('error', reject);
  });
}
