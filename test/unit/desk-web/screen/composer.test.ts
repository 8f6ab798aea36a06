import { expect } from 'chai';
import fc from 'fast-check';
import { checkContent, MAX_TEXT } from '../../../../lib/domain/outbound-content.ts';
import { composerState, sendsOn } from '../../../../desk/web/conversation/composer/composer-rules.ts';

describe('the composer', () => {
  it('lets through exactly what the center takes', () => {
    const texts = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.integer({ min: MAX_TEXT - 3, max: MAX_TEXT + 3 }).map((length) => 'x'.repeat(length)),
      fc.integer({ min: MAX_TEXT - 3, max: MAX_TEXT + 3 }).map((length) => '😕'.repeat(length)),
    );
    fc.assert(
      fc.property(texts, (text) => {
        let taken = true;
        try {
          checkContent(text.trim(), null);
        } catch {
          taken = false;
        }
        expect(composerState(text).sendable).to.equal(taken);
      }),
    );
  });

  it('warns before the limit and at it', () => {
    const count = (length: number): string => composerState('x'.repeat(length)).count;
    expect([MAX_TEXT - 2001, MAX_TEXT - 2000, MAX_TEXT, MAX_TEXT + 1].map(count)).to.deep.equal([
      'quiet',
      'near',
      'near',
      'over',
    ]);
    expect(composerState('  hello \n').length).to.equal(5);
  });

  it('sends on Enter, and on nothing that means something else', () => {
    const key = { key: 'Enter', shiftKey: false, altKey: false, isComposing: false };
    expect(sendsOn(key)).to.equal(true);
    expect(sendsOn({ ...key, shiftKey: true })).to.equal(false);
    expect(sendsOn({ ...key, altKey: true })).to.equal(false);
    expect(sendsOn({ ...key, isComposing: true })).to.equal(false);
    expect(sendsOn({ ...key, key: 'a' })).to.equal(false);
  });
});
