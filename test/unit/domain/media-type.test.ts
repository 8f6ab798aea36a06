import { expect } from 'chai';
import fc from 'fast-check';
import {
  claimedKind,
  HEAD_BYTES,
  identify,
  isSendable,
  safeName,
  sizeLimit,
  TAIL_BYTES,
  typeOfName,
} from '../../../lib/domain/media-type.ts';
import { docx, HTML, jpeg, m4a, mp4, ogg, pdf, png, SVG, text, vcard, webp, zip, zipBomb } from '../../support/files.ts';

const typeOf = (bytes: Uint8Array, claimed = ''): string => identify(bytes, claimed).contentType;

describe('what a file is', () => {
  it('is told by its bytes', () => {
    expect(typeOf(jpeg())).to.equal('image/jpeg');
    expect(typeOf(png())).to.equal('image/png');
    expect(typeOf(text('GIF89a\x01\x00\x01\x00'))).to.equal('image/gif');
    expect(typeOf(webp())).to.equal('image/webp');
    expect(typeOf(ogg())).to.equal('audio/ogg');
    expect(typeOf(text('#!AMR\n<'))).to.equal('audio/amr');
    expect(typeOf(text('ID3\x04\x00'))).to.equal('audio/mpeg');
    expect(typeOf(Uint8Array.of(0xff, 0xfb, 0x90, 0x64))).to.equal('audio/mpeg');
    expect(typeOf(Uint8Array.of(0xff, 0xf1, 0x50, 0x80))).to.equal('audio/aac');
    expect(typeOf(mp4())).to.equal('video/mp4');
    expect(typeOf(text('\x00\x00\x00\x18ftyp3gp4'))).to.equal('video/3gpp');
    expect(typeOf(pdf())).to.equal('application/pdf');
    expect(typeOf(vcard())).to.equal('text/vcard');
    expect(typeOf(docx('word/document.xml'))).to.match(/wordprocessingml/);
    expect(typeOf(docx('xl/workbook.xml'))).to.match(/spreadsheetml/);
    expect(typeOf(docx('ppt/presentation.xml'))).to.match(/presentationml/);
    expect(typeOf(zip({ 'a.txt': 'a' }))).to.equal('application/zip');
  });

  it('is chosen by the claim only between names of one container', () => {
    expect(typeOf(mp4(), 'audio/mp4')).to.equal('audio/mp4');
    expect(typeOf(mp4(), 'text/html')).to.equal('video/mp4');
    expect(typeOf(m4a(), 'video/mp4')).to.equal('audio/mp4');
    const ole = Uint8Array.of(0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1);
    expect(typeOf(ole, 'application/msword')).to.equal('application/msword');
    expect(typeOf(ole, 'image/png')).to.equal('application/octet-stream');
  });

  it('is a download when it could run in a browser, whatever it claims to be', () => {
    for (const bytes of [
      SVG,
      HTML,
      text('<?xml version="1.0"?><svg onload="x()"/>'),
      zipBomb(),
      pdf(),
      docx('word/document.xml'),
    ]) {
      for (const claimed of ['', 'image/png', 'image/svg+xml', 'text/html', 'image/jpeg; charset=utf-8']) {
        expect(identify(bytes, claimed).inline, `${text(String(bytes.subarray(0, 8)))} as ${claimed}`).to.equal(false);
      }
    }
    expect(typeOf(SVG, 'image/svg+xml')).to.equal('application/octet-stream');
    expect(typeOf(HTML, 'text/html')).to.equal('application/octet-stream');
  });

  it('is, for a polyglot, what its first bytes make of it', () => {
    const both = Buffer.concat([jpeg(), HTML, zip({ 'index.html': '<script>' })]);
    expect(identify(both, 'text/html')).to.include({ contentType: 'image/jpeg', inline: true });
    const script = text('GIF89a=1;/*');
    expect(typeOf(script, 'text/javascript')).to.equal('image/gif');
  });

  it('is never shown in a page unless it begins as one of the shown formats does', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.string(), (bytes, claimed) => {
        const file = identify(bytes, claimed);
        if (!file.inline) return;
        expect(file.contentType).to.match(/^(?:image\/(?:png|jpeg|webp|gif)|video\/mp4|audio\/(?:ogg|mpeg|aac|mp4))$/);
        expect(typeOf(bytes, '').split('/')[1]).to.equal(file.contentType.split('/')[1]);
      }),
      { numRuns: 500 },
    );
  });

  it('needs only the ends of a large document', () => {
    const large = docx('word/document.xml', 400_000);
    const found = identify(large.subarray(0, HEAD_BYTES), '', large.subarray(-TAIL_BYTES));
    expect(found.extension).to.equal('docx');
  });

  it('is sendable when WhatsApp takes it', () => {
    for (const bytes of [jpeg(), png(), webp(), ogg(), mp4(), m4a(), pdf(), vcard(), docx('xl/workbook.xml')])
      expect(isSendable(identify(bytes)), typeOf(bytes)).to.equal(true);
    for (const bytes of [SVG, HTML, zipBomb(), text('GIF89a'), text('plain'), Uint8Array.of(0x1a, 0x45, 0xdf, 0xa3)])
      expect(isSendable(identify(bytes)), typeOf(bytes)).to.equal(false);
    expect([sizeLimit('image'), sizeLimit('video')]).to.deep.equal([5 * 1024 * 1024, 16 * 1024 * 1024]);
  });

  it('is guessed from the claim as long as nothing else is there', () => {
    expect(claimedKind('image/jpeg')).to.equal('image');
    expect(claimedKind('image/webp')).to.equal('sticker');
    expect(claimedKind('Text/vCard; charset=utf-8')).to.equal('contacts');
    expect(claimedKind('application/x-anything')).to.equal('document');
    expect(typeOfName('Photo.JPEG')).to.equal('image/jpeg');
    expect(typeOfName('voice.opus')).to.equal('audio/ogg');
    expect(typeOfName('letter.doc')).to.equal('application/msword');
    expect(typeOfName('noending')).to.equal('');
  });
});

describe('a file’s name', () => {
  const PNG = identify(png());
  const OTHER = identify(text('x'));

  it('keeps what people wrote and loses what could deceive or climb', () => {
    expect(safeName('Rechnung März.png', PNG)).to.equal('Rechnung März.png');
    expect(safeName('../../etc/passwd', OTHER)).to.equal('passwd.bin');
    expect(safeName('C:\\temp\\a.PNG', PNG)).to.equal('a.png');
    expect(safeName('invoice\u202Egnp.exe', PNG)).to.equal('invoicegnp.png');
    expect(safeName('photo.svg', OTHER)).to.equal('photo.svg');
    expect(safeName('photo.html', PNG)).to.equal('photo.png');
    expect(safeName('.htaccess', OTHER)).to.equal('htaccess.bin');
    expect(safeName('', PNG)).to.equal('file.png');
    expect(safeName('IMG.jpeg', identify(jpeg()))).to.equal('IMG.jpeg');
  });

  it('is always one part of a path, of bounded length, with an ending', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), (given) => {
        const name = safeName(given, PNG);
        expect(name).to.match(/^[^\\/\p{Cc}]+\.png$/u);
        expect(name.length).to.be.at.most(124);
      }),
    );
  });
});
