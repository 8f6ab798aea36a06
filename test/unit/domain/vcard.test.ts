import { expect } from 'chai';
import fc from 'fast-check';
import { parseVcards, writeVcard } from '../../../lib/domain/vcard.ts';

describe('shared contacts', () => {
  it('are read as phones write them', () => {
    const text = [
      'BEGIN:VCARD',
      'VERSION:3.0',
      'N:Example;Ada;;Dr.;',
      'FN:Dr. Ada Example',
      'ORG:Example\\, Inc.;Sales',
      'item1.TEL;type=CELL;waid=15550100199:+1 555 010 0199',
      'item1.X-ABLabel:Mobile',
      'TEL;TYPE="work,voice":tel:+15550100198',
      'EMAIL;type=INTERNET:ada@example.com',
      'PHOTO;ENCODING=b;TYPE=JPEG:/9j/4AAQ',
      ' SkZJRgABAQ==',
      'END:VCARD',
    ].join('\r\n');
    expect(parseVcards(text)).to.deep.equal([
      {
        name: 'Dr. Ada Example',
        organisation: 'Example, Inc., Sales',
        phones: [
          { number: '+1 555 010 0199', label: 'mobile' },
          { number: '+15550100198', label: 'work' },
        ],
        emails: ['ada@example.com'],
      },
    ]);
  });

  it('are read in version 2.1, with quoted-printable names and bare types', () => {
    const text =
      'BEGIN:VCARD\nVERSION:2.1\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=4D=C3=BC=\nller;J=C3=B6rg\nTEL;CELL:+15550100197\nEND:VCARD\n';
    expect(parseVcards(text)).to.deep.equal([
      { name: 'Jörg Müller', phones: [{ number: '+15550100197', label: 'mobile' }], emails: [] },
    ]);
  });

  it('may be several in one file, and a card without anything is none', () => {
    const card = (name: string): string => `BEGIN:VCARD\nVERSION:4.0\nFN:${name}\nEND:VCARD\n`;
    expect(parseVcards(card('A') + 'BEGIN:VCARD\nVERSION:3.0\nEND:VCARD\n' + card('B')).map(({ name }) => name)).to.deep.equal([
      'A',
      'B',
    ]);
    expect(parseVcards('BEGIN:VCARD\nTEL:+15550100196\nEND:VCARD')[0]?.name).to.equal('+15550100196');
    expect(parseVcards('no card at all')).to.deep.equal([]);
  });

  it('never fail to be read, whatever the file holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        parseVcards(`BEGIN:VCARD\n${text}\nEND:VCARD`);
      }),
    );
  });

  it('are written so that they can be read again', () => {
    const line = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
      .map((text) => text.replace(/[\p{Cc}\u2028\u2029]/gu, ' ').trim());
    const filled = line.filter((text) => text !== '');
    fc.assert(
      fc.property(filled, filled, filled, (name, number, email) => {
        const contact = { name, phones: [{ number: number.replace(/^tel:/i, 'x'), label: 'work' }], emails: [email] };
        expect(parseVcards(writeVcard(contact))).to.deep.equal([contact]);
      }),
    );
  });
});
