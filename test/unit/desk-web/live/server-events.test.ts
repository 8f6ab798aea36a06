import { expect } from 'chai';
import fc from 'fast-check';
import { createEventParser } from '../../../../desk/web/live/server-events.ts';

describe('reading server-sent events', () => {
  it('gives an event once it is complete, with id, name and data', () => {
    const parse = createEventParser();
    expect(parse('id: 7\nevent: center\ndata: {"a"')).to.deep.equal([]);
    expect(parse(':1}\n\n')).to.deep.equal([{ id: '7', event: 'center', data: '{"a":1}' }]);
  });

  it('joins lines of data and takes both kinds of line ends', () => {
    const parse = createEventParser();
    expect(parse('data: one\r\ndata:two\r\n\r\n')).to.deep.equal([{ id: null, event: 'message', data: 'one\ntwo' }]);
  });

  it('passes over comments, and reports a heartbeat’s place without data', () => {
    const parse = createEventParser();
    expect(parse(':\n\n: still here\n\n')).to.deep.equal([]);
    expect(parse(':\nid: 12\n\n')).to.deep.equal([{ id: '12', event: 'message', data: '' }]);
  });

  it('does not depend on where the line cuts the text', () => {
    const text = 'retry: 2000\n\nid: 1\nevent: center\ndata: {"x":"ä→"}\n\n:\nid: 5\n\nevent: signed-out\ndata: {}\n\n';
    const whole = createEventParser()(text);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: text.length }), { maxLength: 12 }), (cuts) => {
        const parse = createEventParser();
        const places = [0, ...cuts.toSorted((a, b) => a - b), text.length];
        const pieces = places.slice(1).map((end, index) => text.slice(places[index], end));
        expect(pieces.flatMap((piece) => parse(piece))).to.deep.equal(whole);
      }),
    );
    expect(whole.map(({ event }) => event)).to.deep.equal(['message', 'center', 'message', 'signed-out']);
  });
});
