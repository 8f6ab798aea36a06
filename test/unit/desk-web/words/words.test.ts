import { expect } from 'chai';
import fc from 'fast-check';
import { attributeLines, attributeName } from '../../../../desk/web/words/attributes.ts';
import { daysAgo, timeLocale } from '../../../../desk/web/words/calendar.ts';
import { initials, knownName } from '../../../../desk/web/words/customer.ts';
import { initialsOf } from '../../../../lib/page/initials.ts';
import { countdown, durationPhrase } from '../../../../lib/page/duration.ts';
import { textParts } from '../../../../lib/page/text-parts.ts';
import { conversation, HOUR } from '../support.ts';

const MINUTE = 60_000;

describe('durations', () => {
  it('name the two greatest units that matter', () => {
    expect(durationPhrase(21 * HOUR + 14 * MINUTE)).to.deep.equal({
      key: 'duration.hours',
      values: { hours: 21, minutes: '14' },
    });
    expect(durationPhrase(2 * HOUR + 3 * MINUTE).values).to.deep.equal({ hours: 2, minutes: '03' });
    expect(durationPhrase(HOUR - 1)).to.deep.equal({ key: 'duration.minutes', values: { minutes: 59 } });
    expect(durationPhrase(59_999)).to.deep.equal({ key: 'duration.seconds', values: { seconds: 59 } });
    expect(durationPhrase(50 * HOUR)).to.deep.equal({ key: 'duration.days', values: { days: 2, hours: 2 } });
    expect(durationPhrase(-5)).to.deep.equal({ key: 'duration.seconds', values: { seconds: 0 } });
  });

  it('count down to 0:00, which is the end and nothing before it', () => {
    expect([120_000, 86_400, 59_001, 1, 0, -1].map(countdown)).to.deep.equal(['2:00', '1:27', '1:00', '0:01', '0:00', '0:00']);
  });
});

describe('a customer’s name', () => {
  const { customer } = conversation();

  it('is the one we know, else the one chosen on WhatsApp, else none', () => {
    expect(knownName({ ...customer, name: 'Lucía Pereira', profileName: 'Lu' })).to.equal('Lucía Pereira');
    expect(knownName({ ...customer, name: ' ', profileName: 'Lu' })).to.equal('Lu');
    expect(knownName(customer)).to.equal(null);
  });

  it('gives initials in any script and never half a sign', () => {
    const cases: [string, string][] = [
      ['Lucía Pereira', 'LP'],
      ['Maria del Carmen Ruiz', 'MR'],
      ['Lu 🌻', 'L'],
      ['🌻', '🌻'],
      ['ليلى حداد', 'لح'],
      ['山田', '山'],
      ['👩‍👩‍👧', '👩‍👩‍👧'],
      ['(Bob) Builder', 'BB'],
    ];
    expect(cases.map(([name]) => initialsOf(name))).to.deep.equal(cases.map(([, letters]) => letters));
  });

  it('falls back to the address, whatever that is', () => {
    expect(initials({ ...customer, address: 'US.13491208655302741918', hasNumber: false })).to.equal('US');
    expect(initials(customer)).to.have.lengthOf(2);
    expect(initials({ ...customer, address: '' })).to.equal('?');
  });

  it('never fails and never gives more than two signs', () => {
    const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (name) => {
        // Upper case may turn one letter into two: ß.
        expect([...segmenter.segment(initialsOf(name))].length).to.be.at.most(6);
      }),
    );
  });
});

describe('the calendar', () => {
  it('counts days as people do, also across a change of the clocks', () => {
    const noon = new Date(2026, 2, 30, 12).getTime();
    expect(daysAgo(new Date(2026, 2, 30, 0, 0, 1).getTime(), noon)).to.equal(0);
    expect(daysAgo(new Date(2026, 2, 29, 23, 59).getTime(), noon)).to.equal(1);
    expect(daysAgo(new Date(2026, 2, 28, 23, 59).getTime(), noon)).to.equal(2);
    expect(daysAgo(new Date(2025, 11, 31, 12).getTime(), new Date(2026, 0, 1, 0, 1).getTime())).to.equal(1);
  });

  it('writes times as the machine does only when it speaks the page’s language', () => {
    expect(timeLocale('en', ['de-DE', 'en-GB'])).to.equal('en-GB');
    expect(timeLocale('en', ['de-DE'])).to.equal('en');
    // What browsers say on a machine without a language.
    expect(timeLocale('en', ['en-US@posix'])).to.equal('en');
    expect(timeLocale('en', ['en-US@posix', 'en-GB'])).to.equal('en-GB');
  });
});

describe('attributes of the flow', () => {
  it('are named as people write', () => {
    expect(['orderNumber', 'order_number', 'VIP', 'plan-type', 'x'].map(attributeName)).to.deep.equal([
      'Order number',
      'Order number',
      'VIP',
      'Plan type',
      'X',
    ]);
  });

  it('are shown whatever they are, except when they are nothing', () => {
    const lines = attributeLines({ a: 'text', b: 0, c: false, d: null, e: '', f: ['x', 2], g: { deep: true } });
    expect(lines.map(({ key, text }) => `${key}=${text}`)).to.deep.equal([
      'a=text',
      'b=0',
      'c=false',
      'f=x, 2',
      'g={"deep":true}',
    ]);
  });
});

describe('web addresses in a text', () => {
  const links = (text: string): string[] => textParts(text).flatMap(({ href }) => href ?? []);

  it('are found without the punctuation behind them', () => {
    expect(links('See https://example.com/a?b=1, or (https://example.com/c).')).to.deep.equal([
      'https://example.com/a?b=1',
      'https://example.com/c',
    ]);
  });

  it('are http and https only', () => {
    expect(links('javascript:alert(1) data:text/html,x file:///etc/passwd ftp://example.com')).to.deep.equal([]);
  });

  it('take nothing away from the text and add nothing', () => {
    const text = fc.array(fc.oneof(fc.string(), fc.constantFrom('https://', 'http://example.com', ')', '(', '. ', '\n')));
    fc.assert(
      fc.property(text, (pieces) => {
        const whole = pieces.join('');
        const parts = textParts(whole);
        expect(parts.map((part) => part.text).join('')).to.equal(whole);
        for (const { href } of parts) if (href !== null) expect(new URL(href).protocol).to.match(/^https?:$/);
      }),
    );
  });
});
