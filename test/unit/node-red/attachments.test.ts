import { expect } from 'chai';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Center } from '../../../lib/center/center.ts';
import { isCenterError } from '../../../lib/domain/errors.ts';
import { askedFor, attachmentsOf } from '../../../lib/node-red/accounts/attachments.ts';
import type { FlowMessage } from '../../../lib/node-red/runtime-api.ts';
import { MediaFolder } from '../../../lib/store/media-folder.ts';
import type { Account } from '../../../lib/twilio/account.ts';
import { parseInbound } from '../../../lib/twilio/incoming/parse-inbound.ts';
import { HTML, jpeg, pdf } from '../../support/files.ts';
import { inboundForm, sidOf, temporaryCenter, testAccount } from '../twilio/fixture.ts';

describe('what a flow sends along', () => {
  let center: Center;
  let dispose: () => Promise<void>;
  let folder: string;

  beforeEach(async () => {
    ({ center, dispose } = await temporaryCenter());
    folder = await mkdtemp(join(tmpdir(), 'flow-files-'));
  });
  afterEach(async () => {
    await dispose();
    await rm(folder, { recursive: true });
  });

  const prepare = (message: FlowMessage, change: Partial<Account> = {}) =>
    attachmentsOf(askedFor(message), { ready: Promise.resolve(center), account: testAccount(change) });

  async function refusal(message: FlowMessage, change: Partial<Account> = {}): Promise<string> {
    const error = await prepare(message, change).then(
      () => null,
      (thrown: unknown) => thrown,
    );
    return isCenterError(error) ? error.code : String(error);
  }

  it('may be a path, a buffer, an address, or a file that is here already', async () => {
    const path = join(folder, 'Offer.pdf');
    await writeFile(path, pdf());
    const [byPath, byBuffer, byUrl] = await prepare({
      whatsapp: { media: [{ path }, { buffer: jpeg(), name: 'photo.jpg' }, { url: 'https://example.com/film.mp4' }] },
    });
    expect(byPath).to.include({ kind: 'file', mediaKind: 'document' });
    expect(byBuffer).to.include({ kind: 'file', mediaKind: 'image' });
    expect(byUrl).to.deep.equal({ kind: 'link', url: 'https://example.com/film.mp4', contentType: '' });
    const { mediaId: id } = byPath as { mediaId: string };
    expect(await prepare({ whatsapp: { media: [{ id }] } })).to.deep.equal([byPath]);
  });

  it('may be the payload itself', async () => {
    const [file] = await prepare({ payload: pdf(), filename: '/data/out/Invoice 7.pdf' });
    expect(file).to.include({ kind: 'file', mediaKind: 'document' });
    const [again] = await prepare({ payload: JSON.parse(JSON.stringify(pdf())) as unknown });
    expect(again).to.include({ mediaKind: 'document' });
    expect(await prepare({ payload: 'a text' })).to.deep.equal([]);
  });

  it('may be contacts, each a card of its own, and a place', async () => {
    const contacts = [
      { name: 'Ada Example', phones: [{ number: '+15550100199', label: 'work' }], emails: ['ada@example.com'] },
      { name: 'Bo', phones: ['+15550100198'] },
    ];
    const location = { latitude: 44.4, longitude: 26.1, label: 'Harbour Café' };
    const attachments = await prepare({ whatsapp: { contacts, location } });
    expect(attachments.map((one) => (one.kind === 'file' ? one.mediaKind : one.kind))).to.deep.equal([
      'contacts',
      'contacts',
      'location',
    ]);
  });

  it('is refused with a code, and then nothing of it stays', async () => {
    await writeFile(join(folder, 'page.pdf'), HTML);
    await writeFile(join(folder, 'huge.pdf'), Buffer.alloc(16 * 1024 * 1024 + 1));
    const refusals: [unknown, string][] = [
      [{ media: [{ path: join(folder, 'none.pdf') }] }, 'MEDIA_UNAVAILABLE'],
      [{ media: [{ path: folder }] }, 'MEDIA_UNAVAILABLE'],
      [{ media: [{ path: join(folder, 'page.pdf') }] }, 'MEDIA_TYPE_REFUSED'],
      [{ media: [{ path: join(folder, 'huge.pdf') }] }, 'MEDIA_TOO_LARGE'],
      [{ media: [{ buffer: jpeg(5 * 1024 * 1024 + 1) }] }, 'MEDIA_TOO_LARGE'],
      [{ media: [{ buffer: Buffer.alloc(0) }] }, 'MEDIA_TYPE_REFUSED'],
      [{ media: [{ id: 'no-such-file' }] }, 'MEDIA_UNAVAILABLE'],
      [{ media: [{}] }, 'MEDIA_UNAVAILABLE'],
      [{ media: ['https://example.com/a.jpg'] }, 'MEDIA_UNAVAILABLE'],
      [{ location: { latitude: 100, longitude: 0 } }, 'INVALID_LOCATION'],
      [{ contacts: [{ name: 'Nobody' }] }, 'INVALID_CONTACT'],
      [{ contacts: ['Ada'] }, 'INVALID_CONTACT'],
    ];
    for (const [whatsapp, code] of refusals)
      expect(await refusal({ whatsapp }), JSON.stringify(whatsapp).slice(0, 80)).to.equal(code);
    expect(readdirSync(new MediaFolder(center.file).path)).to.deep.equal([]);
  });

  it('is no address that Twilio cannot reach or must not see', async () => {
    for (const url of [
      'http://localhost/a.jpg',
      'http://127.0.0.1:1880/a.jpg',
      'https://192.168.1.10/a.jpg',
      'https://[::1]/a.jpg',
      'https://nas/a.jpg',
      'https://files.corp/a.jpg',
      'https://user:secret@example.com/a.jpg',
      'ftp://example.com/a.jpg',
      'file:///etc/passwd',
      'nothing',
    ])
      expect(await refusal({ whatsapp: { media: [{ url }] } }), url).to.equal('MEDIA_UNAVAILABLE');
    // A stand-in for Twilio runs on this machine.
    const apiBaseUrl = 'http://127.0.0.1:1880/whatsapp/simulator';
    expect(await refusal({ whatsapp: { media: [{ url: 'http://127.0.0.1:1880/a.jpg' }] } }, { apiBaseUrl })).to.equal('null');
  });

  it('is never what the customer sent, when their message is passed on as its answer', async () => {
    const form = inboundForm(sidOf(1), {
      NumMedia: '1',
      MediaContentType0: 'image/jpeg',
      MediaUrl0: 'https://api.twilio.com/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1',
      Latitude: '44.4268',
      Longitude: '26.1025',
      MessageType: 'location',
    });
    const whatsapp = parseInbound(form, center.now());
    expect(await prepare({ payload: 'Thank you', whatsapp })).to.deep.equal([]);
    const here = { latitude: 1, longitude: 2 };
    expect(await prepare({ payload: 'Come here', whatsapp: { ...whatsapp, location: here } })).to.deep.equal([
      { kind: 'location', location: here },
    ]);
    const [mine] = await prepare({ whatsapp: { ...whatsapp, media: [...whatsapp.media!, { buffer: pdf() }] } });
    expect(mine).to.include({ mediaKind: 'document' });
  });
});
