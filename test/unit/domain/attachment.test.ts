import { expect } from 'chai';
import fc from 'fast-check';
import { checkLocation, geoAction, linkName, partsOf, placeName, type Attachment } from '../../../lib/domain/attachment.ts';
import { codeThrown } from '../../support/codes.ts';

const picture: Attachment = { kind: 'file', mediaId: 'p', mediaKind: 'image' };
const paper: Attachment = { kind: 'file', mediaId: 'd', mediaKind: 'document' };
const link: Attachment = { kind: 'link', url: 'https://example.com/a.jpg', contentType: '' };
const place: Attachment = { kind: 'location', location: { latitude: 1, longitude: 2 } };

describe('the messages that a text and its attachments become', () => {
  it('are one with a caption under a picture', () => {
    expect(partsOf('See this', [picture])).to.deep.equal([{ text: 'See this', attachment: picture }]);
    expect(partsOf('See this', [link])).to.deep.equal([{ text: 'See this', attachment: link }]);
  });

  it('are the file and then the text where WhatsApp shows none with it', () => {
    for (const attachment of [paper, place]) {
      expect(partsOf('See this', [attachment])).to.deep.equal([
        { text: '', attachment },
        { text: 'See this', attachment: null },
      ]);
    }
    const long = 'x'.repeat(1601);
    expect(partsOf(long, [picture]).map(({ text }) => text.length)).to.deep.equal([0, 1600, 1]);
  });

  it('are one for each attachment, in order, the text under the first picture', () => {
    expect(partsOf('Hi', [paper, picture, link])).to.deep.equal([
      { text: '', attachment: paper },
      { text: 'Hi', attachment: picture },
      { text: '', attachment: link },
    ]);
  });

  it('lose neither text nor attachment', () => {
    const attachment = fc.constantFrom(picture, paper, link, place);
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 3500 }),
        fc.array(attachment, { maxLength: 4 }),
        (text, attachments) => {
          if (text.trim() === '') return;
          const parts = partsOf(text, attachments);
          expect(parts.flatMap((part) => part.attachment ?? [])).to.deep.equal(attachments);
          const bare = (words: string): string => words.replace(/\s/g, '');
          expect(bare(parts.map((part) => part.text).join(''))).to.equal(bare(text));
        },
      ),
    );
  });
});

describe('the name of a file at an address', () => {
  it('is the last part of the path, else the host, else the address itself', () => {
    expect(linkName('https://example.com/a/van%20red.jpg?size=2#top')).to.equal('van red.jpg');
    expect(linkName('https://example.com/a/')).to.equal('example.com');
    expect(linkName('https://example.com')).to.equal('example.com');
    expect(linkName('https://example.com/100%.jpg')).to.equal('100%.jpg');
    expect(linkName('no address')).to.equal('no address');
  });
});

describe('a place', () => {
  it('must lie on earth', () => {
    expect(checkLocation({ latitude: -90, longitude: 180, label: 'Pole', other: 1 })).to.deep.equal({
      latitude: -90,
      longitude: 180,
      label: 'Pole',
    });
    for (const value of [
      null,
      'x',
      {},
      { latitude: 91, longitude: 0 },
      { latitude: '1', longitude: 2 },
      { latitude: NaN, longitude: 0 },
    ])
      expect(codeThrown(() => checkLocation(value))).to.equal('INVALID_LOCATION');
  });

  it('is written as Twilio reads it, whatever its numbers', () => {
    expect(geoAction({ latitude: 44.4268, longitude: 26.1025, label: 'Harbour Café', address: '12 Quay Street' })).to.equal(
      'geo:44.4268,26.1025|Harbour Café, 12 Quay Street',
    );
    fc.assert(
      fc.property(
        fc.double({ min: -90, max: 90, noNaN: true }),
        fc.double({ min: -180, max: 180, noNaN: true }),
        (latitude, longitude) => {
          const [, lat, lng] = /^geo:(-?\d+(?:\.\d+)?),(-?\d+(?:\.\d+)?)$/.exec(geoAction({ latitude, longitude }))!;
          expect(Number(lat)).to.be.closeTo(latitude, 1e-6);
          expect(Number(lng)).to.be.closeTo(longitude, 1e-6);
        },
      ),
    );
    expect(placeName({ latitude: 1.5, longitude: -2 })).to.equal('1.5, -2');
  });
});
