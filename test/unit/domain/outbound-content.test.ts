import { expect } from 'chai';
import fc from 'fast-check';
import type { TemplateRef } from '../../../lib/domain/message.ts';
import { checkContent, MAX_PART, MAX_TEXT } from '../../../lib/domain/outbound-content.ts';
import { codeThrown } from '../../support/codes.ts';

const SID = `HX${'0a'.repeat(16)}`;

const codeOf = (text: string, template: unknown = null): string =>
  codeThrown(() => checkContent(text, template as TemplateRef | null));

describe('what may be sent', () => {
  it('is a text of 1 to 16,000 characters that is not blank', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 * MAX_TEXT }), fc.constantFrom('a', 'é', '☺', '👍'), (length, character) => {
        expect(codeOf(character.repeat(length))).to.equal(length <= MAX_TEXT ? 'none' : 'TEXT_TOO_LONG');
      }),
    );
    for (const blank of ['', ' ', '\n\t ', '\u00a0']) expect(codeOf(blank)).to.equal('EMPTY_TEXT');
  });

  it('is a template, whatever the text', () => {
    expect(codeOf('', { contentSid: SID, variables: {} })).to.equal('none');
    expect(codeOf('x'.repeat(5000), { contentSid: SID, variables: { 1: 'Ada: 12:30', name: 'x'.repeat(MAX_PART) } })).to.equal(
      'none',
    );
  });

  it('is no template of another shape', () => {
    const bad: unknown[] = [
      {},
      { contentSid: 'welcome', variables: {} },
      { contentSid: SID },
      { contentSid: SID, variables: ['Ada'] },
      { contentSid: SID, variables: 'Ada' },
      { contentSid: SID, variables: { 1: '' } },
      { contentSid: SID, variables: { 1: 7 } },
      { contentSid: SID, variables: { 1: 'two\nlines' } },
      { contentSid: SID, variables: { 1: 'x'.repeat(MAX_PART + 1) } },
      { contentSid: SID, variables: { aVeryLongVariableName: 'x' } },
      { contentSid: SID, variables: Object.fromEntries(Array.from({ length: 101 }, (_, i) => [String(i), 'x'])) },
    ];
    for (const template of bad)
      expect(codeOf('text', template), JSON.stringify(template).slice(0, 80)).to.equal('INVALID_TEMPLATE');
  });
});
