import { expect } from 'chai';
import fc from 'fast-check';
import {
  cleanedValues,
  findTemplates,
  previewPieces,
  problemsOf,
  sortTemplates,
  suggestionsFor,
  templateName,
} from '../../../../desk/web/templates/template-form.ts';
import { fillTemplate, type Approval, type TemplateView } from '../../../../lib/domain/template.ts';

function template(name: string, change: Partial<TemplateView> = {}): TemplateView {
  const body = change.body ?? 'Hello {{1}}';
  return {
    contentSid: `HX${name}`,
    name,
    language: 'en',
    kind: 'text',
    category: 'utility',
    body,
    lines: [{ part: 'text', text: body }],
    variables: [{ key: '1', example: 'Ada' }],
    buttons: [],
    media: [],
    approval: 'approved',
    reason: null,
    ...change,
  };
}

describe('the list of templates', () => {
  it('has first what can be sent now, by name', () => {
    const all = [
      template('b', { approval: 'pending' }),
      template('d'),
      template('a', { approval: 'rejected' }),
      template('c', { approval: 'approved' }),
    ];
    expect(sortTemplates(all, false).map(({ name }) => name)).to.deep.equal(['c', 'd', 'a', 'b']);
    expect(sortTemplates(all, true).map(({ name }) => name)).to.deep.equal(['b', 'c', 'd', 'a']);
  });

  it('is in one order, however it came', () => {
    const approval = fc.constantFrom<Approval>('approved', 'pending', 'rejected', 'unsubmitted');
    const some = fc.uniqueArray(fc.tuple(fc.string({ minLength: 1, maxLength: 3 }), approval), { selector: ([name]) => name });
    fc.assert(
      fc.property(some, fc.boolean(), (rows, open) => {
        const all = rows.map(([name, state]) => template(name, { approval: state }));
        expect(sortTemplates(all.toReversed(), open)).to.deep.equal(sortTemplates(all, open));
      }),
    );
  });

  it('is searched by name as people read it, by text and by what else stands in a row', () => {
    const all = [template('order_on_its_way', { body: 'Auf dem Weg, Größe {{1}}' }), template('welcome')];
    const find = (search: string) => findTemplates(all, search, () => ['Utility', 'German']).map(({ name }) => name);
    expect(find('')).to.have.length(2);
    expect(find('its way')).to.deep.equal(['order_on_its_way']);
    expect(find('ORDER_on')).to.deep.equal(['order_on_its_way']);
    expect(find('groß')).to.deep.equal(['order_on_its_way']);
    expect(find('german welcome')).to.deep.equal(['welcome']);
    expect(find('nothing')).to.deep.equal([]);
  });

  it('shows names as people write', () => {
    expect(['order_on_its_way', 'HX12', '_'].map((name) => templateName({ name }))).to.deep.equal([
      'Order on its way',
      'HX12',
      '_',
    ]);
  });
});

describe('a template that is filled in', () => {
  const view = template('t', {
    body: 'Dear {{name}}, order {{2}}',
    variables: [
      { key: '2', example: '48213' },
      { key: 'name', example: '' },
    ],
  });

  it('shows what is filled in, the example where a value is missing, and the placeholder where there is none', () => {
    expect(previewPieces(view.body, view, { '2': ' two\nlines ' })).to.deep.equal([
      { text: 'Dear ', state: 'fixed' },
      { text: '{{name}}', state: 'missing' },
      { text: ', order ', state: 'fixed' },
      { text: 'two lines', state: 'filled' },
    ]);
    // What is no placeholder of the template stays as it is.
    expect(previewPieces('{{other}}', view, { other: 'x' })).to.deep.equal([{ text: '{{other}}', state: 'fixed' }]);
  });

  it('names every value that keeps it from being sent', () => {
    expect([...problemsOf(view, { '2': ' \n' })]).to.deep.equal([
      ['2', 'empty'],
      ['name', 'empty'],
    ]);
    expect([...problemsOf(view, { '2': 'x'.repeat(1601), name: 'Ada' })]).to.deep.equal([['2', 'too-long']]);
  });

  it('reads before it is sent as it does afterwards', () => {
    const value = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(value, value, (order, name) => {
        const values = { '2': order, name };
        fc.pre(problemsOf(view, values).size === 0);
        const shown = previewPieces(view.body, view, values).map(({ text }) => text);
        expect(shown.join('')).to.equal(fillTemplate(view, cleanedValues(view, values)).text);
      }),
    );
  });
});

describe('ready values for a template', () => {
  const facts = { customer: 'Lucía Pereira', agent: 'Sam', attributes: { orderNumber: 48213, plan: 'x'.repeat(60) } };

  it('are the customer’s names first, and what the flow knows', () => {
    expect(suggestionsFor('1', facts, [])).to.deep.equal(['Lucía', 'Lucía Pereira', '48213']);
    expect(suggestionsFor('2', facts, [])).to.deep.equal(['48213']);
    expect(suggestionsFor('first_name', facts, [])).to.include('Lucía');
    expect(suggestionsFor('agent', facts, [])[0]).to.equal('Sam');
    expect(suggestionsFor('ordernumber', facts, [])[0]).to.equal('48213');
  });

  it('are not what stands in another field, and nothing where nothing is known', () => {
    expect(suggestionsFor('1', facts, ['Lucía'])).to.deep.equal(['Lucía Pereira', '48213']);
    expect(suggestionsFor('1', { customer: null, agent: null, attributes: {} }, [])).to.deep.equal([]);
  });
});
