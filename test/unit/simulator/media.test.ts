import { expect } from 'chai';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identify } from '../../../lib/domain/media-type.ts';
import { parseVcards } from '../../../lib/domain/vcard.ts';
import { readSample, SAMPLES } from '../../../lib/simulator/media/samples.ts';
import { FILE_KINDS } from '../../../lib/simulator/phone-contract.ts';
import type { FileKind } from '../../../lib/simulator/phone-contract.ts';
import { download } from '../../../lib/twilio/media/download.ts';
import { HTML, jpeg, pdf, png } from '../../support/files.ts';
import { serve, type TestServer } from '../twilio/fixture.ts';
import { ACCOUNT_SID, AUTH_TOKEN, Fixture, SENDER } from './fixture.ts';

const LUCIA = '+15550100101';
const BASIC = `Basic ${Buffer.from(`${ACCOUNT_SID}:${AUTH_TOKEN}`).toString('base64')}`;

describe('simulator: media', () => {
  let fixture: Fixture;
  let store: TestServer;
  const served = new Map<string, { type: string; bytes: Buffer }>();

  beforeEach(async () => {
    fixture = await new Fixture().start();
    served.clear();
    store = await serve((request, response) => {
      const file = served.get(decodeURIComponent(request.url!));
      if (file === undefined) response.writeHead(404).end();
      else response.writeHead(200, { 'content-type': file.type }).end(file.bytes);
    });
  });
  afterEach(async () => {
    await fixture.stop();
    await store.close();
  });

  /** A customer's file, as its webhook names it. */
  async function sent(kind: FileKind, fileId?: string): Promise<Record<string, string>> {
    const before = fixture.inbound().length;
    const answer = await fixture.phone('send', { address: LUCIA, kind, text: '', ...(fileId === undefined ? {} : { fileId }) });
    expect(answer.status).to.equal(200);
    await fixture.until(() => fixture.inbound().length > before);
    return fixture.inbound().at(-1)!.form;
  }

  const upload = (bytes: Buffer, name: string, type: string, headers = {}): Promise<Response> =>
    fetch(`${fixture.apiBase}/api/files?name=${encodeURIComponent(name)}`, {
      method: 'POST',
      headers: { 'content-type': type, ...headers },
      body: new Uint8Array(bytes),
    });

  const ask = (url: string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(url, { headers, redirect: 'manual' });

  describe('of customers', () => {
    it('have a sample of every kind that is what it says', async () => {
      for (const kind of FILE_KINDS) {
        const file = identify(await readSample(kind), SAMPLES[kind].contentType);
        expect(file.contentType, kind).to.equal(SAMPLES[kind].contentType);
        expect(file.kind, kind).to.equal(kind === 'voice' ? 'audio' : kind);
      }
      expect(parseVcards((await readSample('contacts')).toString())[0]!.name).to.equal('Noah Lindqvist');
    });

    it('are announced with their type, each kind as Twilio names it', async () => {
      const words: Record<FileKind, string> = {
        image: 'image',
        voice: 'audio',
        video: 'video',
        document: 'document',
        sticker: 'sticker',
        contacts: 'contacts',
      };
      for (const kind of FILE_KINDS) {
        const form = await sent(kind);
        expect(form).to.include({ NumMedia: '1', MessageType: words[kind], MediaContentType0: SAMPLES[kind].contentType });
      }
    });

    it('lie behind the account’s sign-in and a redirect to a storage that refuses a second one', async () => {
      const { MediaUrl0: url = '' } = await sent('image');
      expect((await ask(url)).status).to.equal(401);
      expect((await ask(url, { authorization: `Basic ${Buffer.from('AC1:no').toString('base64')}` })).status).to.equal(401);
      const redirect = await ask(url, { authorization: BASIC });
      const location = redirect.headers.get('location')!;
      expect([redirect.status, new URL(location).origin]).to.deep.equal([307, fixture.base]);
      const file = await ask(location);
      expect([file.status, file.headers.get('content-type')]).to.deep.equal([200, 'image/jpeg']);
      expect(Buffer.from(await file.arrayBuffer())).to.deep.equal(await readSample('image'));
      expect((await ask(location, { authorization: BASIC })).status).to.equal(400);
      expect((await ask(`${location.slice(0, -1)}${location.endsWith('0') ? '1' : '0'}`)).status).to.equal(403);
      expect((await ask(url.replace(/ME\w+$/, `ME${'0'.repeat(32)}`), { authorization: BASIC })).status).to.equal(404);
    });

    it('are listed by the twilio package', async () => {
      const form = await sent('document');
      const client = fixture.client();
      const [media] = await client.messages(form.MessageSid!).media.list();
      expect(media).to.include({ parentSid: form.MessageSid, contentType: 'application/pdf' });
      expect((await client.messages(form.MessageSid!).media(media!.sid).fetch()).sid).to.equal(media!.sid);
    });

    it('are fetched by our own code as from Twilio, also when they come late', async () => {
      await fixture.phone('faults', { fault: 'media-late', times: 2 });
      const form = await sent('voice');
      const account = { ...fixture.account, apiBaseUrl: fixture.apiBase };
      const file = await download(account, form.MessageSid!, form.MediaUrl0!, { notThereYetMs: [0, 0] });
      const chunks: Uint8Array[] = [];
      for await (const chunk of file.chunks) chunks.push(chunk);
      expect(Buffer.concat(chunks)).to.deep.equal(await readSample('voice'));
    });

    it('may be anything that somebody has at hand, with what it claims to be', async () => {
      const uploaded = await upload(HTML, 'page.png', 'image/png');
      const { id, kind } = (await uploaded.json()) as { id: string; kind: FileKind };
      expect([uploaded.status, kind]).to.deep.equal([201, 'image']);
      const form = await sent(kind, id);
      expect(form.MediaContentType0).to.equal('image/png');
      expect((await fixture.phone('send', { address: LUCIA, kind, text: '', fileId: id })).status).to.equal(400);
    });

    it('are uploaded from the phone’s own page only', async () => {
      expect((await upload(png(), 'a.png', 'image/png', { origin: 'https://attacker.example' })).status).to.equal(403);
      expect((await upload(Buffer.alloc(0), 'a.png', 'image/png')).status).to.equal(400);
      fixture.mayUse = false;
      expect((await upload(png(), 'a.png', 'image/png')).status).to.equal(403);
    });

    it('are shown on the phone, and hostile ones are not', async () => {
      await sent('image');
      const { id } = (await (await upload(HTML, 'page.png', 'text/html')).json()) as { id: string };
      await sent('document', id);
      const [picture, page] = (await fixture.thread(LUCIA)).messages;
      const shown = await fetch(`${fixture.apiBase}/api/media/${picture!.file!.id}`);
      expect([shown.status, shown.headers.get('content-type')]).to.deep.equal([200, 'image/jpeg']);
      const part = await fetch(`${fixture.apiBase}/api/media/${picture!.file!.id}`, { headers: { range: 'bytes=0-2' } });
      expect([part.status, (await part.arrayBuffer()).byteLength]).to.deep.equal([206, 3]);
      const kept = await fetch(`${fixture.apiBase}/api/media/${page!.file!.id}`);
      expect(kept.headers.get('content-type')).to.equal('application/octet-stream');
      expect(kept.headers.get('content-disposition')).to.match(/^attachment/);
      expect((await fetch(`${fixture.apiBase}/api/media/ME0`)).status).to.equal(404);
    });

    it('are there after a restart', async () => {
      const folder = await mkdtemp(join(tmpdir(), 'simulator-media-'));
      try {
        await fixture.simulator.close();
        fixture.startSimulator({ file: join(folder, 'phone.json') });
        const { MediaUrl0: url = '' } = await sent('image');
        await fixture.simulator.close();
        fixture.startSimulator({ file: join(folder, 'phone.json') });
        const redirect = await ask(url, { authorization: BASIC });
        expect((await ask(redirect.headers.get('location')!)).status).to.equal(200);
      } finally {
        await fixture.simulator.close();
        await rm(folder, { recursive: true });
        fixture.startSimulator();
      }
    });
  });

  describe('of the business', () => {
    beforeEach(() => fixture.customerWrites(LUCIA));

    async function create(name: string, type: string, bytes: Buffer | null, body = ''): Promise<void> {
      if (bytes !== null) served.set(`/${name}`, { type, bytes });
      const { sid } = await fixture.client().messages.create({
        to: `whatsapp:${LUCIA}`,
        from: SENDER,
        mediaUrl: [`${store.url}/${encodeURIComponent(name)}`],
        statusCallback: `${fixture.webhookBase}/status`,
        ...(body === '' ? {} : { body }),
      });
      await fixture.until(() => fixture.statuses(sid).some((status) => status === 'delivered' || status === 'failed'));
    }

    const failure = (): string | undefined =>
      fixture.received.findLast(({ form }) => form.MessageStatus === 'failed')?.form.ErrorCode;

    it('are fetched while they are sent, and a picture keeps its caption', async () => {
      await create('photo.jpg', 'image/jpeg', jpeg(), 'Look');
      const message = (await fixture.thread(LUCIA)).messages.at(-1)!;
      expect(message).to.include({ kind: 'image', text: 'Look', mine: false });
      expect(message.file).to.include({ contentType: 'image/jpeg', name: 'photo.jpg', size: jpeg().length });
    });

    it('lose their text when they are no picture, as on WhatsApp', async () => {
      await create('Offer 7.pdf', 'application/pdf', pdf(), 'Our offer');
      const message = (await fixture.thread(LUCIA)).messages.at(-1)!;
      expect(message).to.include({ kind: 'document', text: '' });
      expect(message.file!.name).to.equal('Offer 7.pdf');
    });

    it('fail with Twilio’s numbers', async () => {
      await create('none.jpg', '', null);
      expect(failure()).to.equal('63019');
      await create('page.html', 'text/html', HTML);
      expect(failure()).to.equal('63021');
      await create('wrong.jpg', 'image/png', jpeg());
      expect(failure()).to.equal('63021');
      await create('large.jpg', 'image/jpeg', jpeg(5 * 1024 * 1024 + 1));
      expect(failure()).to.equal('63034');
      expect((await fixture.thread(LUCIA)).messages.filter(({ mine }) => !mine)).to.deep.equal([]);
    });
  });
});
