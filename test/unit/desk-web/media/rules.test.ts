import { expect } from 'chai';
import fc from 'fast-check';
import { pastedFiles, hasFiles } from '../../../../desk/web/conversation/composer/attachments/pasted-files.ts';
import { problemOf } from '../../../../desk/web/conversation/composer/attachments/recording-problem.ts';
import { canBeAskedAgain, mediaFace } from '../../../../desk/web/conversation/thread/media/media-face.ts';
import { repetitionsOf, wayOut } from '../../../../desk/web/conversation/thread/repetition.ts';
import { messagesOf } from '../../../../desk/web/live/file-messages.ts';
import { sizeParts, typeWord } from '../../../../desk/web/words/file-words.ts';
import { webAddress } from '../../../../desk/web/words/web-address.ts';
import type { MediaView } from '../../../../lib/center/media-contract.ts';
import { captionPlace } from '../../../../lib/domain/attachment.ts';
import { MAX_PART } from '../../../../lib/domain/outbound-content.ts';
import { message } from '../support.ts';

const media = (change: Partial<MediaView> = {}): MediaView => ({
  id: 'm1',
  kind: 'image',
  contentType: 'image/jpeg',
  size: 100,
  name: 'a.jpg',
  state: 'stored',
  error: null,
  inline: true,
  durationMs: null,
  ...change,
});
const error = { code: 'MEDIA_UNAVAILABLE', text: 'Twilio does not have this file.' };

describe('how a file of a message is shown', () => {
  it('by its kind, as far as a browser knows it', () => {
    expect(mediaFace(media())).to.equal('picture');
    expect(mediaFace(media({ kind: 'sticker' }))).to.equal('sticker');
    expect(mediaFace(media({ kind: 'audio' }))).to.equal('sound');
    expect(mediaFace(media({ kind: 'video' }))).to.equal('film');
    expect(mediaFace(media({ kind: 'audio', inline: false }))).to.equal('file');
    expect(mediaFace(media({ kind: 'document', inline: false }))).to.equal('file');
    expect(mediaFace(media({ kind: 'contacts', inline: false }))).to.equal('file');
    const contacts = [{ name: 'Ada', phones: [], emails: [] }];
    expect(mediaFace(media({ kind: 'contacts', inline: false, contacts }))).to.equal('contacts');
  });

  it('by where it is', () => {
    expect(mediaFace(media({ state: 'waiting', inline: false }))).to.equal('coming');
    expect(mediaFace(media({ state: 'fetching', inline: false }))).to.equal('coming');
    expect(mediaFace(media({ state: 'waiting', inline: false, error }))).to.equal('later');
    expect(mediaFace(media({ state: 'failed', inline: false, error }))).to.equal('lost');
    expect(mediaFace(media({ state: 'linked', inline: false }))).to.equal('elsewhere');
    expect(canBeAskedAgain(error)).to.equal(true);
    expect(canBeAskedAgain({ code: 'MEDIA_TOO_LARGE', text: '' })).to.equal(false);
  });

  it('with a link to the web alone', () => {
    expect(webAddress('https://example.com/a')?.host).to.equal('example.com');
    for (const bad of [undefined, '', 'javascript:alert(1)', 'file:///etc/passwd', ' https://example.com', 'https://'])
      expect(webAddress(bad), String(bad)).to.equal(null);
  });
});

describe('the words for a file', () => {
  it('give its size as people say it', () => {
    expect(sizeParts(0)).to.deep.equal({ unit: 'bytes', value: 0 });
    expect(sizeParts(1023)).to.deep.equal({ unit: 'bytes', value: 1023 });
    expect(sizeParts(1024)).to.deep.equal({ unit: 'kb', value: 1 });
    expect(sizeParts(1024 * 1024 - 1)).to.deep.equal({ unit: 'mb', value: 1 });
    expect(sizeParts(5 * 1024 * 1024)).to.deep.equal({ unit: 'mb', value: 5 });
    fc.assert(fc.property(fc.nat(2 ** 31), (bytes) => sizeParts(bytes).value <= 2048));
  });

  it('name its type by its ending, where that says something', () => {
    expect(['offer.pdf', 'a.b.DocX', 'noending', 'x.bin', 'x.', 'a.somethinglong'].map(typeWord)).to.deep.equal([
      'PDF',
      'DOCX',
      '',
      '',
      '',
      '',
    ]);
  });
});

describe('what is pasted', () => {
  const one = { name: 'image.png' } as File;
  const names = (types: string[], files: File[]) => pastedFiles({ types, files }).map(({ name }) => name);

  it('is a file when it is a picture or a copied file, and a text when it is cells of a spreadsheet', () => {
    expect(names(['Files'], [one])).to.deep.equal(['image.png']);
    expect(names(['text/html', 'Files'], [one])).to.deep.equal(['image.png']);
    expect(names(['text/plain', 'Files'], [one])).to.deep.equal(['image.png']);
    expect(names(['text/plain', 'text/html', 'text/rtf', 'Files'], [one])).to.deep.equal([]);
    expect(names(['text/plain'], [])).to.deep.equal([]);
    expect(pastedFiles(null)).to.deep.equal([]);
  });

  it('is told from a text that is dragged', () => {
    expect(hasFiles({ types: ['text/plain'] })).to.equal(false);
    expect(hasFiles({ types: ['Files'] })).to.equal(true);
    expect(hasFiles(null)).to.equal(false);
  });
});

describe('a text with files', () => {
  const photo = media({ id: 'photo' });
  const pdf = media({ id: 'pdf', kind: 'document' });
  const plan = (text: string, files: MediaView[]) => messagesOf(text, files).map((part) => [part.media?.id ?? null, part.text]);

  it('stands under the first picture, else behind the files', () => {
    expect(plan('Look', [pdf, photo])).to.deep.equal([
      ['pdf', ''],
      ['photo', 'Look'],
    ]);
    expect(plan('Look', [pdf])).to.deep.equal([
      ['pdf', ''],
      [null, 'Look'],
    ]);
    expect(plan('', [photo, pdf])).to.deep.equal([
      ['photo', ''],
      ['pdf', ''],
    ]);
    expect(plan('Look', [])).to.deep.equal([[null, 'Look']]);
    expect(plan('', [])).to.deep.equal([]);
  });

  it('is said to stand where it then stands, and is never lost or sent twice', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('image', 'document', 'sticker', 'audio'), { maxLength: 6 }),
        fc.constantFrom('', 'Hello', 'x'.repeat(MAX_PART), 'x'.repeat(MAX_PART + 1)),
        (kinds, text) => {
          const files = kinds.map((kind, index) => media({ id: `f${index}`, kind: kind as MediaView['kind'] }));
          const messages = messagesOf(text, files);
          expect(messages.flatMap((one) => (one.media === null ? [] : [one.media.id]))).to.deep.equal(files.map(({ id }) => id));
          expect(messages.map((one) => one.text).join('')).to.equal(text);
          const carrier = messages.find((one) => one.text !== '' && one.media !== null);
          expect(files[captionPlace(text, files, ({ kind }) => kind === 'image')]?.id).to.equal(carrier?.media?.id);
        },
      ),
    );
  });
});

describe('a microphone that is not to be had', () => {
  it('has a reason that somebody can do something about', () => {
    expect(
      ['NotAllowedError', 'NotFoundError', 'NotReadableError', 'NotSupportedError', 'TypeError'].map(problemOf),
    ).to.deep.equal(['denied', 'no-microphone', 'busy', 'unsupported', 'failed']);
  });
});

describe('a message that did not get through', () => {
  const outbound = { direction: 'outbound' as const };

  it('can be sent again where that makes sense', () => {
    expect(wayOut('now', false)).to.equal('again');
    expect(wayOut('when-open', true)).to.equal('again');
    expect(wayOut('when-open', false)).to.equal('later');
    expect(wayOut('if-lost', true)).to.equal('lost');
    expect(wayOut('never', true)).to.equal('refused');
  });

  it('was sent again when another one says so; of two repetitions the later one counts', () => {
    const repeated = [message(2, outbound, { retryOf: 'm1' }), message(3, outbound, { retryOf: 'm1' }), message(4)];
    const repetitions = repetitionsOf([message(1, { ...outbound, status: 'failed' }), ...repeated]);
    expect([...repetitions].map(([first, { id }]) => [first, id])).to.deep.equal([['m1', 'm3']]);
  });
});
