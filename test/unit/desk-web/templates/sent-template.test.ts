import { expect } from 'chai';
import fc from 'fast-check';
import { sentTemplate } from '../../../../desk/web/templates/sent-template.ts';
import type { TemplateView } from '../../../../lib/domain/template.ts';

type Parts = Pick<TemplateView, 'buttons' | 'media'>;
const none: Parts = { buttons: [], media: [] };
const link = (value: string): Parts => ({ buttons: [{ title: 'Track', kind: 'url', value }], media: [] });
const hrefOf = (value: string, variables: Record<string, string> = {}): string | null =>
  sentTemplate({ variables }, link(value)).buttons[0]!.href;

describe('a template that was sent, in the thread', () => {
  it('has its buttons with the values that were sent', () => {
    const view: Parts = {
      buttons: [
        { title: 'Yes, {{name}}', kind: 'reply', value: 'yes' },
        { title: 'Track', kind: 'url', value: 'https://example.com/track/{{1}}' },
        { title: 'Call us', kind: 'phone', value: '+15550100000' },
      ],
      media: [],
    };
    expect(sentTemplate({ variables: { '1': '48213', name: 'Ada' } }, view)).to.deep.equal({
      buttons: [
        { title: 'Yes, Ada', kind: 'reply', value: 'yes', href: null },
        { title: 'Track', kind: 'url', value: 'https://example.com/track/48213', href: 'https://example.com/track/48213' },
        { title: 'Call us', kind: 'phone', value: '+15550100000', href: null },
      ],
      files: [],
    });
  });

  it('leads only to the web, whatever the template or a value says', () => {
    for (const value of ['javascript:alert(1)', 'data:text/html,x', 'tel:+15550100000', 'ftp://example.com/a', 'example.com', ''])
      expect(hrefOf(value), value).to.equal(null);
    expect(hrefOf('{{1}}', { '1': 'javascript:alert(1)' })).to.equal(null);
    expect(hrefOf('{{1}}', { '1': 'http://example.com/a' })).to.equal('http://example.com/a');
    fc.assert(
      fc.property(fc.string(), (value) => {
        const href = hrefOf('{{1}}', { '1': value });
        expect(href === null || /^https?:\/\//.test(href)).to.equal(true);
      }),
    );
  });

  it('has no link where a value is missing: it would lead nowhere', () => {
    expect(hrefOf('https://example.com/{{1}}')).to.equal(null);
  });

  it('takes a value as it is, also one that looks like a placeholder', () => {
    const view: Parts = { buttons: [{ title: '{{1}}', kind: 'reply', value: null }], media: [] };
    expect(sentTemplate({ variables: { '1': '{{2}}', '2': 'other' } }, view).buttons[0]!.title).to.equal('{{2}}');
  });

  it('names its files, with the way to those that have an address', () => {
    const view: Parts = {
      ...none,
      media: ['https://example.com/files/van%20{{1}}.jpg?x=1', 'https://example.com/offer.pdf', 'file:///etc/offer.pdf', '{{2}}'],
    };
    const files = sentTemplate({ variables: { '1': 'red' } }, view).files;
    expect(files.map(({ media, address }) => [media.name, media.kind, media.state, address])).to.deep.equal([
      ['van red.jpg', 'image', 'linked', 'https://example.com/files/van%20red.jpg?x=1'],
      ['offer.pdf', 'document', 'linked', 'https://example.com/offer.pdf'],
      ['offer.pdf', 'document', 'linked', ''],
      ['{{2}}', 'document', 'linked', ''],
    ]);
  });
});
