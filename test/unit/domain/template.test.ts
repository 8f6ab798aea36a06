import { expect } from 'chai';
import fc from 'fast-check';
import { isCenterError } from '../../../lib/domain/errors.ts';
import { checkContent } from '../../../lib/domain/outbound-content.ts';
import {
  checkApproval,
  cleanValue,
  cleanVariables,
  fillTemplate,
  isSendable,
  piecesOf,
  placeholdersOf,
  valueProblem,
  type Approval,
} from '../../../lib/domain/template.ts';

const SID = `HX${'0a'.repeat(16)}`;
const view = (body: string, ...keys: string[]) => ({
  contentSid: SID,
  body,
  variables: keys.map((key) => ({ key, example: 'example' })),
});

function failureOf(action: () => unknown): { code: string; message: string } {
  try {
    action();
  } catch (error) {
    if (isCenterError(error)) return { code: error.code, message: error.message };
    throw error;
  }
  return { code: 'none', message: '' };
}

describe('filling in a template', () => {
  it('makes of any values what Twilio and Meta take, or says which one is missing', () => {
    const values = fc.dictionary(fc.constantFrom('1', '2', 'name'), fc.string({ unit: 'grapheme', maxLength: 40 }));
    const odd = fc.constantFrom(
      'a\nb',
      'a\r\n\r\nb',
      'tab\there',
      'many      blanks',
      '"quoted" \'twice\'',
      '\u2028',
      '{{2}}',
      ' x ',
    );
    fc.assert(
      fc.property(values, odd, (given, extra) => {
        const all = { ...given, 1: extra };
        let filled;
        try {
          filled = fillTemplate(view('Dear {{name}}, {{1}} and {{2}}.', '1', '2', 'name'), all);
        } catch (error) {
          if (!isCenterError(error)) throw error;
          expect(error.code).to.equal('TEMPLATE_VARIABLES');
          return;
        }
        for (const value of Object.values(filled.template.variables)) {
          expect(value).to.not.match(/[\r\n\t\u2028\u2029]| {2}|^\s|\s$|^$/u);
        }
        checkContent('', filled.template);
        expect(JSON.parse(JSON.stringify(filled.template.variables))).to.deep.equal(filled.template.variables);
      }),
    );
  });

  it('shows the text that the customer reads', () => {
    const filled = fillTemplate(view('Hello {{1}}, order {{ 2 }} is on its way. {{3}}', '1', '2'), {
      1: ' Ada\n"Countess"\tLovelace ',
      2: '{{1}}',
      4: 'not asked for',
    });
    // A value that looks like a placeholder is not filled in again, and what is no variable stays.
    expect(filled.text).to.equal('Hello Ada "Countess" Lovelace, order {{1}} is on its way. {{3}}');
    expect(filled.template.variables).to.deep.equal({ 1: 'Ada "Countess" Lovelace', 2: '{{1}}' });
  });

  it('keeps emoji that are joined by invisible marks', () => {
    expect(cleanValue('👩‍👩‍👧  ok')).to.equal('👩‍👩‍👧 ok');
  });

  it('names every value that is missing, empty, invisible or too long', () => {
    const { code, message } = failureOf(() =>
      fillTemplate(view('{{1}} {{2}} {{3}} {{4}}', '1', '2', '3', '4'), { 1: 'x', 2: ' \n', 3: '\u200b' }),
    );
    expect(code).to.equal('TEMPLATE_VARIABLES');
    expect(message).to.equal('The template needs a value for {{2}}, {{3}}, {{4}}.');
    expect(failureOf(() => cleanVariables({ a: 'x'.repeat(1601) }))).to.deep.equal({
      code: 'TEMPLATE_VARIABLES',
      message: 'A value of a template has at most 1600 characters: {{a}}.',
    });
    expect(failureOf(() => cleanVariables({ a: '' })).code).to.equal('TEMPLATE_VARIABLES');
    expect(cleanVariables({ a: 'two\nlines' })).to.deep.equal({ a: 'two lines' });
    expect(failureOf(() => fillTemplate(view('{{toString}}', 'toString'), {})).code).to.equal('TEMPLATE_VARIABLES');
  });

  it('finds placeholders in the order of their numbers, names last', () => {
    expect(placeholdersOf('{{10}} {{name}} {{ 2 }} {{1}} {{2}} {{button_1_url_0}} {not} {{}}')).to.deep.equal([
      '1',
      '2',
      '10',
      'name',
      'button_1_url_0',
    ]);
  });

  it('goes out when WhatsApp approved it; what nobody judged, within the window only', () => {
    const states: [Approval, within: string, outside: string][] = [
      ['approved', 'none', 'none'],
      ['unsubmitted', 'none', 'TEMPLATE_NOT_APPROVED'],
      ['pending', 'none', 'TEMPLATE_NOT_APPROVED'],
      ['rejected', 'TEMPLATE_NOT_APPROVED', 'TEMPLATE_NOT_APPROVED'],
      ['paused', 'TEMPLATE_NOT_APPROVED', 'TEMPLATE_NOT_APPROVED'],
      ['disabled', 'TEMPLATE_NOT_APPROVED', 'TEMPLATE_NOT_APPROVED'],
    ];
    for (const [approval, within, outside] of states) {
      const template = { name: 'welcome', approval, reason: null };
      expect(failureOf(() => checkApproval(template, true)).code, approval).to.equal(within);
      expect(failureOf(() => checkApproval(template, false)).code, approval).to.equal(outside);
    }
    expect(
      failureOf(() => checkApproval({ name: 'welcome', approval: 'rejected', reason: 'Too many words' }, true)).message,
    ).to.equal('The template "welcome" was rejected by WhatsApp: Too many words');
  });
});

describe('a template before it is sent', () => {
  it('tells of each value whether it would be refused, by the rule that refuses it', () => {
    expect(['Ada', ' ', '\u200b', 'x'.repeat(1600), 'x'.repeat(1601), 'two\nlines'].map(valueProblem)).to.deep.equal([
      null,
      'empty',
      'empty',
      null,
      'too-long',
      null,
    ]);
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 2000 }), (value) => {
        const { code } = failureOf(() => fillTemplate(view('{{1}}', '1'), { 1: value }));
        expect(code).to.equal(valueProblem(value) === null ? 'none' : 'TEMPLATE_VARIABLES');
      }),
    );
  });

  it('falls into pieces that make up the whole', () => {
    expect(piecesOf('Dear {{name}}, {{ 1 }}!')).to.deep.equal([
      { text: 'Dear ', key: null },
      { text: '{{name}}', key: 'name' },
      { text: ', ', key: null },
      { text: '{{ 1 }}', key: '1' },
      { text: '!', key: null },
    ]);
    fc.assert(
      fc.property(fc.array(fc.constantFrom('{{1}}', '{{', '}}', ' ', 'a', '{{ b }}')), (parts) => {
        const pieces = piecesOf(parts.join(''));
        expect(pieces.map(({ text }) => text).join('')).to.equal(parts.join(''));
        expect([...new Set(pieces.flatMap(({ key }) => key ?? []))]).to.have.members(placeholdersOf(parts.join('')));
      }),
    );
  });

  it('goes out or not by its approval, as the check says', () => {
    for (const approval of ['approved', 'pending', 'rejected', 'paused', 'disabled', 'unsubmitted'] as Approval[]) {
      for (const open of [true, false]) {
        const { code } = failureOf(() => checkApproval({ name: 'x', approval, reason: null }, open));
        expect(code).to.equal(isSendable(approval, open) ? 'none' : 'TEMPLATE_NOT_APPROVED');
      }
    }
  });
});
