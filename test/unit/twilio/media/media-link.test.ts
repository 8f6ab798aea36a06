import { expect } from 'chai';
import fc from 'fast-check';
import { rm } from 'node:fs/promises';
import type { Center } from '../../../../lib/center/center.ts';
import { MediaFolder } from '../../../../lib/store/media-folder.ts';
import { createMediaLinks, LINK_LIVES_MS, mediaLink, mediaToken, readToken } from '../../../../lib/twilio/media/media-link.ts';
import { pdf } from '../../../support/files.ts';
import { addAgent, bringTo } from '../../../support/work.ts';
import { call, serve, temporaryCenter, testAccount, TestClock, type TestServer } from '../fixture.ts';

const KEY = 'ab'.repeat(32);
const ID = '0190a0b0-c0d0-7e0f-8000-000000000001';

describe('the address of a file for Twilio', () => {
  it('names one file until a moment', () => {
    const token = mediaToken(KEY, ID, 1_000_000);
    expect(readToken(KEY, token, 999_999)).to.equal(ID);
    expect(readToken(KEY, token, 1_000_000)).to.equal(ID);
    expect(readToken(KEY, token, 1_000_001)).to.equal(null);
    expect(readToken('cd'.repeat(32), token, 0)).to.equal(null);
  });

  it('is worth nothing when any of it was changed', () => {
    const token = mediaToken(KEY, ID, 1_000_000);
    fc.assert(
      fc.property(fc.nat(token.length - 1), fc.constantFrom(...'0123456789abcdefghizABZ-_.'), (at, character) => {
        if (token[at] === character) return;
        const altered = token.slice(0, at) + character + token.slice(at + 1);
        expect(readToken(KEY, altered, 0), altered).to.equal(null);
      }),
    );
    for (const other of ['', '.', `${token}.`, ` ${token}`, token.slice(0, -1), `${token}A`])
      expect(readToken(KEY, other, 0), other).to.equal(null);
  });
});

describe('files for Twilio, over HTTP', () => {
  let center: Center;
  let clock: TestClock;
  let dispose: () => Promise<void>;
  let server: TestServer;
  let link: string;
  let mediaId: string;

  beforeEach(async () => {
    clock = new TestClock();
    ({ center, dispose } = await temporaryCenter(clock));
    const handler = createMediaLinks({ center: async () => center, log: { warn: () => {} } });
    server = await serve((request, response) => {
      const path = decodeURIComponent(request.url!.split('?')[0]!);
      handler(request, response, path.slice('/whatsapp/media'.length));
    });
    mediaId = await sent('Offer 2026.pdf');
    link = await mediaLink(center, testAccount({ publicUrl: server.url }), { mediaId, name: 'Offer 2026.pdf' });
  });
  afterEach(async () => {
    await server.close();
    await dispose();
  });

  const get = (url: string, method = 'GET') => call(url, { method });

  /** A document of an agent's message. */
  async function sent(name: string): Promise<string> {
    const [known] = await center.query('team', {});
    const agentId = known?.id ?? (await addAgent(center, 'sue', { live: false }));
    const message = {
      id: 'SM1',
      sid: 'SM1',
      direction: 'inbound' as const,
      type: 'text' as const,
      text: 'Hello',
      from: 'whatsapp:+15551234567',
      to: 'whatsapp:+15550000001',
      author: { kind: 'customer' as const },
      status: 'received' as const,
      timestamp: new Date(clock.ms).toISOString(),
    };
    const { conversationId } = await center.run('receive', { accountId: 'account-1', message, routed: true });
    await bringTo(center, conversationId!, agentId);
    const { mediaId: id, file } = await center.run('beginUpload', { conversationId: conversationId!, agentId });
    const { size } = await new MediaFolder(center.file).write(file, chunks(pdf()), 10_000);
    await center.run('finishFile', {
      mediaId: id,
      kind: 'document',
      contentType: 'application/pdf',
      extension: 'pdf',
      size,
      name,
      contacts: [],
      durationMs: null,
    });
    await center.run('reply', { conversationId: conversationId!, agentId, messageId: 'message-1', text: '', mediaId: id });
    return id;
  }

  it('come with their type, size and name, and run nowhere', async () => {
    expect(link).to.match(/^http:\/\/127\.0\.0\.1:\d+\/whatsapp\/media\/[\w.-]+\/Offer%202026\.pdf$/);
    const answer = await get(link);
    expect(answer.status).to.equal(200);
    expect(answer.headers).to.include({
      'content-type': 'application/pdf',
      'content-length': String(pdf().length),
      'x-content-type-options': 'nosniff',
    });
    expect(answer.headers['content-disposition']).to.match(/^attachment; filename="Offer 2026.pdf"/);
    expect(answer.text).to.equal(pdf().toString());
    expect((await get(link, 'HEAD')).status).to.equal(200);
    expect((await get(link.slice(0, link.lastIndexOf('/')))).status).to.equal(200);
  });

  it('are there for 15 minutes and not a millisecond longer', async () => {
    clock.ms += LINK_LIVES_MS;
    expect((await get(link)).status).to.equal(200);
    clock.ms += 1;
    expect((await get(link)).status).to.equal(404);
  });

  it('are not there under an altered address', async () => {
    const [before, token, name] = [link.slice(0, link.indexOf('/media/') + 7), link.split('/').at(-2)!, link.split('/').at(-1)!];
    const [id, expires, signature] = token.split('.');
    const later = (Number.parseInt(expires!, 36) + 3_600_000).toString(36);
    for (const altered of [
      `${before}${id}.${later}.${signature}/${name}`,
      `${before}${id!.replace(/.$/, (last) => (last === '0' ? '1' : '0'))}.${expires}.${signature}/${name}`,
      `${before}${id}.${expires}.${signature!.slice(0, -2)}AA/${name}`,
      `${before}${token}/Other.pdf`,
      `${before}${token}/${name}/more`,
      `${before}${id}`,
      before,
    ])
      expect((await get(altered)).status, altered).to.equal(404);
  });

  it('are not given out before they are part of a message, nor after they were erased', async () => {
    const { mediaId: unsent, file } = await center.run('beginFile', { accountId: 'account-1' });
    await new MediaFolder(center.file).write(file, chunks(pdf()), 10_000);
    await center.run('finishFile', {
      mediaId: unsent,
      kind: 'document',
      contentType: 'application/pdf',
      extension: 'pdf',
      size: 1,
      name: 'a.pdf',
      contacts: [],
      durationMs: null,
    });
    const early = await mediaLink(center, testAccount({ publicUrl: server.url }), { mediaId: unsent, name: 'a.pdf' });
    expect((await get(early)).status).to.equal(404);
    await center.run('erase', { customer: '+15551234567' });
    expect((await get(link)).status).to.equal(404);
  });

  it('answer 404 when the file is gone from disk, and nothing but GET is taken', async () => {
    expect((await get(link, 'POST')).status).to.equal(405);
    await rm(new MediaFolder(center.file).path, { recursive: true });
    expect((await get(link)).status).to.equal(404);
  });
});

async function* chunks(bytes: Buffer): AsyncGenerator<Uint8Array> {
  yield bytes;
}
