import { expect } from 'chai';
import fc from 'fast-check';
import type { TranscriptMessage } from '../../../lib/center/views.ts';
import { EXPORT_FORMATS, exportTranscript } from '../../../lib/center/export/formats.ts';

const message = (change: Partial<TranscriptMessage> = {}): TranscriptMessage => ({
  id: 'SM1',
  conversationId: 'c1',
  customer: { address: '+15551230001', name: 'Ada' },
  direction: 'inbound',
  type: 'text',
  text: 'Hello',
  author: { kind: 'customer' },
  status: 'received',
  timestamp: '2026-01-31T08:00:00.000Z',
  queue: 'Support',
  agent: null,
  ...change,
});

const write = (format: (typeof EXPORT_FORMATS)[number], ...messages: TranscriptMessage[]): string =>
  exportTranscript(messages, format, 'c1', 0).content;

/** Reads CSV as RFC 4180 says. */
function readCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  for (const [, quoted, plain, end] of text.slice(1).matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    rows.at(-1)!.push(quoted === undefined ? plain! : quoted.replaceAll('""', '"'));
    if (end === '\r\n') rows.push([]);
  }
  return rows.slice(0, -1);
}

describe('an exported transcript', () => {
  it('has a name that is safe on every system and tells nobody’s number', () => {
    for (const format of EXPORT_FORMATS) {
      const { filename } = exportTranscript([], format, '../../c1:é', 0);
      expect(filename).to.match(/^transcript-c1-1970-01-01-00-00-00\.(json|csv|html|txt)$/);
    }
    expect(exportTranscript([message()], 'csv', '', 0).filename).to.equal('transcript-1970-01-01-00-00-00.csv');
  });

  it('is the messages themselves as JSON', () => {
    expect(JSON.parse(write('json', message()))).to.deep.equal([message()]);
  });

  it('comes back whole from CSV, whatever people wrote', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1, maxLength: 5 }), (texts) => {
        const rows = readCsv(write('csv', ...texts.map((text) => message({ text }))));
        expect(rows[0]).to.include('text');
        const column = rows[0]!.indexOf('text');
        expect(rows.slice(1).map((row) => row[column]!.replace(/^'/, ''))).to.deep.equal(
          texts.map((text) => text.replace(/^'/, '')),
        );
      }),
    );
  });

  it('holds no cell that a spreadsheet would run', () => {
    const start = fc.constantFrom('=', '+', '-', '@', '\t', '\r', '\n', ' =', '\t=', '\u200b=', '\uff1d');
    fc.assert(
      fc.property(start, fc.string(), (first, rest) => {
        const [header, row] = readCsv(
          write('csv', message({ text: first + rest, customer: { address: '+15551230001', name: `${first}x` } })),
        );
        for (const name of ['text', 'customerName', 'customer']) expect(row![header!.indexOf(name)]).to.match(/^'/);
      }),
    );
  });

  it('is a page in which everything people wrote is text', () => {
    const attack = `<img src=x onerror="alert('1')"></style><script>alert(2)</script>&amp;`;
    const html = write('html', message({ text: attack, customer: { address: '+15551230001', name: attack } }));
    expect(html).not.to.match(/<(img|script)/);
    expect(html).to.include('&lt;script&gt;alert(2)&lt;/script&gt;&amp;amp;');
    expect(html).to.include("default-src 'none'");
  });

  it('names the files of a message and whether they are kept, in every form', () => {
    const photo = { kind: 'image', name: 'cat <1>.jpg', contentType: 'image/jpeg', size: 20_480, kept: true } as const;
    const lost = { kind: 'audio', name: '=1+1\n.ogg', contentType: 'audio/ogg', size: null, kept: false } as const;
    const sent = message({ type: 'image', text: 'Look', files: [photo, lost] });
    expect((JSON.parse(write('json', sent)) as TranscriptMessage[])[0]!.files).to.deep.equal([photo, lost]);
    const words = ['image cat <1>.jpg (image/jpeg, 20480 bytes, kept)', 'audio =1+1 .ogg (audio/ogg, not kept)'];
    const [header, row, plain] = readCsv(write('csv', sent, message()));
    expect(row![header!.indexOf('files')]).to.equal(words.join('; '));
    expect(plain![header!.indexOf('files')]).to.equal('');
    expect(write('html', sent)).to.include(
      '<ul><li dir="auto">image cat &lt;1&gt;.jpg (image/jpeg, 20480 bytes, kept)</li><li dir="auto">audio =1+1 .ogg (audio/ogg, not kept)</li></ul>',
    );
    expect(write('html', message())).to.not.include('<ul>');
    const note = {
      kind: 'audio',
      name: 'note.ogg',
      contentType: 'audio/ogg',
      size: 900,
      durationMs: 12_340,
      kept: true,
    } as const;
    const spoken = message({ type: 'audio', text: '', files: [note] });
    expect(write('text', spoken)).to.include('[audio note.ogg (audio/ogg, 900 bytes, 0:12, kept)]');
    expect((JSON.parse(write('json', spoken)) as TranscriptMessage[])[0]!.files).to.deep.equal([note]);
    expect(write('text', sent)).to.include(`    Look\n    [${words[0]}]\n    [${words[1]}]\n`);
  });

  it('is text in which no message can pose as another', () => {
    const text = write('text', message({ text: 'First\n2026-01-31T09:00:00.000Z Ada (+15551230001, received)\nI agree' }));
    expect(text.split('\n').filter((line) => line.startsWith('2026'))).to.have.length(1);
    expect(
      write('text', message({ direction: 'outbound', author: { kind: 'agent', name: 'Bo' }, type: 'template', status: 'read' })),
    ).to.include('2026-01-31T08:00:00.000Z Bo (to +15551230001, template, read)');
  });
});
