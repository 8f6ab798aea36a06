import { expect } from 'chai';
import { existsSync, readdirSync } from 'node:fs';
import { writeFile, mkdir } from 'node:fs/promises';
import type { MediaJob, StoredFile } from '../../../lib/center/media-contract.ts';
import type { MediaItem } from '../../../lib/domain/message.ts';
import { MediaFolder } from '../../../lib/store/media-folder.ts';
import { ACCOUNT, codeOf, HOUR, SENDER, TestCenter, CUSTOMER } from '../../support/center.ts';

const PICTURE: MediaItem = { url: 'https://api.twilio.com/x', contentType: 'image/jpeg', sid: 'ME1' };
const JPEG: StoredFile = {
  kind: 'image',
  contentType: 'image/jpeg',
  extension: 'jpg',
  size: 7,
  name: '',
  contacts: [],
  durationMs: null,
};

describe('customers’ files', () => {
  let test: TestCenter;
  let agentId: string;

  beforeEach(async () => {
    test = await TestCenter.open();
    agentId = await test.agent('sam');
  });
  afterEach(() => test.close());

  const take = (limit = 10): Promise<MediaJob[]> => test.center.run('takeMedia', { accountId: ACCOUNT, limit });

  /** A picture in an accepted conversation. */
  async function picture(change = {}): Promise<string> {
    const queue = await test.queue();
    const conversationId = await test.queued(queue, { type: 'image', text: '', media: [{ ...PICTURE }], ...change });
    await test.center.run('accept', { conversationId, agentId });
    return conversationId;
  }

  async function store(job: MediaJob, stored: StoredFile = JPEG): Promise<void> {
    const folder = new MediaFolder(test.file);
    await mkdir(folder.path, { recursive: true });
    await writeFile(folder.pathOf(job.file), 'content');
    expect(await test.center.run('mediaStored', { mediaId: job.mediaId, ...stored })).to.deep.equal({ kept: true });
  }

  async function mediaOf(conversationId: string) {
    const page = await test.center.query('messages', { conversationId, agentId, limit: 10 });
    return page.messages.flatMap((message) => message.media);
  }

  it('wait from the moment the message is kept, and are shown without Twilio’s address', async () => {
    const conversationId = await picture();
    const page = await test.center.query('messages', { conversationId, agentId, limit: 10 });
    expect(page.messages[0]!.media).to.have.length(1);
    expect(page.messages[0]!.media[0]).to.include({
      kind: 'image',
      contentType: 'image/jpeg',
      state: 'waiting',
      size: null,
      inline: false,
    });
    expect(JSON.stringify(page)).not.to.include('api.twilio.com');
    const [job] = await take();
    expect(job).to.include({ url: PICTURE.url, contentType: 'image/jpeg', tries: 0 });
    expect(job!.messageSid).to.equal(page.messages[0]!.id);
    expect(await take()).to.deep.equal([]);
  });

  it('are shown when they are stored, under a name that the customer had no part in', async () => {
    const conversationId = await picture();
    const [job] = await take();
    await store(job!);
    const [view] = await mediaOf(conversationId);
    expect(view).to.include({ state: 'stored', size: 7, inline: true, error: null });
    expect(view!.name).to.match(/^image-[0-9a-f]{6}\.jpg$/);
    const told = test.events.filter(({ type }) => type === 'media.changed');
    expect(told.map(({ data }) => data['state'])).to.deep.equal(['stored']);
    expect(told[0]).to.include({ conversationId, agentId });
    const file = await test.center.query('media', { mediaId: view!.id, agentId });
    expect(file).to.include({ file: job!.file, contentType: 'image/jpeg', size: 7 });
  });

  it('are given to nobody who may not see the conversation', async () => {
    await picture();
    const [job] = await take();
    await store(job!);
    const other = await test.agent('kim');
    expect(await codeOf(test.center.query('media', { mediaId: job!.mediaId, agentId: other }))).to.equal('UNKNOWN_MEDIA');
    expect(await codeOf(test.center.query('media', { mediaId: 'none', agentId }))).to.equal('UNKNOWN_MEDIA');
    expect(await codeOf(test.center.run('retryMedia', { mediaId: job!.mediaId, agentId: other }))).to.equal('UNKNOWN_MEDIA');
  });

  it('are tried again when it is time, and by an agent after they were given up', async () => {
    const conversationId = await picture();
    const [job] = await take();
    const failure = { mediaId: job!.mediaId, code: 'MEDIA_UNAVAILABLE' as const, text: 'Twilio was away.' };
    await test.center.run('mediaFailed', { ...failure, retryInMs: 30_000 });
    expect((await mediaOf(conversationId))[0]).to.deep.include({
      state: 'waiting',
      error: { code: failure.code, text: failure.text },
    });
    expect(await take()).to.deep.equal([]);
    expect(await test.center.query('nextMediaAt', { accountId: ACCOUNT })).to.deep.equal({ at: test.time + 30_000 });
    test.time += 30_000;
    const [again] = await take();
    expect(again).to.include({ mediaId: job!.mediaId, tries: 1, file: job!.file });
    await test.center.run('mediaFailed', { ...failure, retryInMs: null });
    expect((await mediaOf(conversationId))[0]!.state).to.equal('failed');
    expect(await codeOf(test.center.query('media', { mediaId: job!.mediaId, agentId }))).to.equal('MEDIA_UNAVAILABLE');
    await test.center.run('retryMedia', { mediaId: job!.mediaId, agentId });
    expect((await take())[0]).to.include({ mediaId: job!.mediaId, tries: 0 });
  });

  it('are fetched again when the process ended in the middle', async () => {
    await picture();
    const [job] = await take();
    await test.restart();
    expect(await take()).to.deep.equal([]);
    expect(await test.center.run('resumeMedia', { accountId: null })).to.deep.equal({ resumed: 1 });
    expect((await take())[0]).to.include({ mediaId: job!.mediaId });
  });

  it('fail at once when Twilio named no address', async () => {
    const conversationId = await picture({ media: [{ url: '', contentType: 'image/jpeg', sid: '' }] });
    expect((await mediaOf(conversationId))[0]).to.include({ state: 'failed' });
    expect(await take()).to.deep.equal([]);
  });

  it('are not fetched past a customer’s quota of the day', async () => {
    const conversationId = await picture();
    const [first] = await take();
    await store(first!, { ...JPEG, size: 200 * 1024 * 1024 });
    await test.receive('', { type: 'image', media: [{ ...PICTURE }] });
    expect(await take()).to.deep.equal([]);
    const [, second] = await mediaOf(conversationId);
    expect(second).to.deep.include({ state: 'failed' });
    expect(second!.error!.code).to.equal('MEDIA_QUOTA');
    await test.receive('', { type: 'image', from: 'whatsapp:+15551239999', media: [{ ...PICTURE }] });
    expect(await take()).to.have.length(1);
    test.time += 24 * HOUR + 1;
    await test.center.run('retryMedia', { mediaId: second!.id, agentId });
    expect(await take()).to.have.length(1);
  });

  it('are gone from disk when erase returns', async () => {
    const conversationId = await picture();
    const [job] = await take();
    await store(job!);
    const folder = new MediaFolder(test.file);
    expect(existsSync(folder.pathOf(job!.file))).to.equal(true);
    await test.center.run('erase', { conversation: conversationId });
    expect(readdirSync(folder.path)).to.deep.equal([]);
    expect(await test.center.query('filesToDelete', { limit: 10 })).to.deep.equal({ files: [] });
    expect(await codeOf(test.center.query('media', { mediaId: job!.mediaId, agentId }))).to.equal('UNKNOWN_MEDIA');
  });

  it('belong to nobody when their message was erased while they were fetched', async () => {
    const conversationId = await picture();
    const [job] = await take();
    await test.center.run('erase', { conversation: conversationId });
    expect(await test.center.run('mediaStored', { mediaId: job!.mediaId, ...JPEG })).to.deep.equal({ kept: false });
  });

  it('go with the content that nobody stored, and stay with what was stored', async () => {
    const conversationId = await picture();
    const kept = (await test.receive('', { type: 'image', media: [{ ...PICTURE }] })).messageId;
    for (const job of await take()) await store(job);
    await test.center.run('keepMessage', { messageId: kept, text: '' });
    await test.center.run('endConversation', { conversationId, agentId });
    await test.center.run('closeConversation', { conversationId, agentId });
    test.time += 24 * HOUR + 1;
    await test.center.run('sweep', {});
    const page = await test.center.query('messages', { conversationId, agentId, limit: 10 });
    expect(page.messages.map(({ media }) => media.length)).to.deep.equal([0, 1]);
    expect(readdirSync(new MediaFolder(test.file).path)).to.have.length(1);
    // The transcript names it.
    const [only, ...more] = await test.center.query('transcript', { conversationId });
    expect(more).to.have.length(0);
    expect(only!.files).to.have.length(1);
    expect(only!.files![0]).to.include({ kind: 'image', contentType: 'image/jpeg', kept: true });
  });

  it('say how long a voice note plays wherever it is named: in lists, among earlier conversations, in transcripts', async () => {
    const spoken = { type: 'audio', media: [{ ...PICTURE, contentType: 'audio/ogg' }] } as const;
    const conversationId = await picture(spoken);
    const lastOnHome = async () =>
      (await test.center.query('home', { agentId })).mine.find(({ id }) => id === conversationId)!.lastMessage;
    expect(await lastOnHome()).to.include({ type: 'audio', durationMs: null });
    const [job] = await take();
    await store(job!, { ...JPEG, kind: 'audio', contentType: 'audio/ogg', extension: 'ogg', durationMs: 12_340 });
    expect(await lastOnHome()).to.include({ type: 'audio', durationMs: 12_340 });
    await test.center.run('keepMessage', { messageId: job!.messageSid, text: '' });
    expect((await test.center.query('transcript', { conversationId }))[0]!.files![0]).to.include({ durationMs: 12_340 });
    await test.center.run('endConversation', { conversationId, agentId });
    await test.center.run('closeConversation', { conversationId, agentId });
    const next = await test.queued((await test.center.query('queues', {}))[0]!.id);
    const [earlier] = (await test.center.query('conversationView', { conversationId: next, agentId })).earlier!;
    expect(earlier).to.include({ id: conversationId, preview: null, previewType: 'audio', previewDurationMs: 12_340 });
  });

  it('of a message to nobody’s sender are not fetched', async () => {
    await test.center.run('receive', {
      accountId: ACCOUNT,
      routed: false,
      message: {
        id: 'SMunrouted',
        sid: 'SMunrouted',
        direction: 'inbound',
        type: 'image',
        text: '',
        from: CUSTOMER,
        to: SENDER,
        media: [{ ...PICTURE }],
        author: { kind: 'customer' },
        status: 'received',
        timestamp: new Date(test.time).toISOString(),
      },
    });
    expect(await take()).to.deep.equal([]);
  });
});

describe('agents’ files', () => {
  let test: TestCenter;
  let agentId: string;
  let conversationId: string;

  beforeEach(async () => {
    test = await TestCenter.open();
    agentId = await test.agent('sam');
    conversationId = await test.queued(await test.queue());
    await test.center.run('accept', { conversationId, agentId });
  });
  afterEach(() => test.close());

  const PDF: StoredFile = {
    kind: 'document',
    contentType: 'application/pdf',
    extension: 'pdf',
    size: 7,
    name: 'Offer.pdf',
    contacts: [],
    durationMs: null,
  };

  async function uploaded(stored: StoredFile = PDF): Promise<string> {
    const { mediaId, file } = await test.center.run('beginUpload', { conversationId, agentId });
    const folder = new MediaFolder(test.file);
    await mkdir(folder.path, { recursive: true });
    await writeFile(folder.pathOf(file), 'content');
    await test.center.run('finishFile', { mediaId, ...stored });
    return mediaId;
  }

  const reply = (messageId: string, mediaId: string, text = '') =>
    test.center.run('reply', { conversationId, agentId, messageId, text, mediaId });

  it('become a message of their kind, once', async () => {
    const mediaId = await uploaded();
    const view = await reply('message-1', mediaId);
    expect(view.message).to.include({ type: 'document', text: '', status: 'pending' });
    expect(view.media).to.have.length(1);
    expect(view.media[0]).to.include({ id: mediaId, name: 'Offer.pdf', state: 'stored', size: 7, inline: false });
    expect((await reply('message-1', mediaId)).id).to.equal('message-1');
    expect(await codeOf(reply('message-2', mediaId))).to.equal('UNKNOWN_MEDIA');
  });

  it('carry a text only as a picture’s caption', async () => {
    expect(await codeOf(reply('message-1', await uploaded(), 'See this'))).to.equal('INVALID_REQUEST');
    const caption = await reply('message-2', await uploaded({ ...JPEG, name: 'a.jpg' }), 'See this');
    expect(caption.message).to.include({ type: 'image', text: 'See this' });
    expect(await codeOf(reply('message-3', await uploaded(JPEG), 'x'.repeat(1601)))).to.equal('TEXT_TOO_LONG');
  });

  it('reach the flow as `msg.whatsapp.media`', async () => {
    const mediaId = await uploaded();
    await reply('message-1', mediaId);
    const queueId = (await test.center.query('queues', {}))[0]!.id;
    const [handed] = await test.center.run('takeReplies', { queueId, instance: test.center.instance, limit: 1 });
    expect(handed!.message.media).to.deep.equal([{ id: mediaId, url: '', contentType: 'application/pdf', sid: '', size: 7 }]);
  });

  it('are taken only from the agent who uploaded them, for this conversation', async () => {
    const mediaId = await uploaded();
    const other = await test.agent('kim');
    expect(await codeOf(test.center.run('dropFile', { mediaId, agentId: other }))).to.equal('UNKNOWN_MEDIA');
    expect(await codeOf(test.center.run('beginUpload', { conversationId, agentId: other }))).to.equal('NOT_YOUR_CONVERSATION');
    await test.center.run('dropFile', { mediaId, agentId });
    expect(readdirSync(new MediaFolder(test.file).path)).to.deep.equal([]);
    expect(await codeOf(reply('message-1', mediaId))).to.equal('UNKNOWN_MEDIA');
  });

  it('are let go after a day without a message, or when the process ended in the middle of an upload', async () => {
    await uploaded();
    const half = await test.center.run('beginUpload', { conversationId, agentId });
    await writeFile(new MediaFolder(test.file).pathOf(half.file), 'hal');
    await test.restart();
    await test.center.run('resumeMedia', { accountId: null });
    expect(readdirSync(new MediaFolder(test.file).path)).to.have.length(1);
    test.time += 24 * HOUR + 1;
    await test.center.run('sweep', {});
    expect(readdirSync(new MediaFolder(test.file).path)).to.have.length(0);
  });

  it('go along when a failed message is sent again, and both keep the file', async () => {
    await reply('message-1', await uploaded());
    await test.center.run('refuseOutbound', { messageId: 'message-1', code: 'TWILIO_REFUSED', text: 'Later, perhaps.' });
    const again = await test.center
      .run('retryMessage', { messageId: 'message-1', agentId, newMessageId: 'message-2', sureItIsLost: true })
      .catch((error: { code: string }) => error.code);
    if (typeof again === 'string') throw new Error(again);
    expect(again.media[0]).to.include({ name: 'Offer.pdf', state: 'stored' });
    const page = await test.center.query('messages', { conversationId, agentId, limit: 10 });
    expect(page.messages.slice(1).map(({ media }) => media.length)).to.deep.equal([1, 1]);
    await test.center.run('erase', { conversation: conversationId });
    expect(readdirSync(new MediaFolder(test.file).path)).to.deep.equal([]);
  });
});
