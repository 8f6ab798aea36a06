import { expect } from 'chai';
import { isCenterError, type CenterError } from '../../../lib/domain/errors.ts';
import { createTemplates, type Templates } from '../../../lib/twilio/templates.ts';
import { templateViewOf } from '../../../lib/twilio/template-view.ts';
import { json, serveApi, testAccount } from './fixture.ts';

const sidOf = (number: number): string => `HX${String(number).padStart(32, '0')}`;

/** A template in the shape that Twilio publishes for `ContentAndApprovals`. */
function content(number: number, change: Record<string, unknown> = {}) {
  return {
    sid: sidOf(number),
    account_sid: 'AC00000000000000000000000000000001',
    friendly_name: `template_${number}`,
    language: 'en',
    variables: { 1: 'Ada' },
    types: { 'twilio/text': { body: 'Hello {{1}}' } },
    approval_requests: {
      name: `template_${number}`,
      category: 'UTILITY',
      content_type: 'twilio/text',
      status: 'approved',
      rejection_reason: '',
      allow_category_change: true,
    },
    date_created: '2026-01-15T09:00:00Z',
    date_updated: '2026-01-15T09:00:00Z',
    url: `https://content.twilio.com/v1/Content/${sidOf(number)}`,
    ...change,
  };
}

const page = (contents: unknown[], next: string | null = null) => ({
  contents,
  meta: { key: 'contents', page: 0, page_size: 200, first_page_url: 'x', previous_page_url: null, next_page_url: next, url: 'x' },
});

async function failureOf(promise: Promise<unknown>): Promise<CenterError> {
  const failure = await promise.then(
    () => null,
    (error: unknown) => error,
  );
  if (!isCenterError(failure)) throw new Error(`It should have failed as expected: ${String(failure)}`);
  return failure;
}

describe('an account’s templates', () => {
  let api: Awaited<ReturnType<typeof serveApi>>;
  let templates: Templates;
  let now = 0;
  let contents: unknown[];
  let status: number;

  beforeEach(async () => {
    contents = [content(1)];
    status = 200;
    now = 1000;
    api = await serveApi((response, call) => {
      if (status !== 200) json(response, status, { code: 20003, message: 'Authenticate', status });
      else if (call.query.get('Page') === '1') json(response, 200, page([content(99)]));
      else
        json(
          response,
          200,
          page(contents, contents.length > 1 ? 'https://content.twilio.com/v1/ContentAndApprovals?Page=1' : null),
        );
    });
    templates = createTemplates(testAccount({ apiBaseUrl: `${api.url}/stand-in` }), { now: () => now });
  });
  afterEach(async () => {
    templates.close();
    await api.close();
  });

  it('are asked for with the account’s credentials, page after page, at the stand-in’s address', async () => {
    contents = [content(1), content(2)];
    expect((await templates.list()).map(({ name }) => name)).to.deep.equal(['template_1', 'template_2', 'template_99']);
    expect(api.calls.map(({ method, path }) => `${method} ${path}`)).to.deep.equal([
      'GET /stand-in/v1/ContentAndApprovals',
      'GET /stand-in/v1/ContentAndApprovals',
    ]);
    expect(api.calls[0]!.query.get('PageSize')).to.equal('200');
    for (const { headers } of api.calls) expect(headers.authorization).to.match(/^Basic /);
  });

  it('are kept for a minute, and asked for once however many want them', async () => {
    await Promise.all([templates.list(), templates.list(), templates.find(sidOf(1))]);
    now += 59_999;
    await templates.list();
    expect(api.calls).to.have.length(1);
    now += 1;
    await templates.list();
    expect(api.calls).to.have.length(2);
  });

  it('are looked for again when one is missing, but not for every message', async () => {
    await templates.list();
    contents = [content(2)];
    expect(await templates.find(sidOf(2))).to.equal(null);
    now += 10_000;
    expect((await templates.find(sidOf(2)))?.name).to.equal('template_2');
    expect(await templates.find(sidOf(3))).to.equal(null);
    expect(api.calls).to.have.length(2);
  });

  it('of which Twilio tells nothing are an error to whoever lists, and what was known last to whoever sends', async () => {
    await templates.list();
    status = 401;
    now += 120_000;
    expect(await failureOf(templates.list())).to.include({ code: 'TWILIO_REFUSED', twilioCode: 20003 });
    expect((await templates.find(sidOf(1)))?.name).to.equal('template_1');
    await api.close();
    now += 120_000;
    expect((await failureOf(templates.list())).code).to.equal('TWILIO_UNREACHABLE');
    expect((await templates.find(sidOf(1)))?.name).to.equal('template_1');
    expect(await templates.find(sidOf(2))).to.equal(null);
  });

  it('are put in order before they are sent, and tell the text that the customer reads', async () => {
    const open = () => Promise.resolve(true);
    const closed = () => Promise.resolve(false);
    contents = [content(1), content(4, { approval_requests: { name: 'x', status: 'pending' } })];
    expect(await templates.prepare({ contentSid: sidOf(1), variables: { 1: 'Ada\n "Lovelace"' } }, closed)).to.deep.equal({
      template: { contentSid: sidOf(1), variables: { 1: 'Ada "Lovelace"' } },
      text: 'Hello Ada "Lovelace"',
    });
    expect((await failureOf(templates.prepare({ contentSid: sidOf(1), variables: {} }, closed))).code).to.equal(
      'TEMPLATE_VARIABLES',
    );
    const pending = { contentSid: sidOf(4), variables: { 1: 'Ada' } };
    expect((await failureOf(templates.prepare(pending, closed))).code).to.equal('TEMPLATE_NOT_APPROVED');
    expect((await templates.prepare(pending, open)).text).to.equal('Hello Ada');
  });

  it('that are not known are left to Twilio, with their values in order', async () => {
    status = 500;
    expect(
      await templates.prepare({ contentSid: sidOf(7), variables: { a: ' x\ty ' } }, () => Promise.resolve(false)),
    ).to.deep.equal({
      template: { contentSid: sidOf(7), variables: { a: 'x y' } },
      text: '',
    });
    expect(
      (await failureOf(templates.prepare({ contentSid: sidOf(7), variables: { a: '' } }, () => Promise.resolve(false)))).code,
    ).to.equal('TEMPLATE_VARIABLES');
    expect(api.calls).to.have.length(1);
  });
});

describe('a template of Twilio’s Content API', () => {
  const viewOf = (types: unknown, more: Record<string, unknown> = {}) => templateViewOf({ sid: sidOf(1), types, ...more });

  it('shows text, buttons, media and what has to be filled in, of whichever kind it is', () => {
    const card = viewOf(
      {
        'twilio/text': { body: 'for SMS' },
        'twilio/card': {
          title: 'Order {{2}}',
          body: null,
          subtitle: 'Yours, {{1}}',
          media: ['https://example.com/{{3}}.jpg'],
          actions: [
            { type: 'URL', title: 'Track', url: 'https://example.com/track/{{4}}' },
            { type: 'PHONE_NUMBER', title: 'Call', phone: '+15551234567' },
            { type: 'QUICK_REPLY', title: 'Fine', id: 'fine' },
            { type: 'COPY_CODE', title: 'Copy', code: 'SALE' },
          ],
        },
      },
      { friendlyName: 'order', language: 'en', variables: { 1: 'Ada', 2: '4711' } },
    );
    expect(card).to.deep.equal({
      contentSid: sidOf(1),
      name: 'order',
      language: 'en',
      kind: 'card',
      category: '',
      body: 'Order {{2}}\nYours, {{1}}',
      lines: [
        { part: 'header', text: 'Order {{2}}' },
        { part: 'footer', text: 'Yours, {{1}}' },
      ],
      variables: [
        { key: '1', example: 'Ada' },
        { key: '2', example: '4711' },
        { key: '3', example: '' },
        { key: '4', example: '' },
      ],
      buttons: [
        { title: 'Track', kind: 'url', value: 'https://example.com/track/{{4}}' },
        { title: 'Call', kind: 'phone', value: '+15551234567' },
        { title: 'Fine', kind: 'reply', value: 'fine' },
        { title: 'Copy', kind: 'other', value: null },
      ],
      media: ['https://example.com/{{3}}.jpg'],
      approval: 'unsubmitted',
      reason: null,
    });
    const list = viewOf({
      'twilio/list-picker': { body: 'Choose', button: 'Open', items: [{ item: 'Red', id: 'r', description: 'x' }] },
    });
    expect(list.buttons).to.deep.equal([{ title: 'Red', kind: 'reply', value: 'r' }]);
    const carousel = viewOf({
      'twilio/carousel': {
        body: 'Look',
        cards: [{ media: 'https://example.com/1.jpg', actions: [{ type: 'QUICK_REPLY', title: 'Buy', id: 'b' }] }],
      },
    });
    expect(carousel.media).to.deep.equal(['https://example.com/1.jpg']);
    expect(carousel.buttons).to.deep.equal([{ title: 'Buy', kind: 'reply', value: 'b' }]);
    expect(viewOf({ 'whatsapp/card': { body: 'For WhatsApp', footer: 'Bye' }, 'twilio/media': { body: 'x' } })).to.include({
      kind: 'card',
      body: 'For WhatsApp\nBye',
    });
  });

  it('says what WhatsApp thinks of it, wherever that stands', () => {
    const approvalOf = (approvalRequests: unknown) => viewOf({}, { approvalRequests }).approval;
    expect(approvalOf({ status: 'approved' })).to.equal('approved');
    expect(approvalOf({ whatsapp: { status: 'Approved' } })).to.equal('approved');
    expect(approvalOf([{ status: 'paused' }])).to.equal('paused');
    for (const status of ['pending', 'received', 'in_appeal', 'toString'])
      expect(approvalOf({ status }), status).to.equal('pending');
    for (const nothing of [undefined, null, {}, [], 'x', { status: null }, { status: 'unsubmitted' }]) {
      expect(approvalOf(nothing)).to.equal('unsubmitted');
    }
    expect(viewOf({}, { approvalRequests: { status: 'rejected', rejection_reason: 'No.' } })).to.include({
      approval: 'rejected',
      reason: 'No.',
    });
  });

  it('is never too odd to show', () => {
    for (const types of [
      undefined,
      null,
      'x',
      [],
      { 'twilio/text': null },
      { 'twilio/new': { body: 7, actions: 'x', media: {} } },
    ]) {
      expect(viewOf(types)).to.deep.include({ contentSid: sidOf(1), name: sidOf(1), buttons: [], media: [], variables: [] });
    }
    expect(viewOf({}, { variables: { 2: 'b', 1: 'a' } }).variables.map(({ key }) => key)).to.deep.equal(['1', '2']);
  });
});
