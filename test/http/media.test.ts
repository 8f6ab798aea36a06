import { expect } from 'chai';
import fc from 'fast-check';
import { readdirSync } from 'node:fs';
import { rangeOf } from '../../lib/http/send-file.ts';
import { insideOf } from '../../lib/center/inside-file.ts';
import type { HomeView, MessagePage, MessageView } from '../../lib/center/views.ts';
import { bareAddress } from '../../lib/domain/address.ts';
import { claimedKind, identify } from '../../lib/domain/media-type.ts';
import { MediaFolder } from '../../lib/store/media-folder.ts';
import { DeskServer, inbound, type Answer, type Browser } from '../support/desk.ts';
import { HTML, jpeg, ogg, oggVoice, pdf, png, SVG, vcard, webmVoice, zipBomb } from '../support/files.ts';

describe('desk API: files', () => {
  let server: DeskServer;
  let sam: Browser;
  let conversationId: string;

  beforeEach(async () => {
    server = await DeskServer.start();
    sam = await server.signedIn('sam');
    conversationId = await server.queued();
    await sam.post(`/api/conversations/${conversationId}/accept`, {});
  });
  afterEach(() => server.stop());

  /** A customer's file, fetched. */
  async function received(bytes: Buffer, claimed: string): Promise<string> {
    const { from } = (await server.center.query('messages', { conversationId, agentId: await me(), limit: 1 })).messages[0]!
      .message;
    await server.center.run('receive', {
      accountId: 'account',
      routed: true,
      message: {
        ...inbound(bareAddress(from), '', server.center.now()),
        type: claimedKind(claimed),
        media: [{ url: 'https://api.twilio.com/x', contentType: claimed, sid: 'ME1' }],
      },
    });
    const [job] = await server.center.run('takeMedia', { accountId: 'account', limit: 1 });
    const { head, tail, size } = await new MediaFolder(server.center.file).write(job!.file, chunksOf(bytes), 20_000_000);
    const known = identify(head, claimed, tail);
    const { kind, contentType, extension } = known;
    const inside = await insideOf(new MediaFolder(server.center.file).pathOf(job!.file), known, size);
    await server.center.run('mediaStored', { mediaId: job!.mediaId, kind, contentType, extension, size, name: '', ...inside });
    return job!.mediaId;
  }

  async function me(): Promise<string> {
    return (await server.center.query('team', {})).find(({ username }) => username === 'sam')!.id;
  }

  const upload = (bytes: Buffer, name: string, type = 'application/octet-stream'): Promise<Answer> =>
    sam.ask(`/api/conversations/${conversationId}/files?name=${encodeURIComponent(name)}`, {
      method: 'POST',
      raw: bytes,
      headers: { 'content-type': type },
    });

  it('shows a picture in the page, and lets nothing in it run', async () => {
    const answer = await sam.get(`/api/media/${await received(png(), 'image/png')}`);
    expect(answer.status).to.equal(200);
    expect(answer.headers).to.include({
      'content-type': 'image/png',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
      'cache-control': 'private, no-store',
      'content-length': String(png().length),
      'cross-origin-resource-policy': 'same-origin',
    });
    expect(answer.headers['content-disposition']).to.match(/^inline; filename="image-[0-9a-f]{6}\.png"/);
  });

  for (const [name, bytes, claimed] of [
    ['SVG', SVG, 'image/svg+xml'],
    ['SVG that claims to be a PNG', SVG, 'image/png'],
    ['HTML', HTML, 'text/html'],
    ['HTML that claims to be a picture', HTML, 'image/jpeg'],
    ['PDF', pdf(), 'application/pdf'],
    ['zip bomb', zipBomb(), 'application/zip'],
    ['contact', vcard(), 'text/vcard'],
  ] as const) {
    it(`gives ${name} out as a download only`, async () => {
      const answer = await sam.get(`/api/media/${await received(Buffer.from(bytes), claimed)}`);
      expect(answer.status).to.equal(200);
      expect(answer.headers['content-disposition']).to.match(/^attachment;/);
      expect(answer.headers['content-type']).not.to.match(/html|svg|xml(?!format)/);
      expect(answer.headers['content-security-policy']).to.equal("default-src 'none'; sandbox");
      expect(answer.headers['content-length']).to.equal(String(bytes.length));
    });
  }

  it('gives a player the part it asks for', async () => {
    const id = await received(ogg(), 'audio/ogg');
    const size = ogg().length;
    const part = await sam.ask(`/api/media/${id}`, { headers: { range: 'bytes=4-7' } });
    expect([part.status, part.headers['content-range'], part.text.length]).to.deep.equal([206, `bytes 4-7/${size}`, 4]);
    const rest = await sam.ask(`/api/media/${id}`, { headers: { range: 'bytes=-2' } });
    expect([rest.status, rest.headers['content-range']]).to.deep.equal([206, `bytes ${size - 2}-${size - 1}/${size}`]);
    const beyond = await sam.ask(`/api/media/${id}`, { headers: { range: `bytes=${size}-` } });
    expect([beyond.status, beyond.headers['content-range']]).to.deep.equal([416, `bytes */${size}`]);
    expect((await sam.get(`/api/media/${id}`)).headers['accept-ranges']).to.equal('bytes');
  });

  it('answers 404 to whoever may not see the conversation, and 401 without a session', async () => {
    const id = await received(png(), 'image/png');
    await server.addAgent('kim');
    const kim = await server.signedIn('kim');
    expect((await kim.get(`/api/media/${id}`)).json.error!.code).to.equal('UNKNOWN_MEDIA');
    expect((await kim.post(`/api/media/${id}/retry`, {})).status).to.equal(404);
    expect((await server.browser().get(`/api/media/${id}`)).status).to.equal(401);
  });

  it('takes an agent’s file and sends it as a message', async () => {
    const answer = await upload(jpeg(), 'Team photo.jpeg', 'image/jpeg');
    expect(answer.status).to.equal(201);
    expect(answer.json).to.include({
      kind: 'image',
      contentType: 'image/jpeg',
      name: 'Team photo.jpeg',
      size: 64,
      state: 'stored',
    });
    const mediaId = String(answer.json['id']);
    const sent = await sam.post(`/api/conversations/${conversationId}/messages`, { id: 'message-1', text: 'All of us', mediaId });
    expect(sent.status, sent.text).to.equal(201);
    expect((sent.json as unknown as MessageView).media[0]!.id).to.equal(mediaId);
    expect((await sam.get(`/api/media/${mediaId}`)).status).to.equal(200);
  });

  it('puts a recorded voice note into the container that WhatsApp plays', async () => {
    const recording = webmVoice(Array.from({ length: 100 }, () => Uint8Array.of(0x48, 1, 2, 3)));
    const answer = await upload(recording, 'voice.webm', 'audio/webm;codecs=opus');
    expect(answer.status, answer.text).to.equal(201);
    const known = { kind: 'audio', contentType: 'audio/ogg', name: 'voice.ogg', inline: true, durationMs: 2000 };
    expect(answer.json).to.include(known);
    const played = await sam.get(`/api/media/${String(answer.json['id'])}`);
    expect(played.text.slice(0, 4)).to.equal('OggS');
    const film = await upload(webmVoice([Uint8Array.of(1)], { tracks: 2 }), 'film.webm', 'video/webm');
    expect(film.json.error!.code).to.equal('MEDIA_TYPE_REFUSED');
  });

  it('says in lists how long the last voice note plays, as soon as it is here', async () => {
    const last = async (): Promise<unknown> =>
      ((await sam.get('/api/home')).json as unknown as HomeView).mine.find(({ id }) => id === conversationId)!.lastMessage;
    const id = await received(oggVoice({ ms: 12_340 }), 'audio/ogg');
    expect(await last()).to.include({ type: 'audio', durationMs: 12_340 });
    const thread = (await sam.get(`/api/conversations/${conversationId}/messages`)).json as unknown as MessagePage;
    expect(thread.messages.at(-1)!.media[0]).to.include({ id, durationMs: 12_340 });
    await received(ogg(), 'audio/ogg');
    expect(await last()).to.include({ type: 'audio', durationMs: null });
    await received(jpeg(), 'image/jpeg');
    expect(await last()).to.include({ durationMs: null });
  });

  it('takes a file back that was not sent', async () => {
    const mediaId = String((await upload(pdf(), 'offer.pdf')).json['id']);
    expect((await sam.ask(`/api/media/${mediaId}`, { method: 'DELETE' })).status).to.equal(204);
    expect((await sam.get(`/api/media/${mediaId}`)).status).to.equal(404);
    expect((await sam.ask(`/api/media/${mediaId}`, { method: 'DELETE' })).status).to.equal(404);
  });

  it('refuses what WhatsApp would refuse, by content and by size, and keeps nothing of it', async () => {
    const refusals: [Buffer, string, string, number, string][] = [
      [SVG, 'logo.png', 'image/png', 415, 'MEDIA_TYPE_REFUSED'],
      [HTML, 'page.pdf', 'application/pdf', 415, 'MEDIA_TYPE_REFUSED'],
      [
        zipBomb(),
        'bomb.docx',
        'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
        415,
        'MEDIA_TYPE_REFUSED',
      ],
      [Buffer.alloc(0), 'empty.pdf', 'application/pdf', 415, 'MEDIA_TYPE_REFUSED'],
      [jpeg(5 * 1024 * 1024 + 1), 'large.jpg', 'image/jpeg', 413, 'MEDIA_TOO_LARGE'],
      [Buffer.concat([pdf(), Buffer.alloc(16 * 1024 * 1024)]), 'huge.pdf', 'application/pdf', 413, 'MEDIA_TOO_LARGE'],
    ];
    for (const [bytes, name, type, status, code] of refusals) {
      const answer = await upload(bytes, name, type);
      expect([answer.status, answer.json.error?.code], name).to.deep.equal([status, code]);
    }
    expect(readdirSync(new MediaFolder(server.center.file).path)).to.deep.equal([]);
  });

  it('takes files for one’s own active conversation only', async () => {
    const other = await server.queued('+15550100002');
    const answer = await sam.ask(`/api/conversations/${other}/files?name=a.pdf`, { method: 'POST', raw: pdf() });
    expect(answer.json.error!.code).to.equal('NOT_YOUR_CONVERSATION');
    await sam.post(`/api/conversations/${conversationId}/end`, {});
    expect((await upload(pdf(), 'a.pdf')).json.error!.code).to.equal('ILLEGAL_TRANSITION');
  });

  it('needs the desk’s header for an upload, as for every change', async () => {
    const answer = await sam.ask(`/api/conversations/${conversationId}/files?name=a.pdf`, {
      method: 'POST',
      raw: pdf(),
      headers: { 'x-twentyfour-desk': undefined, 'content-type': 'text/plain' },
    });
    expect(answer.json.error!.code).to.equal('CROSS_SITE');
  });
});

describe('the part of a file that a Range header asks for', () => {
  it('always lies in the file', () => {
    const number = fc.oneof(fc.constant(''), fc.nat(2000).map(String));
    fc.assert(
      fc.property(number, number, fc.nat(1000), (from, to, size) => {
        const range = rangeOf(`bytes=${from}-${to}`, size);
        if (range === null || range === 'none') return;
        expect(range.first).to.be.at.least(0);
        expect(range.last).to.be.at.least(range.first);
        expect(range.last).to.be.below(size);
      }),
    );
  });

  it('is the whole file for what need not be honoured', () => {
    for (const header of [undefined, '', 'bytes=', 'bytes=-', 'bytes=5-2', 'bytes=0-1,4-5', 'lines=1-2', 'bytes=1e2-']) {
      expect(rangeOf(header, 100), String(header)).to.equal(null);
    }
    expect(rangeOf('bytes=-0', 100)).to.equal('none');
  });
});

async function* chunksOf(bytes: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
}
