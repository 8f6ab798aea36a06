import { expect } from 'chai';
import { rm } from 'node:fs/promises';
import type { Center } from '../../../lib/center/center.ts';
import { keepOutgoing } from '../../../lib/center/outgoing-file.ts';
import type { Attachment } from '../../../lib/domain/attachment.ts';
import { MediaFolder } from '../../../lib/store/media-folder.ts';
import { createMediaLinks } from '../../../lib/twilio/media/media-link.ts';
import { createOutbox, type Submission } from '../../../lib/twilio/outbox.ts';
import { createSender } from '../../../lib/twilio/sender.ts';
import { jpeg, pdf } from '../../support/files.ts';
import { addAgent, bringTo } from '../../support/work.ts';
import { call, CUSTOMER, json, SENDER, serve, serveApi, sidOf, temporaryCenter, testAccount } from './fixture.ts';
import { claim, customerWrites } from './outbox-fixture.ts';

type Api = Awaited<ReturnType<typeof serveApi>>;

describe('the outbox with files and places', () => {
  let center: Center;
  let dispose: () => Promise<void>;
  let api: Api;
  let us: Awaited<ReturnType<typeof serve>>;
  let answer: (count: number) => { status: number; body: unknown };

  beforeEach(async () => {
    ({ center, dispose } = await temporaryCenter());
    answer = (count) => ({ status: 201, body: { sid: sidOf(count), status: 'queued' } });
    api = await serveApi((response, _call, count) => {
      const { status, body } = answer(count);
      json(response, status, body);
    });
    const links = createMediaLinks({ center: async () => center, log: { warn: () => {} } });
    us = await serve((request, response) =>
      links(request, response, decodeURIComponent(request.url!).slice('/whatsapp/media'.length)),
    );
    await customerWrites(center);
  });
  afterEach(async () => {
    await api.close();
    await us.close();
    await dispose();
  });

  function submit(text: string, attachments: Attachment[], change: Partial<Submission> = {}) {
    const account = testAccount({ apiBaseUrl: api.url, publicUrl: us.url });
    const outbox = createOutbox({ center, account, sender: createSender(account) });
    return outbox.submit({ ...claim({ text }), attachments, ...change });
  }

  async function kept(bytes: Buffer, name: string): Promise<Attachment> {
    const place = await center.run('beginFile', { accountId: 'account-1' });
    const view = await keepOutgoing(center, place, one(bytes), { name, claimed: '' });
    return { kind: 'file', mediaId: view.id, mediaKind: view.kind };
  }

  it('sends a picture with its caption, under an address where Twilio finds it', async () => {
    const outcome = await submit('Look', [await kept(jpeg(), 'photo.jpg')]);
    expect(outcome.kind).to.equal('sent');
    expect(outcome.message).to.include({ type: 'image', text: 'Look', status: 'queued' });
    expect(api.calls).to.have.length(1);
    const { Body, MediaUrl } = api.calls[0]!.form as { Body: string; MediaUrl: string };
    expect(Body).to.equal('Look');
    const fetched = await call(MediaUrl, { method: 'GET' });
    expect([fetched.status, fetched.headers['content-type']]).to.deep.equal([200, 'image/jpeg']);
  });

  it('sends several files as several messages, in order, and the text behind them', async () => {
    const link: Attachment = { kind: 'link', url: 'https://example.com/film.mp4', contentType: 'video/mp4' };
    const outcome = await submit('All yours', [await kept(pdf(), 'a.pdf'), link]);
    expect(outcome.earlier!.map(({ type }) => type)).to.deep.equal(['document', 'video']);
    expect(outcome.message).to.include({ type: 'text', text: 'All yours' });
    expect(api.calls.map(({ form }) => [form['Body'], typeof form['MediaUrl']])).to.deep.equal([
      [undefined, 'string'],
      [undefined, 'string'],
      ['All yours', 'undefined'],
    ]);
    expect(api.calls[1]!.form['MediaUrl']).to.equal('https://example.com/film.mp4');
  });

  it('sends each once, however often the flow runs', async () => {
    const key = { answer: { inboundId: sidOf(1000), nodeId: 'out-1', nth: 1 } };
    await submit('Two', [await kept(pdf(), 'a.pdf'), await kept(pdf(), 'b.pdf')], key);
    const again = await submit('Two', [await kept(pdf(), 'a.pdf'), await kept(pdf(), 'b.pdf')], key);
    expect(again.kind).to.equal('already');
    expect(api.calls).to.have.length(3);
  });

  it('stops behind the first that does not get through', async () => {
    answer = () => ({ status: 400, body: { code: 63021, message: 'x' } });
    const outcome = await submit('Two', [await kept(pdf(), 'a.pdf'), await kept(pdf(), 'b.pdf')]);
    expect(outcome.kind).to.equal('refused');
    expect(api.calls).to.have.length(1);
  });

  it('sends a place as Twilio wants it', async () => {
    const location = { latitude: 44.4268, longitude: 26.1025, label: 'Harbour Café' };
    const outcome = await submit('', [{ kind: 'location', location }]);
    expect(outcome.message).to.deep.include({ type: 'location', location });
    expect(api.calls[0]!.form).to.include({ PersistentAction: 'geo:44.4268,26.1025|Harbour Café', Body: 'Harbour Café' });
  });

  it('does not send what is not on disk any more as if it were', async () => {
    const file = await kept(pdf(), 'a.pdf');
    await center.run('dropFile', { mediaId: (file as { mediaId: string }).mediaId, agentId: null });
    const outcome = await submit('', [file]);
    expect(outcome.kind === 'refused' && outcome.error.code).to.equal('MEDIA_UNAVAILABLE');
    expect(api.calls).to.have.length(0);
    await rm(new MediaFolder(center.file).path, { recursive: true, force: true });
  });

  it('sends an agent’s file as it was written, with a text that the flow has put beside it behind it', async () => {
    const { conversationId, agentId } = await accepted();
    const { mediaId, file } = await center.run('beginUpload', { conversationId, agentId });
    await keepOutgoing(center, { mediaId, file }, one(pdf()), { name: 'Offer.pdf', claimed: '' });
    await center.run('reply', { conversationId, agentId, messageId: 'message-1', text: '', mediaId });
    const attachment: Attachment = { kind: 'file', mediaId, mediaKind: 'document' };
    const outcome = await submit('— Sue', [attachment], { messageId: 'message-1', author: { kind: 'agent', id: agentId } });
    expect(outcome.earlier![0]).to.include({ id: 'message-1', type: 'document', status: 'queued' });
    expect(outcome.message).to.include({ type: 'text', text: '— Sue' });
    expect(api.calls[0]!.form['MediaUrl']).to.match(/\/Offer\.pdf$/);
  });

  it('adds a file to an agent’s text when the flow says so', async () => {
    const { conversationId, agentId } = await accepted();
    await center.run('reply', { conversationId, agentId, messageId: 'message-1', text: 'See the picture' });
    const outcome = await submit('See the picture', [await kept(jpeg(), 'a.jpg')], { messageId: 'message-1' });
    expect(outcome.message).to.include({ id: 'message-1', type: 'image', text: 'See the picture' });
    const page = await center.query('messages', { conversationId, agentId, limit: 10 });
    expect(page.messages.at(-1)!.media[0]).to.include({ name: 'a.jpg', kind: 'image' });
  });

  async function accepted(): Promise<{ conversationId: string; agentId: string }> {
    const agentId = await addAgent(center, 'sue', { live: false });
    const { conversation } = await center.query('sessionOf', { address: CUSTOMER, sender: SENDER });
    const conversationId = conversation!.id;
    await bringTo(center, conversationId, agentId);
    return { conversationId, agentId };
  }
});

async function* one(bytes: Buffer): AsyncGenerator<Uint8Array> {
  yield bytes;
}
