import { expect } from 'chai';
import fc from 'fast-check';
import { prepareFile, type PreparedFile } from '../../../../desk/web/live/prepare-file.ts';
import { identify, isSendable, MAX_FILE, MAX_PICTURE } from '../../../../lib/domain/media-type.ts';
import { HTML, jpeg, ogg, pdf, png, SVG, vcard, webmVoice, webp, zipBomb } from '../../../support/files.ts';

const given = (name: string, bytes: Uint8Array, type = '') => ({ name, content: new Blob([new Uint8Array(bytes)], { type }) });
const look = (name: string, bytes: Uint8Array, type = ''): Promise<PreparedFile> => prepareFile(given(name, bytes, type));

describe('a file before it leaves the machine', () => {
  it('is what its bytes say, whatever it is called', async () => {
    for (const [name, bytes, kind] of [
      ['photo.jpg', jpeg(), 'image'],
      ['really-a-picture.txt', png(), 'image'],
      ['smile.webp', webp(), 'sticker'],
      ['note.ogg', ogg(), 'audio'],
      ['offer.pdf', pdf(), 'document'],
      ['ada.vcf', vcard(), 'contacts'],
    ] as const) {
      expect(await look(name, bytes), name).to.deep.include({ kind, problem: null });
    }
  });

  it('is refused when WhatsApp would refuse it, and says why', async () => {
    for (const [name, bytes, type] of [
      ['logo.png', SVG, 'image/png'],
      ['page.pdf', HTML, 'application/pdf'],
      ['bomb.docx', zipBomb(), ''],
      ['setup.exe', Buffer.from('MZ'), ''],
    ] as const) {
      expect((await look(name, bytes, type)).problem, name).to.deep.equal({ kind: 'type' });
    }
    expect((await look('empty.pdf', Buffer.alloc(0))).problem).to.deep.equal({ kind: 'empty' });
  });

  it('may have exactly as many bytes as WhatsApp takes, and not one more', async () => {
    expect((await look('a.jpg', jpeg(MAX_PICTURE))).problem).to.equal(null);
    expect((await look('a.jpg', jpeg(MAX_PICTURE + 1))).problem).to.deep.equal({
      kind: 'large',
      size: MAX_PICTURE + 1,
      limit: MAX_PICTURE,
      picture: true,
    });
    const long = (size: number): Buffer => Buffer.concat([pdf(), Buffer.alloc(size - pdf().length)]);
    expect((await look('a.pdf', long(MAX_FILE))).problem).to.equal(null);
    expect((await look('a.pdf', long(MAX_FILE + 1))).problem).to.deep.include({ kind: 'large', limit: MAX_FILE, picture: false });
  });

  it('becomes an Ogg when it is a voice note that a browser has recorded', async () => {
    const recording = webmVoice(Array.from({ length: 20 }, () => Uint8Array.of(0x48, 1, 2, 3)));
    const prepared = await look('voice-note.webm', recording, 'audio/webm');
    expect(prepared).to.deep.include({ kind: 'audio', problem: null });
    expect(prepared.file.name).to.equal('voice-note.ogg');
    expect(identify(new Uint8Array(await prepared.file.content.arrayBuffer())).contentType).to.equal('audio/ogg');
    expect((await look('film.webm', webmVoice([Uint8Array.of(1)], { tracks: 2 }))).problem).to.deep.equal({ kind: 'type' });
  });

  it('says so when it cannot be read', async () => {
    const reads = { size: 1, type: '', slice: () => ({ arrayBuffer: () => Promise.reject(new Error('NotFoundError')) }) };
    expect((await prepareFile({ name: 'folder', content: reads as unknown as Blob })).problem).to.deep.equal({
      kind: 'unreadable',
    });
  });

  it('is judged as the server will judge it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ minLength: 1, maxLength: 64 }),
        fc.constantFrom('', 'image/png', 'audio/mp4'),
        async (bytes, type) => {
          const { problem } = await look('file', bytes, type);
          expect(problem === null).to.equal(isSendable(identify(bytes, type)));
        },
      ),
    );
  });
});
