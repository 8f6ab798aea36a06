import { expect } from 'chai';
import fc from 'fast-check';
import { parseStrictJson, parseStrictQuery } from '../../../desk/api/http/strict-json.ts';

describe('strict JSON', () => {
  it('reads whatever JSON writes', () => {
    fc.assert(
      fc.property(fc.json({ stringUnit: 'binary' }), fc.constantFrom(0, 2), (source, indent) => {
        const again = JSON.stringify(JSON.parse(source), null, indent);
        expect(parseStrictJson(again)).to.deep.equal(JSON.parse(again));
      }),
    );
  });

  it('refuses a key that comes twice in one object, however deep and however written', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.jsonValue(), fc.jsonValue(), fc.boolean(), (key, one, two, escaped) => {
        const name = JSON.stringify(key);
        const other = escaped
          ? `"${[...Array(key.length).keys()].map((i) => `\\u${key.charCodeAt(i).toString(16).padStart(4, '0')}`).join('')}"`
          : name;
        const source = `[{"deep": {${name} : ${JSON.stringify(one)}, ${other}:${JSON.stringify(two)}}}]`;
        expect(() => parseStrictJson(source))
          .to.throw()
          .with.property('code', 'INVALID_REQUEST');
      }),
    );
  });

  it('takes the same key in different objects, and as a value', () => {
    const source = '{"a":{"a":["a","a",{"a":"a"}]},"b":[{"a":1},{"a":2}],"c":"\\"a\\":"}';
    expect(parseStrictJson(source)).to.deep.equal(JSON.parse(source));
  });

  it('refuses what is no JSON with a code', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (source) => {
        try {
          JSON.parse(source);
        } catch {
          expect(() => parseStrictJson(source))
            .to.throw()
            .with.property('code', 'INVALID_REQUEST');
        }
      }),
    );
  });

  it('reads a query and refuses a parameter that comes twice', () => {
    expect(parseStrictQuery('a=1&b=%20x&__proto__=2')).to.deep.equal(
      Object.fromEntries([
        ['a', '1'],
        ['b', ' x'],
        ['__proto__', '2'],
      ]),
    );
    expect(() => parseStrictQuery('a=1&%61=1'))
      .to.throw()
      .with.property('code', 'INVALID_REQUEST');
  });
});
