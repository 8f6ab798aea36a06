import { expect } from 'chai';
import { SAMPLE_TEMPLATES } from '../../../lib/simulator/rest/templates.ts';
import { createTemplates } from '../../../lib/twilio/templates.ts';
import { createTyping } from '../../../lib/twilio/typing.ts';
import { Fixture, SENDER } from './fixture.ts';

const CUSTOMER = 'whatsapp:+15550100101';

describe('simulator: the Content API', () => {
  let fixture: Fixture;
  beforeEach(async () => (fixture = await new Fixture().start()));
  afterEach(() => fixture.stop());

  const named = (name: string) => SAMPLE_TEMPLATES.find((template) => template.name === name)!;

  it('lists templates with WhatsApp’s approval, in pages, to Twilio’s own package', async () => {
    const contents = await fixture.client().content.v1.contentAndApprovals.list({ pageSize: 2 });
    expect(contents.map(({ sid }) => sid)).to.deep.equal(SAMPLE_TEMPLATES.map(({ contentSid }) => contentSid));
    const [first] = contents;
    expect(first).to.deep.include({ friendlyName: 'continue_conversation', language: 'en', variables: { 1: 'there' } });
    expect(first!.approvalRequests).to.include({ status: 'approved', content_type: 'twilio/quick-reply' });
    expect(first!.dateCreated).to.be.an.instanceOf(Date);
  });

  it('is read by our own reader', async () => {
    const templates = createTemplates({ ...fixture.account, apiBaseUrl: fixture.apiBase });
    const views = await templates.list();
    expect(views.map(({ approval }) => approval)).to.deep.equal(SAMPLE_TEMPLATES.map(({ status }) => status));
    expect(views.find(({ name }) => name === 'everything_must_go')).to.include({ reason: 'The content looks like spam.' });
    expect(views[0]!.buttons.map(({ title, kind }) => `${kind}: ${title}`)).to.deep.equal([
      'reply: Yes, please',
      'reply: Not now',
    ]);
    templates.close();
  });

  it('wants the account’s credentials, GET, and pages that are numbers', async () => {
    const address = `${fixture.apiBase}/v1/ContentAndApprovals`;
    expect((await fetch(address)).status).to.equal(401);
    const headers = {
      authorization: `Basic ${Buffer.from(`${fixture.account.accountSid}:${fixture.account.authTokens[0]}`).toString('base64')}`,
    };
    expect((await fetch(address, { headers })).status).to.equal(200);
    expect((await fetch(address, { headers, method: 'POST' })).status).to.equal(405);
    expect((await fetch(`${address}?Page=x`, { headers })).status).to.equal(400);
  });

  it('lets out what WhatsApp would: approved at any time, rejected never, the rest within the window', async () => {
    const client = fixture.client();
    const send = async (name: string): Promise<string> => {
      const statusCallback = `${fixture.webhookBase}/status`;
      const { contentSid } = named(name);
      const { sid } = await client.messages.create({ to: CUSTOMER, from: SENDER, contentSid, statusCallback });
      await fixture.until(() => fixture.statuses(sid).some((status) => status === 'delivered' || status === 'failed'));
      const { status, errorCode } = await client.messages(sid).fetch();
      return `${status} ${errorCode}`;
    };
    expect(await send('order_on_its_way')).to.equal('delivered null');
    expect(await send('new_opening_hours')).to.equal('failed 63016');
    expect(await send('choose_a_colour')).to.equal('failed 63016');
    expect(await send('everything_must_go')).to.equal('failed 63040');
    expect(await send('how_was_it')).to.equal('failed 63041');
    await fixture.customerWrites(CUSTOMER.slice('whatsapp:'.length));
    expect(await send('new_opening_hours')).to.equal('delivered null');
    expect(await send('choose_a_colour')).to.equal('delivered null');
    expect(await send('everything_must_go')).to.equal('failed 63040');
  });

  it('shows the customer that somebody is typing, and that the message was read', async () => {
    const address = CUSTOMER.slice('whatsapp:'.length);
    await fixture.customerWrites(address);
    const sid = fixture.inbound().at(-1)!.form.MessageSid!;
    const typing = createTyping({ ...fixture.account, apiBaseUrl: fixture.apiBase });
    expect(await typing.show('c1', sid)).to.equal(true);
    const thread = await fixture.thread(address);
    expect(thread.typingUntil).to.be.above(fixture.clock);
    expect(await typing.show('c2', `SM${'9'.repeat(32)}`)).to.equal(false);
    typing.close();
  });
});
