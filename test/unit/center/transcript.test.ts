import { readFile, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect } from 'chai';
import fc from 'fast-check';
import { codeOf, TestCenter } from '../../support/center.ts';

describe('transcripts', () => {
  let test: TestCenter;
  beforeEach(async () => {
    test = await TestCenter.open();
  });
  afterEach(() => test.close());

  async function keep(text: string, from?: string): Promise<string> {
    const { messageId } = await test.receive(text, from === undefined ? {} : { from });
    await test.center.run('keepMessage', { messageId, text });
    return messageId;
  }

  it('find any part of a word in any script, newest first, page by page', async () => {
    for (let n = 0; n < 12; n++) await keep(`Lieferung Nummer ${n} nach Zürich`);
    await keep('配送先の住所を変更したい');
    const first = await test.center.query('search', { text: 'zürich', limit: 5 });
    expect(first.results.map((result) => result.text)).to.deep.equal(
      [11, 10, 9, 8, 7].map((n) => `Lieferung Nummer ${n} nach Zürich`),
    );
    const second = await test.center.query('search', { text: 'zürich', limit: 5, cursor: first.cursor! });
    expect(second.results[0]!.text).to.contain('Nummer 6');
    expect((await test.center.query('search', { text: '住所を' })).results).to.have.length(1);
    expect((await test.center.query('search', { text: '住所' })).results, 'two characters').to.have.length(1);
  });

  it('take any text as a search and find what a reading would find', async () => {
    const texts = ['a"b', 'AND OR NOT', 'near(x)', '100% sure_thing', "it's * here", 'co:lon', 'ümlaut ÜBER', '-minus'];
    for (const text of texts) await keep(text);
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string({ unit: 'binary', maxLength: 12 }), fc.constantFrom(...texts)), async (text) => {
        const { results } = await test.center.query('search', { text, limit: 100 });
        expect(results.length).to.be.at.most(texts.length);
      }),
      { numRuns: 80 },
    );
    for (const text of ['AND', 'near(', '0%', '_', "it's", 'lon', '-minus', 'x)']) {
      const expected = texts.filter((candidate) => candidate.toLowerCase().includes(text.toLowerCase())).sort();
      const { results } = await test.center.query('search', { text });
      expect(results.map((result) => result.text).sort(), text).to.deep.equal(expected);
    }
  });

  it('are found at once and after, however many are kept, and not when they were taken out again', async () => {
    const waiting = (): unknown => {
      const db = new DatabaseSync(test.file, { readOnly: true });
      try {
        return db.prepare('select count(*) as texts from texts_to_index').get()!['texts'];
      } finally {
        db.close();
      }
    };
    const messageIds = await Promise.all(Array.from({ length: 2_200 }, (_, n) => keep(`parcel ${n}`)));
    await test.center.run('keepMessage', { messageId: messageIds[0]!, text: 'letter' });
    await test.center.run('keepMessage', { messageId: messageIds[1]!, text: '' });
    expect(waiting()).to.equal(2_199);
    await test.center.run('sweep', {});
    expect(waiting(), 'a part of them each second').to.equal(199);
    expect((await test.center.query('search', { text: 'parcel', limit: 2_200 })).results).to.have.length(500);
    expect(waiting()).to.equal(0);
    const found = async (text: string) => (await test.center.query('search', { text })).results.map((result) => result.text);
    expect(await found('parcel 2199')).to.deep.equal(['parcel 2199']);
    expect(await found('letter')).to.deep.equal(['letter']);
    expect(await found('parcel 1')).not.to.include('parcel 1');
    await test.center.run('keepMessage', { messageId: messageIds[0]!, text: 'postcard' });
    expect([await found('letter'), await found('postcard')]).to.deep.equal([[], ['postcard']]);
    await keep('erased before it is indexed', 'whatsapp:+15551230009');
    await test.center.run('erase', { customer: '+15551230009' });
    expect([await found('erased'), waiting()]).to.deep.equal([[], 0]);
  });

  it('filter by customer, time and queue, and refuse what is no date', async () => {
    await keep('one', 'whatsapp:+15551230001');
    test.time += 1000;
    await keep('two', 'whatsapp:+15551230002');
    const customer = await test.center.query('search', { customer: '+15551230002' });
    expect(customer.results.map((result) => result.text)).to.deep.equal(['two']);
    const early = await test.center.query('search', { to: new Date(test.time).toISOString() });
    expect(early.results.map((result) => result.text)).to.deep.equal(['one']);
    expect((await test.center.query('search', { queue: 'Billing' })).results).to.deep.equal([]);
    expect(await codeOf(test.center.query('search', { from: 'yesterday' }))).to.equal('INVALID_REQUEST');
  });

  it('keep the redacted text when a flow has changed it, once or again', async () => {
    const messageId = await keep('my pin is 1234');
    expect((await test.center.query('search', { text: '1234' })).results, 'it is in the index').to.have.length(1);
    await test.center.run('keepMessage', { messageId, text: 'my pin is ****' });
    expect((await test.center.query('search', { text: '1234' })).results).to.deep.equal([]);
    expect((await test.center.query('transcript', { address: '+15551230001' })).map((message) => message.text)).to.deep.equal([
      'my pin is ****',
    ]);
  });

  it('are erased to the last byte', async () => {
    await keep('marker-7f3a-text');
    await test.center.run('indexTexts', {});
    await keep('marker-7f3a-not-in-the-index');
    await test.receive('marker-7f3a-other', { profileName: 'marker-7f3a-name' });
    await keep('stays', 'whatsapp:+15551239999');
    expect(await codeOf(test.center.run('erase', {}))).to.equal('NOTHING_TO_ERASE');
    expect(await test.center.run('erase', { customer: '+15551230001' })).to.deep.equal({ conversations: 1, messages: 3 });
    const expectGone = async (): Promise<void> => {
      for (const file of await readdir(dirname(test.file))) {
        const bytes = await readFile(join(dirname(test.file), file));
        expect(bytes.includes('marker-7f3a'), file).to.equal(false);
      }
    };
    // Also in the log of writes, while the store is open.
    await expectGone();
    await test.center.close();
    await expectGone();
    await test.start();
    expect((await test.center.query('search', { text: 'stays' })).results).to.have.length(1);
  });
});
