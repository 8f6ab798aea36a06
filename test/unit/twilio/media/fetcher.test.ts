import { expect } from 'chai';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Center } from '../../../../lib/center/center.ts';
import type { MediaView } from '../../../../lib/center/media-contract.ts';
import { MediaFolder } from '../../../../lib/store/media-folder.ts';
import { createMediaFetcher, type MediaFetcher, type MediaFetcherOptions } from '../../../../lib/twilio/media/fetcher.ts';
import { parseInbound } from '../../../../lib/twilio/incoming/parse-inbound.ts';
import { HTML, ogg, oggVoice, png, SVG, vcard, zipBomb } from '../../../support/files.ts';
import { addAgent } from '../../../support/work.ts';
import { inboundForm, serve, sidOf, temporaryCenter, testAccount, TestClock, type TestServer } from '../fixture.ts';

describe('customers’ files, fetched in the background', () => {
  let center: Center;
  let clock: TestClock;
  let dispose: () => Promise<void>;
  let server: TestServer;
  let fetcher: MediaFetcher | null;
  let supervisor: string;
  const files = new Map<string, { status?: number; type: string; bytes: Buffer }>();
  let requests: IncomingMessage[];
  let held: ((response: ServerResponse) => void) | null;
  const warnings: string[] = [];

  beforeEach(async () => {
    clock = new TestClock();
    ({ center, dispose } = await temporaryCenter(clock));
    supervisor = await addAgent(center, 'sue', { live: false });
    requests = [];
    held = null;
    fetcher = null;
    files.clear();
    server = await serve((request, response) => {
      requests.push(request);
      const file = files.get(request.url!.split('/').at(-1)!);
      if (held !== null) held(response);
      else if (file === undefined) response.writeHead(404).end();
      else response.writeHead(file.status ?? 200, { 'content-type': file.type }).end(file.bytes);
    });
  });
  afterEach(async () => {
    await fetcher?.close();
    await server.close();
    await dispose();
  });

  const account = () => testAccount({ apiBaseUrl: server.url });

  function start(change: Partial<MediaFetcherOptions> = {}): MediaFetcher {
    fetcher = createMediaFetcher({
      center,
      account: account(),
      log: { warn: (text) => void warnings.push(text) },
      download: { notThereYetMs: [0] },
      ...change,
    });
    return fetcher;
  }

  /** A message with a file, as its webhook brings it. */
  async function arrives(number: number, type: string, bytes: Buffer | null): Promise<string> {
    const sid = sidOf(number);
    if (bytes !== null) files.set(`ME${number}`, { type, bytes });
    const form = inboundForm(sid, {
      NumMedia: '1',
      Body: '',
      MediaContentType0: type,
      MediaUrl0: `https://api.twilio.com/2010-04-01/Accounts/AC00000000000000000000000000000001/Messages/${sid}/Media/ME${number}`,
    });
    const { conversationId } = await center.run('receive', {
      accountId: 'account-1',
      message: parseInbound(form, center.now()),
      routed: true,
    });
    return conversationId!;
  }

  async function media(conversationId: string): Promise<MediaView[]> {
    const page = await center.query('messages', { conversationId, agentId: supervisor, limit: 50 });
    return page.messages.flatMap((message) => message.media);
  }

  /** Resolves when every file of the conversation is in this state. */
  async function until(conversationId: string, state: MediaView['state']): Promise<MediaView[]> {
    for (;;) {
      const changed = new Promise<void>((resolve) => {
        const stop = center.subscribe((events) => {
          if (!events.some(({ type }) => type === 'media.changed')) return;
          stop();
          resolve();
        });
      });
      const views = await media(conversationId);
      if (views.every((view) => view.state === state)) return views;
      await changed;
    }
  }

  it('are here a moment after their message', async () => {
    start();
    const conversationId = await arrives(1, 'image/png', png());
    const [view] = await until(conversationId, 'stored');
    expect(view).to.include({ kind: 'image', contentType: 'image/png', size: png().length, inline: true });
    const file = await center.query('media', { mediaId: view!.id, agentId: supervisor });
    expect(readFileSync(new MediaFolder(center.file).pathOf(file.file))).to.deep.equal(png());
  });

  it('are what their bytes say, not what Twilio was told', async () => {
    start();
    let conversationId = '';
    const hostile = [SVG, HTML, zipBomb()];
    for (const [index, bytes] of hostile.entries()) conversationId = await arrives(10 + index, 'image/png', Buffer.from(bytes));
    conversationId = await arrives(13, 'application/octet-stream', ogg());
    const views = await until(conversationId, 'stored');
    expect(views.map(({ contentType, inline }) => [contentType, inline])).to.deep.equal([
      ['application/octet-stream', false],
      ['application/octet-stream', false],
      ['application/zip', false],
      ['audio/ogg', true],
    ]);
  });

  it('say how long a voice note plays, where its bytes do', async () => {
    start();
    await arrives(3, 'audio/ogg', oggVoice({ ms: 12_000 }));
    await arrives(4, 'audio/ogg; codecs=opus', ogg());
    const conversationId = await arrives(5, 'audio/mpeg', Buffer.from('ID3 something'));
    const views = await until(conversationId, 'stored');
    expect(views.map(({ kind, durationMs }) => [kind, durationMs])).to.deep.equal([
      ['audio', 12_000],
      ['audio', null],
      ['audio', null],
    ]);
  });

  it('say whom a shared contact is about', async () => {
    start();
    const conversationId = await arrives(2, 'text/vcard', vcard('Ada Example'));
    const [view] = await until(conversationId, 'stored');
    expect(view!.contacts).to.deep.equal([
      { name: 'Ada Example', phones: [{ number: '+15550100199', label: 'mobile' }], emails: [] },
    ]);
  });

  it('that came while nobody fetched are fetched at the start', async () => {
    const conversationId = await arrives(3, 'image/png', png());
    expect((await media(conversationId))[0]!.state).to.equal('waiting');
    start();
    await until(conversationId, 'stored');
  });

  it('are tried again later, and then given up with the reason', async () => {
    start({ retryAfterMs: [0] });
    const conversationId = await arrives(4, 'image/png', null);
    const [view] = await until(conversationId, 'failed');
    expect(view!.error).to.deep.equal({ code: 'MEDIA_UNAVAILABLE', text: 'Twilio does not have this file.' });
    expect(requests).to.have.length(4);
    files.set('ME4', { type: 'image/png', bytes: png() });
    await center.run('retryMedia', { mediaId: view!.id, agentId: supervisor });
    await until(conversationId, 'stored');
  });

  it('are not tried again when they are too large', async () => {
    start({ download: { limit: 10 } });
    const conversationId = await arrives(5, 'image/png', png());
    const [view] = await until(conversationId, 'failed');
    expect(view!.error!.code).to.equal('MEDIA_TOO_LARGE');
    expect(requests).to.have.length(1);
    expect(readdirSync(new MediaFolder(center.file).path)).to.deep.equal([]);
  });

  it('are fetched by the next one when this one is closed in the middle', async () => {
    const asked = new Promise<void>((resolve) => {
      held = (response) => {
        response.writeHead(200, { 'content-type': 'image/png' });
        response.write(png().subarray(0, 10), () => resolve());
      };
    });
    const first = start();
    const conversationId = await arrives(6, 'image/png', png());
    await asked;
    await first.close();
    expect((await media(conversationId))[0]!.state).to.equal('waiting');
    held = null;
    start();
    await until(conversationId, 'stored');
  });

  it('leave nothing on disk when their message is erased while they come', async () => {
    let response: ServerResponse | undefined;
    const asked = new Promise<void>((resolve) => {
      held = (answer) => {
        response = answer.writeHead(200, { 'content-type': 'image/png' });
        answer.write(png().subarray(0, 10), () => resolve());
      };
    });
    start();
    const conversationId = await arrives(7, 'image/png', png());
    await asked;
    await center.run('erase', { conversation: conversationId });
    response!.end(png().subarray(10));
    await fetcher!.idle();
    const { path } = new MediaFolder(center.file);
    expect(existsSync(path) ? readdirSync(path) : []).to.deep.equal([]);
  });

  it('of another account are left to it', async () => {
    start({ account: testAccount({ id: 'account-2', apiBaseUrl: server.url }) });
    const conversationId = await arrives(8, 'image/png', png());
    await fetcher!.idle();
    expect((await media(conversationId))[0]!.state).to.equal('waiting');
    expect(requests).to.deep.equal([]);
  });
});
