import { expect } from 'chai';
import fc from 'fast-check';
import { decodeForm } from '../../../lib/twilio/incoming/form.ts';

const decode = (text: string) => decodeForm(Buffer.from(text, 'utf8'));

describe('decoding a form', () => {
  it('keeps names as they came, empty values and surrounding blanks', () => {
    const { pairs, params } = decode('a%5Bb%5D=1&a[b]=2&Body=+Hi+&ToCity=&Flag');
    expect(pairs).to.deep.equal([
      ['a[b]', '1'],
      ['a[b]', '2'],
      ['Body', ' Hi '],
      ['ToCity', ''],
      ['Flag', ''],
    ]);
    expect(params['a[b]']).to.deep.equal(['1', '2']);
  });

  it('treats names of object internals as names', () => {
    const { params } = decode('__proto__=x&constructor=y&hasOwnProperty=z');
    expect('toString' in params).to.equal(false);
    expect(Object.keys(params)).to.deep.equal(['__proto__', 'constructor', 'hasOwnProperty']);
    expect(params['__proto__']).to.equal('x');
    expect(({} as Record<string, unknown>)['x']).to.equal(undefined);
  });

  it('reads more than a thousand parameters', () => {
    const text = Array.from({ length: 2500 }, (_, i) => `Name${i}=${i}`).join('&');
    const { pairs, params } = decode(text);
    expect(pairs).to.have.length(2500);
    expect(params['Name2499']).to.equal('2499');
  });

  it('keeps a question mark that begins the body', () => {
    expect(decode('?a=1').pairs).to.deep.equal([['?a', '1']]);
  });

  it('takes broken escapes and bytes that are no UTF-8 without throwing', () => {
    expect(decode('x=%ZZ').params['x']).to.equal('%ZZ');
    expect(decodeForm(Buffer.from([0x78, 0x3d, 0xff, 0xfe])).params['x']).to.equal('\ufffd\ufffd');
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        decodeForm(Buffer.from(bytes));
      }),
    );
  });

  it('reads any text as the URL standard does', () => {
    const piece = fc.constantFrom(
      '&',
      '=',
      '+',
      '%',
      '%2',
      '%C3%B6',
      '%c3',
      '%00',
      '%ED%A0%80',
      '%26',
      '%3D',
      'a',
      'ö',
      '📦',
      '?',
      '#',
      ' ',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const text = pieces.join('');
        expect(decode(text).pairs).to.deep.equal([...new URLSearchParams(`&${text}`)]);
      }),
      { numRuns: 2000 },
    );
  });

  it('gives back every pair that was encoded', () => {
    const text = fc.string({ unit: 'grapheme' });
    fc.assert(
      fc.property(fc.array(fc.tuple(text, text)), (pairs) => {
        const wellFormed = pairs.map(([name, value]) => [name.toWellFormed(), value.toWellFormed()] as [string, string]);
        expect(decode(new URLSearchParams(wellFormed).toString()).pairs).to.deep.equal(wellFormed);
      }),
    );
  });
});
