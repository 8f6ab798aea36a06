import { expect } from 'chai';
import type { DeskApi } from '../../../../desk/web/api/client.ts';
import { DeskError } from '../../../../desk/web/api/desk-error.ts';
import { areReady, createAttachments, MOST_FILES } from '../../../../desk/web/live/attachments.ts';
import type { MediaView } from '../../../../lib/center/media-contract.ts';
import { HTML, jpeg, pdf } from '../../../support/files.ts';
import { fakeApi, settle } from '../support.ts';

const file = (name: string, bytes: Uint8Array = pdf()) => ({ name, content: new Blob([new Uint8Array(bytes)]) });

function view(name: string): MediaView {
  const kind = name.endsWith('.jpg') ? ('image' as const) : ('document' as const);
  return {
    id: `media ${name}`,
    kind,
    contentType: '',
    size: 1,
    name,
    state: 'stored',
    error: null,
    inline: true,
    durationMs: null,
  };
}

interface Upload {
  name: string;
  progress: Parameters<DeskApi['upload']>[3];
  done(): void;
  fail(error: DeskError): void;
}

function setUp() {
  const uploads: Upload[] = [];
  const dropped: string[] = [];
  const urls = new Set<string>();
  const attachments = createAttachments(
    fakeApi({
      upload: (_, __, name, progress) =>
        new Promise((resolve, reject) => uploads.push({ name, progress, done: () => resolve(view(name)), fail: reject })),
      dropFile(id) {
        dropped.push(id);
        return Promise.resolve();
      },
    }),
    {
      urls: {
        createObjectURL: () => [...urls.add(`blob:${urls.size}`)].at(-1)!,
        revokeObjectURL: (url) => void urls.delete(url),
      },
    },
  );
  const states = (): string[] => attachments.of('c1').map(({ file: { name }, state }) => `${name} ${state}`);
  /** Reading a file takes a while of its own. */
  async function until(wanted: () => boolean): Promise<void> {
    for (let turn = 0; turn < 500 && !wanted(); turn++) await settle();
    expect(wanted(), `it stays ${JSON.stringify(states())}`).to.equal(true);
  }
  return { uploads, dropped, urls, attachments, states, until };
}

describe('files in the message box', () => {
  it('are uploaded two at a time, and leave in the order in which they were added', async () => {
    const { attachments, uploads, states, until } = setUp();
    attachments.add('c1', [file('1.pdf'), file('2.jpg', jpeg()), file('3.pdf')]);
    await until(() => uploads.length === 2 && !states().some((one) => one.endsWith('looking')));
    expect(uploads).to.have.length(2);
    expect(attachments.take('c1', '')).to.deep.equal([]);
    uploads[1]!.done();
    await until(() => uploads.length === 3);
    uploads[0]!.done();
    uploads[2]!.done();
    await until(() => areReady(attachments.of('c1')));
    expect(attachments.take('c1', 'Hello').map(({ media, text }) => [media?.name, text])).to.deep.equal([
      ['1.pdf', ''],
      ['2.jpg', 'Hello'],
      ['3.pdf', ''],
    ]);
    expect(attachments.of('c1')).to.deep.equal([]);
    expect(attachments.take('c1', 'Only words')).to.deep.equal([{ text: 'Only words', media: null }]);
  });

  it('say how far they are', async () => {
    const { attachments, uploads, until } = setUp();
    attachments.add('c1', [file('1.pdf')]);
    await until(() => uploads.length === 1);
    uploads[0]!.progress.onProgress(0.5);
    expect(attachments.of('c1')[0]).to.include({ state: 'uploading', progress: 0.5 });
  });

  it('stay with a reason when WhatsApp would not take them, and nothing of them leaves', async () => {
    const { attachments, uploads, states, until } = setUp();
    attachments.add('c1', [file('page.pdf', HTML), file('fine.pdf')]);
    await until(() => uploads.length === 1);
    expect(uploads[0]!.name).to.equal('fine.pdf');
    uploads[0]!.done();
    await until(() => states().includes('fine.pdf ready'));
    expect(attachments.of('c1')[0]).to.deep.include({ state: 'refused', problem: { kind: 'type' } });
    expect(attachments.take('c1', '')).to.deep.equal([]);
    attachments.remove(attachments.of('c1')[0]!.id);
    expect(attachments.take('c1', '')).to.have.length(1);
  });

  it('can be tried again when they did not get through, or go on by themselves when the line is back', async () => {
    const { attachments, uploads, states, until } = setUp();
    attachments.add('c1', [file('1.pdf'), file('2.pdf')]);
    await until(() => uploads.length === 2);
    uploads[0]!.fail(new DeskError(0, 'OFFLINE', 'no line'));
    uploads[1]!.fail(new DeskError(415, 'MEDIA_TYPE_REFUSED', 'no'));
    await until(() => states().every((one) => one.endsWith('failed')));
    attachments.resume();
    await until(() => uploads.length === 3);
    expect(states()).to.deep.equal(['1.pdf uploading', '2.pdf failed']);
    attachments.retry(attachments.of('c1')[1]!.id);
    await until(() => uploads.length === 4);
    uploads[2]!.done();
    uploads[3]!.done();
    await until(() => areReady(attachments.of('c1')));
    expect(attachments.of('c1').every(({ error }) => error === null)).to.equal(true);
  });

  it('are taken back from the server when they are removed, also in the middle of the upload', async () => {
    const { attachments, uploads, dropped, urls, until } = setUp();
    attachments.add('c1', [file('1.jpg', jpeg()), file('2.pdf')]);
    await until(() => uploads.length === 2);
    expect(urls.size).to.equal(1);
    const [one, two] = attachments.of('c1');
    uploads.find(({ name }) => name === '1.jpg')!.done();
    await until(() => attachments.of('c1').some(({ state }) => state === 'ready'));
    attachments.remove(one!.id);
    expect([...dropped, urls.size]).to.deep.equal(['media 1.jpg', 0]);
    const late = uploads.find(({ name }) => name === '2.pdf')!;
    attachments.remove(two!.id);
    expect(late.progress.signal.aborted).to.equal(true);
    // The server had it already.
    late.done();
    await until(() => dropped.length === 2);
  });

  it('belong to one conversation, and there is an end to their number', async () => {
    const { attachments, uploads, until } = setUp();
    expect(
      attachments.add(
        'c1',
        Array.from({ length: MOST_FILES + 2 }, (_, index) => file(`${index}.pdf`)),
      ),
    ).to.equal(2);
    expect(attachments.of('c1')).to.have.length(MOST_FILES);
    expect(attachments.of('c2')).to.deep.equal([]);
    expect(attachments.any()).to.equal(true);
    expect(attachments.add('c2', [file('other.pdf')])).to.equal(0);
    await until(() => uploads.length === 2);
    attachments.clear();
    expect(uploads.every(({ progress }) => progress.signal.aborted)).to.equal(true);
    expect(attachments.of('c1')).to.deep.equal([]);
    expect(attachments.any()).to.equal(false);
  });
});
