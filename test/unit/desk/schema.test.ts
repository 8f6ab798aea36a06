import { expect } from 'chai';
import {
  anyObject,
  flag,
  integer,
  integerText,
  list,
  nullable,
  object,
  oneOf,
  optional,
  text,
} from '../../../desk/api/http/schema.ts';
import type { Schema } from '../../../desk/api/http/schema.ts';

describe('the API’s schemas', () => {
  const refuses = (schema: Schema<unknown>, value: unknown) =>
    expect(() => schema.check(value, 'It'), JSON.stringify(value))
      .to.throw()
      .with.property('code', 'INVALID_REQUEST');

  it('check values at their limits', () => {
    const short = text({ min: 1, max: 3 });
    expect(short.check('abc', 'It')).to.equal('abc');
    for (const value of ['', 'abcd', 1, null, undefined, {}]) refuses(short, value);
    const small = integer({ min: 1, max: 5 });
    expect([small.check(1, 'It'), small.check(5, 'It')]).to.deep.equal([1, 5]);
    for (const value of [0, 6, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '3']) refuses(small, value);
    for (const value of ['-1', '1.0', '0x1', ' 1', '', '9'.repeat(16), 1]) refuses(integerText({ min: 0 }), value);
    for (const value of ['true', 1, null]) refuses(flag(), value);
    for (const value of ['c', '', null]) refuses(oneOf(['a', 'b']), value);
    for (const value of [[], null, 'x']) refuses(anyObject(), value);
    for (const value of [{}, 'x', [1]]) refuses(list(text()), value);
  });

  it('take exactly the fields they name', () => {
    const person = object({ name: text(), nick: optional(text()), boss: nullable(text()) });
    expect(person.check({ name: 'A', boss: null }, 'It')).to.deep.equal({ name: 'A', boss: null });
    expect(() => person.check({ name: 'A' }, 'The body')).to.throw('The boss is missing.');
    expect(() => person.check({ name: 'A', boss: 7 }, 'The body')).to.throw('The boss must be a text.');
    const pair = object({ left: person });
    expect(() => pair.check({ left: { name: 7, boss: null } }, 'The body')).to.throw('The left.name must be a text.');
    for (const value of [
      { name: 'A', boss: null, admin: true },
      JSON.parse('{"name":"A","boss":null,"__proto__":{}}'),
      [],
      null,
    ]) {
      refuses(person, value);
    }
    refuses(person, Object.create({ name: 'A', boss: null }));
  });
});
