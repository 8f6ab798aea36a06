import { expect } from 'chai';
import fc from 'fast-check';
import { MAX_PART, textLength } from '../../../lib/domain/outbound-content.ts';
import { splitText } from '../../../lib/domain/split-text.ts';

const LONE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;
const withoutBlanks = (text: string): string => text.replace(/\s+/g, '');

/** Texts of every kind: words, emoji of several code points, combining marks, blanks and line breaks. */
const pieces = fc.constantFrom('a', 'word ', 'Straße', '👍', '👩‍👩‍👧', '🇩🇪', 'e\u0301', ' ', '\n', '\r\n', '\t', '漢字', '\u00a0');
const texts = fc.array(pieces, { maxLength: 400 }).map((list) => list.join(''));

describe('splitting a long text', () => {
  it('leaves a short one as it is', () => {
    expect(splitText('  Hello \n')).to.deep.equal(['  Hello \n']);
    expect(splitText('😕'.repeat(MAX_PART))).to.have.length(1);
  });

  it('loses nothing but blanks at the cuts, keeps the order, and makes no part too long or blank', () => {
    fc.assert(
      fc.property(texts, fc.integer({ min: 10, max: 60 }), (text, limit) => {
        const parts = splitText(text, limit);
        expect(withoutBlanks(parts.join(''))).to.equal(withoutBlanks(text));
        if (textLength(text) <= limit) return;
        for (const part of parts) {
          expect(textLength(part)).to.be.within(1, limit);
          expect(part.trim()).to.not.equal('');
          expect(LONE.test(part)).to.equal(false);
        }
      }),
    );
  });

  it('never cuts within a word, a flag or a joined emoji that fits', () => {
    fc.assert(
      fc.property(fc.constantFrom('👩‍👩‍👧', '🇩🇪', 'e\u0301', '👍🏽'), fc.integer({ min: 5, max: 40 }), (character, limit) => {
        for (const part of splitText(character.repeat(100), limit))
          expect(part).to.equal(character.repeat(part.length / character.length));
      }),
    );
    const words = Array.from({ length: 1000 }, (_, index) => `word${index}`);
    expect(splitText(words.join(' ')).flatMap((part) => part.split(' '))).to.deep.equal(words);
  });

  it('prefers the end of a paragraph to the end of a word', () => {
    expect(splitText('First part.\nSecond part follows', 20)).to.deep.equal(['First part.', 'Second part follows']);
    expect(splitText('no paragraph in here at all', 20)).to.deep.equal(['no paragraph in here', 'at all']);
    // A line break near the beginning would make the first message too short.
    expect(splitText('Hi\nthis goes on and on', 16)).to.deep.equal(['Hi\nthis goes on', 'and on']);
  });
});
