import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import fc from 'fast-check';
import { SAMPLE_TEMPLATES } from '../../../lib/simulator/rest/templates.ts';
import { ACCOUNT_SID, AUTH_TOKEN, Fixture, SENDER, SERVICE } from './fixture.ts';

interface Schema {
  create: { parameters: Record<string, { type: string; enum?: string[] }>; sdkOnlyParameters: Record<string, unknown> };
  response: {
    properties: Record<string, { type: string; nullable?: boolean; enum?: string[]; pattern?: string; format?: string }>;
    dateFormat: string;
  };
  error: { legacy: { required: string[] } };
}

const SCHEMA = JSON.parse(
  readFileSync(new URL('../../conformance/data/message-create-schema.json', import.meta.url), 'utf8'),
) as Schema;
const CUSTOMER = 'whatsapp:+15550100101';
const RFC_2822 =
  /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d\d:\d\d:\d\d \+0000$/;

describe('simulator: the Messages API', () => {
  let fixture: Fixture;

  beforeEach(async () => {
    fixture = await new Fixture().start({
      messagingServiceSid: SERVICE,
      apiKey: { sid: `SK${'24'.repeat(16)}`, secret: 'key-secret' },
    });
  });

  afterEach(() => fixture.stop());

  function basic(user = ACCOUNT_SID, secret = AUTH_TOKEN): string {
    return `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}`;
  }

  function create(fields: Record<string, string>, authorization = basic(), account = ACCOUNT_SID): Promise<Response> {
    return fetch(`${fixture.apiBase}/2010-04-01/Accounts/${account}/Messages.json`, {
      method: 'POST',
      headers: { authorization },
      body: new URLSearchParams(fields),
    });
  }

  async function refusal(answer: Response): Promise<{ status: number; code: number }> {
    const body = (await answer.json()) as { code: number; message: string; more_info: string; status: number };
    expect(body).to.have.all.keys(SCHEMA.error.legacy.required);
    expect(body.status).to.equal(answer.status);
    expect(body.more_info).to.equal(`https://www.twilio.com/docs/errors/${body.code}`);
    expect(body.message).to.be.a('string').and.not.equal('');
    return { status: answer.status, code: body.code };
  }

  it('answers a create with 201 and the fields of the schema, each of its type', async () => {
    const answer = await create({ To: CUSTOMER, From: SENDER, Body: 'Hello! 👍' });
    const body = (await answer.json()) as Record<string, unknown>;
    expect(answer.status).to.equal(201);
    expect(Object.keys(body)).to.have.members(Object.keys(SCHEMA.response.properties));
    for (const [name, property] of Object.entries(SCHEMA.response.properties)) {
      const value = body[name];
      if (value === null) {
        expect(property.nullable, name).to.equal(true);
        continue;
      }
      expect(typeof value, name).to.equal(property.type === 'integer' ? 'number' : property.type);
      if (property.enum) expect(property.enum, name).to.include(value);
      if (property.pattern) expect(value, name).to.match(new RegExp(property.pattern));
      if (property.format === 'date-time-rfc-2822') expect(value, name).to.match(RFC_2822);
    }
    expect(body).to.include({
      status: 'queued',
      body: 'Hello! 👍',
      from: SENDER,
      to: CUSTOMER,
      date_created: 'Mon, 23 Nov 2026 09:00:00 +0000',
    });
  });

  it('takes every parameter that Twilio documents', async () => {
    const values: Record<string, string> = {
      To: CUSTOMER,
      From: SENDER,
      FallbackFrom: SENDER,
      MessagingServiceSid: SERVICE,
      StatusCallback: `${fixture.webhookBase}/status`,
      ApplicationSid: `AP${'2'.repeat(32)}`,
      SendAt: '2026-11-23T10:00:00Z',
      ContentVariables: '{"1":"Ada"}',
      ContentSid: SAMPLE_TEMPLATES[0]!.contentSid,
      MediaUrl: 'https://example.com/label.jpg',
      PersistentAction: 'geo:44.43,26.1|Office',
      MessageIntent: 'notification',
    };
    const byType: Record<string, string> = { boolean: 'true', integer: '1', number: '0.5', string: 'text' };
    const names = [...Object.keys(SCHEMA.create.parameters), ...Object.keys(SCHEMA.create.sdkOnlyParameters)];
    const fields = names.map((name) => {
      const parameter = SCHEMA.create.parameters[name];
      return [name, values[name] ?? parameter?.enum?.[0] ?? byType[parameter?.type ?? 'string'] ?? 'text'];
    });
    const answer = await create(Object.fromEntries(fields) as Record<string, string>);
    expect(answer.status).to.equal(201);
    expect(await answer.json()).to.include({ status: 'scheduled', messaging_service_sid: SERVICE });
  });

  it('talks to the twilio package: create, fetch, list, cancel, redact and remove', async () => {
    const client = fixture.client();
    const created = await client.messages.create({ to: CUSTOMER, from: SENDER, body: 'One' });
    expect(created).to.include({ status: 'queued', direction: 'outbound-api', numMedia: '0', errorCode: null });
    expect(created.dateCreated).to.deep.equal(new Date(fixture.clock));
    expect((await client.messages(created.sid).fetch()).body).to.equal('One');
    const sendAt = new Date(fixture.clock + 3_600_000);
    const later = await client.messages.create({
      to: CUSTOMER,
      messagingServiceSid: SERVICE,
      body: 'Two',
      scheduleType: 'fixed',
      sendAt,
    });
    expect(later.status).to.equal('scheduled');
    expect((await client.messages(later.sid).update({ status: 'canceled' })).status).to.equal('canceled');
    expect((await client.messages(later.sid).update({ body: '' })).body).to.equal('');
    expect(await client.messages(later.sid).remove()).to.equal(true);
    expect((await client.messages.list()).map((message) => message.sid)).to.deep.equal([created.sid]);
  });

  it('takes an API key instead of the token, with the account in the path', async () => {
    const answer = await create({ To: CUSTOMER, From: SENDER, Body: 'Hi' }, basic(fixture.account.apiKey!.sid, 'key-secret'));
    expect(answer.status).to.equal(201);
  });

  it('refuses a wrong sign-in with 20003 and another account with 20404', async () => {
    const good = { To: CUSTOMER, From: SENDER, Body: 'Hi' };
    const twentyThree = { status: 401, code: 20003 };
    expect(await refusal(await create(good, basic(ACCOUNT_SID, 'wrong')))).to.deep.equal(twentyThree);
    expect(await refusal(await create(good, basic(ACCOUNT_SID, '')))).to.deep.equal(twentyThree);
    expect(await refusal(await create(good, 'Bearer x'))).to.deep.equal(twentyThree);
    expect(await refusal(await create(good, basic(), `AC${'9'.repeat(32)}`))).to.deep.equal({ status: 404, code: 20404 });
  });

  const template = SAMPLE_TEMPLATES[0]!.contentSid;
  const refused: [string, number, Record<string, string>][] = [
    ['no To', 21604, { From: SENDER, Body: 'x' }],
    ['a To that is no address', 21211, { To: 'whatsapp:12', From: SENDER, Body: 'x' }],
    ['a To without the channel', 21211, { To: '+15550100101', From: SENDER, Body: 'x' }],
    ['neither From nor service', 21603, { To: CUSTOMER, Body: 'x' }],
    ['a From without the channel', 21212, { To: CUSTOMER, From: '+15550100100', Body: 'x' }],
    ['a From that is not ours', 63007, { To: CUSTOMER, From: 'whatsapp:+15550100999', Body: 'x' }],
    ['an unknown service', 21701, { To: CUSTOMER, MessagingServiceSid: `MG${'9'.repeat(32)}`, Body: 'x' }],
    ['nothing to send', 21602, { To: CUSTOMER, From: SENDER, Body: '' }],
    ['1601 characters', 21617, { To: CUSTOMER, From: SENDER, Body: 'x'.repeat(1601) }],
    ['an unknown template', 21655, { To: CUSTOMER, From: SENDER, ContentSid: `HX${'9'.repeat(32)}` }],
    ['variables that are not JSON', 92007, { To: CUSTOMER, From: SENDER, ContentSid: template, ContentVariables: '{' }],
    ['variables that are no texts', 21656, { To: CUSTOMER, From: SENDER, ContentSid: template, ContentVariables: '{"1":2}' }],
    ['an empty variable', 92007, { To: CUSTOMER, From: SENDER, ContentSid: template, ContentVariables: '{"1":""}' }],
    [
      'a variable of 1601',
      21658,
      { To: CUSTOMER, From: SENDER, ContentSid: template, ContentVariables: `{"1":"${'x'.repeat(1601)}"}` },
    ],
    ['a callback that is no URL', 21609, { To: CUSTOMER, From: SENDER, Body: 'x', StatusCallback: 'nowhere' }],
    [
      'a callback with an underscore',
      21609,
      { To: CUSTOMER, From: SENDER, Body: 'x', StatusCallback: 'https://a_b.example.com/' },
    ],
    ['media that are no URL', 21620, { To: CUSTOMER, From: SENDER, MediaUrl: 'file:///etc/hosts' }],
    [
      'a schedule without a service',
      35118,
      { To: CUSTOMER, From: SENDER, Body: 'x', ScheduleType: 'fixed', SendAt: '2026-11-23T10:00:00Z' },
    ],
  ];
  for (const [what, code, fields] of refused) {
    it(`refuses ${what} with ${code}, and keeps no message`, async () => {
      expect(await refusal(await create(fields))).to.deep.equal({ status: 400, code });
      expect(await fixture.client().messages.list()).to.deep.equal([]);
    });
  }

  it('takes 1600 characters, counted as people count them', async () => {
    expect((await create({ To: CUSTOMER, From: SENDER, Body: '👍'.repeat(1600) })).status).to.equal(201);
  });

  it('renders a template with its variables, and with its samples where none is given', async () => {
    const client = fixture.client();
    const given = await client.messages.create({
      to: CUSTOMER,
      from: SENDER,
      contentSid: template,
      contentVariables: '{"1":"Ada"}',
    });
    expect(given.body).to.equal('Hello Ada, we have an answer to your question. May we continue here?');
    expect((await client.messages.create({ to: CUSTOMER, from: SENDER, contentSid: template })).body).to.match(/^Hello there,/);
  });

  it('lists by To, From and time sent, newest first, in pages that the twilio package follows', async () => {
    const client = fixture.client();
    const other = 'whatsapp:US.13491208655302741918';
    for (let index = 0; index < 7; index += 1) {
      fixture.clock += 60_000;
      await fixture.customerWrites(index % 2 === 0 ? '+15550100101' : 'US.13491208655302741918', `No ${index}`);
    }
    const texts = async (filter: Parameters<typeof client.messages.list>[0]): Promise<string[]> =>
      (await client.messages.list(filter)).map((message) => message.body);
    expect(await texts({ to: SENDER, pageSize: 3 })).to.deep.equal(['No 6', 'No 5', 'No 4', 'No 3', 'No 2', 'No 1', 'No 0']);
    expect(await texts({ from: other })).to.deep.equal(['No 5', 'No 3', 'No 1']);
    expect(await texts({ to: CUSTOMER })).to.deep.equal([]);
    expect(await texts({ dateSentAfter: new Date(fixture.clock - 60_000) })).to.deep.equal(['No 6', 'No 5']);
    expect(await texts({ dateSentBefore: new Date(fixture.clock - 300_000) })).to.deep.equal(['No 1', 'No 0']);
    expect(await texts({ dateSent: new Date('2026-11-22') })).to.deep.equal([]);
    const page = (await client.messages.list({ limit: 1 }))[0]!;
    expect(page).to.include({ direction: 'inbound', status: 'received', from: CUSTOMER, to: SENDER });
  });

  it('pages over any number of messages without loss or repeat', async () => {
    for (let index = 0; index < 12; index += 1)
      await fixture.client().messages.create({ to: CUSTOMER, from: SENDER, body: `${index}` });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 15 }), async (pageSize) => {
        const sids = (await fixture.client().messages.list({ pageSize })).map((message) => message.sid);
        expect(new Set(sids).size).to.equal(12);
        expect(sids).to.have.length(12);
      }),
      { numRuns: 15 },
    );
  });

  it('refuses a date that is none, and finds no message that is not there', async () => {
    const query = (path: string): Promise<Response> =>
      fetch(`${fixture.apiBase}/2010-04-01/Accounts/${ACCOUNT_SID}/${path}`, { headers: { authorization: basic() } });
    expect(await refusal(await query('Messages.json?DateSent=yesterday'))).to.deep.equal({ status: 400, code: 20001 });
    expect(await refusal(await query(`Messages/SM${'0'.repeat(32)}.json`))).to.deep.equal({ status: 404, code: 20404 });
    expect(await refusal(await query('Calls.json'))).to.deep.equal({ status: 404, code: 20404 });
  });
});
