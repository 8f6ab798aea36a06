import { expect } from 'chai';
import fc from 'fast-check';
import { splitOverrides } from '../../../lib/simulator/webhooks/overrides.ts';
import { SAMPLE_TEMPLATES } from '../../../lib/simulator/rest/templates.ts';
import { ACCOUNT_SID, Fixture, SENDER, SERVICE } from './fixture.ts';

const LUCIA = '+15550100101';
const HIDDEN = 'US.13491208655302741918';
const DAY_MS = 86_400_000;

describe('simulator: webhooks and callbacks', () => {
  let fixture: Fixture;

  beforeEach(async () => {
    fixture = await new Fixture().start();
  });

  afterEach(() => fixture.stop());

  const callback = (): string => `${fixture.webhookBase}/status?id=42&ok=it's`;
  const write = (to: string, body = 'Answer'): Promise<{ sid: string; status: string }> =>
    fixture.client().messages.create({ to: `whatsapp:${to}`, from: SENDER, body, statusCallback: callback() });

  describe('a customer’s message', () => {
    it('comes as the signed form that Twilio sends', async () => {
      await fixture.customerWrites(LUCIA, 'Hi! 👋\nTwo lines & more');
      const { form, headers, signatureValid, path } = fixture.inbound()[0]!;
      expect(path).to.equal('/whatsapp/inbound');
      expect(signatureValid).to.equal(true);
      expect(headers['content-type']).to.equal('application/x-www-form-urlencoded');
      expect(headers['i-twilio-idempotency-token']).to.be.a('string');
      expect(form).to.include({
        SmsSid: form.MessageSid!,
        SmsMessageSid: form.MessageSid!,
        SmsStatus: 'received',
        AccountSid: ACCOUNT_SID,
        From: `whatsapp:${LUCIA}`,
        To: SENDER,
        Body: 'Hi! 👋\nTwo lines & more',
        NumMedia: '0',
        NumSegments: '1',
        ReferralNumMedia: '0',
        MessageType: 'text',
        WaId: LUCIA.slice(1),
        ProfileName: 'Lucía Pereira',
        Forwarded: 'false',
        ApiVersion: '2010-04-01',
      });
      expect(form.MessageSid).to.match(/^SM[0-9a-f]{32}$/);
      expect(form.ExternalUserId).to.match(/^whatsapp:US\.\d+$/);
      expect(JSON.parse(form.ChannelMetadata!)).to.deep.equal({
        type: 'whatsapp',
        data: {
          context: { ProfileName: 'Lucía Pereira', WaId: LUCIA.slice(1), Forwarded: 'false', FrequentlyForwarded: 'false' },
        },
      });
    });

    it('of somebody who hides the number has the business-scoped id on both places and an empty WaId', async () => {
      await fixture.customerWrites(HIDDEN);
      expect(fixture.inbound()[0]!.form).to.include({
        From: `whatsapp:${HIDDEN}`,
        ExternalUserId: `whatsapp:${HIDDEN}`,
        WaId: '',
      });
      expect(fixture.inbound()[0]!.signatureValid).to.equal(true);
    });

    it('carries locations and media by their own fields', async () => {
      const location = { latitude: 44.4268, longitude: 26.1025, label: 'Office', address: '1 Example Square' };
      await fixture.phone('send', { address: LUCIA, kind: 'location', location });
      await fixture.phone('send', { address: LUCIA, kind: 'image', text: 'The label' });
      await fixture.until(() => fixture.inbound().length === 2);
      const forms = fixture.inbound().map(({ form }) => form);
      const place = forms.find((form) => form.MessageType === 'location')!;
      expect(place).to.include({
        Latitude: '44.4268',
        Longitude: '26.1025',
        Label: 'Office',
        Address: '1 Example Square',
        Body: '',
      });
      const image = forms.find((form) => form.MessageType === 'image')!;
      expect(image).to.include({ NumMedia: '1', MediaContentType0: 'image/jpeg', Body: 'The label' });
      expect(image.MessageSid).to.match(/^MM/);
      const media = `${fixture.apiBase}/2010-04-01/Accounts/${ACCOUNT_SID}/Messages/${image.MessageSid}/Media/`;
      expect(image.MediaUrl0!.slice(0, media.length)).to.equal(media);
      expect(image.MediaUrl0!.slice(media.length)).to.match(/^ME[0-9a-f]{32}$/);
    });

    it('names the Messaging Service when the sender sits in one', async () => {
      await fixture.stop();
      fixture = await new Fixture().start({ messagingServiceSid: SERVICE });
      await fixture.customerWrites(LUCIA);
      expect(fixture.inbound()[0]!.form.MessagingServiceSid).to.equal(SERVICE);
    });

    it('is tried again on 5xx with one signature and one SID, and ends with two ticks', async () => {
      fixture.answers = [503, 500];
      await fixture.phone('send', { address: LUCIA, kind: 'text', text: 'Hello' });
      const message = await fixture.untilOnPhone(LUCIA, ({ tick }) => tick === 'delivered');
      expect(fixture.inbound().map(({ form }) => form.MessageSid)).to.deep.equal([message.id, message.id, message.id]);
      expect(new Set(fixture.inbound().map(({ headers }) => headers['i-twilio-idempotency-token'])).size).to.equal(1);
    });

    it('that the webhook refuses is not tried again, and the phone says why', async () => {
      fixture.answers = [403];
      await fixture.phone('send', { address: LUCIA, kind: 'text', text: 'Hello' });
      const message = await fixture.untilOnPhone(LUCIA, ({ tick }) => tick === 'failed');
      expect(message.problem).to.equal('11200: the webhook answered 403');
      expect(fixture.inbound()).to.have.length(1);
    });

    it('is in Twilio’s list even when no webhook could be reached', async () => {
      await fixture.phone('faults', { fault: 'webhook-lost', times: 1 });
      await fixture.phone('send', { address: LUCIA, kind: 'text', text: 'Lost' });
      await fixture.untilOnPhone(LUCIA, ({ tick }) => tick === 'failed');
      expect(fixture.inbound()).to.deep.equal([]);
      expect((await fixture.client().messages.list({ to: SENDER })).map(({ body }) => body)).to.deep.equal(['Lost']);
    });
  });

  describe('an answer', () => {
    it('is reported as sending, sent, delivered, and read once the phone shows it', async () => {
      await fixture.customerWrites(LUCIA);
      const { sid, status } = await write(LUCIA);
      expect(status).to.equal('queued');
      await fixture.until(() => fixture.statuses(sid).length === 3);
      await fixture.untilOnPhone(LUCIA, ({ id }) => id === sid);
      expect(await fixture.thread(LUCIA)).to.include({ unread: 1 });
      await fixture.phone('read', { address: LUCIA });
      await fixture.until(() => fixture.statuses(sid).length === 4);
      expect(fixture.statuses(sid)).to.deep.equal(['sending', 'sent', 'delivered', 'read']);
      expect(await fixture.thread(LUCIA)).to.include({ unread: 0 });
      expect((await fixture.client().messages(sid).fetch()).status).to.equal('read');
    });

    it('has callbacks with Twilio’s fields, signed over the address with its query', async () => {
      await fixture.customerWrites(LUCIA);
      const { sid } = await write(LUCIA);
      await fixture.until(() => fixture.statuses(sid).length === 3);
      for (const { path, form, signatureValid } of fixture.received.slice(1)) {
        expect(path).to.equal("/whatsapp/status?id=42&ok=it's");
        expect(signatureValid).to.equal(true);
        expect(form).to.include({
          MessageSid: sid,
          SmsSid: sid,
          SmsStatus: form.MessageStatus!,
          From: SENDER,
          To: `whatsapp:${LUCIA}`,
          AccountSid: ACCOUNT_SID,
          ApiVersion: '2010-04-01',
          ChannelPrefix: 'whatsapp',
          ChannelToAddress: '+1555010XXXX',
          ChannelInstallSid: `XE${ACCOUNT_SID.slice(2)}`,
        });
      }
      expect(fixture.received[2]!.form.StructuredMessage).to.equal('false');
      expect(fixture.received[3]!.form.EventType).to.equal('DELIVERED');
    });

    it('through a Messaging Service is accepted first, and queued by callback', async () => {
      await fixture.stop();
      fixture = await new Fixture().start({ messagingServiceSid: SERVICE });
      await fixture.customerWrites(LUCIA);
      const created = await fixture
        .client()
        .messages.create({ to: `whatsapp:${LUCIA}`, messagingServiceSid: SERVICE, body: 'x', statusCallback: callback() });
      expect(created).to.include({ status: 'accepted', from: null });
      await fixture.until(() => fixture.statuses().length === 4);
      expect(fixture.statuses()).to.deep.equal(['queued', 'sending', 'sent', 'delivered']);
      expect(fixture.received.at(-1)!.form).to.include({ MessagingServiceSid: SERVICE, From: SENDER });
    });

    it('that is scheduled leaves when the clock has been moved there', async () => {
      await fixture.stop();
      fixture = await new Fixture().start({ messagingServiceSid: SERVICE });
      await fixture.customerWrites(LUCIA);
      const to = `whatsapp:${LUCIA}`;
      const sendAt = new Date(fixture.clock + 3_600_000);
      const scheduled = {
        to,
        messagingServiceSid: SERVICE,
        body: 'x',
        scheduleType: 'fixed',
        sendAt,
        statusCallback: callback(),
      } as const;
      expect((await fixture.client().messages.create(scheduled)).status).to.equal('scheduled');
      expect(fixture.statuses()).to.deep.equal([]);
      await fixture.phone('skip', { byMs: 3_600_000 });
      await fixture.until(() => fixture.statuses().length === 4);
      expect(fixture.statuses()).to.deep.equal(['queued', 'sending', 'sent', 'delivered']);
    });

    it('goes out at exactly 24 hours, and fails by callback with 63016 one millisecond later', async () => {
      await fixture.customerWrites(LUCIA);
      fixture.offset += DAY_MS;
      const last = await write(LUCIA);
      await fixture.until(() => fixture.statuses(last.sid).includes('delivered'));
      fixture.offset += 1;
      const late = await write(LUCIA);
      expect(late.status).to.equal('queued');
      await fixture.until(() => fixture.statuses(late.sid).length === 1);
      expect(fixture.received.at(-1)!.form).to.include({ MessageStatus: 'failed', ErrorCode: '63016' });
      expect(fixture.received.at(-1)!.form.ChannelStatusMessage).to.contain('outside the allowed window');
      expect(await fixture.client().messages(late.sid).fetch()).to.include({ status: 'failed', errorCode: 63016 });
      expect((await fixture.thread(LUCIA)).messages.map(({ id }) => id)).to.not.include(late.sid);
      await fixture.customerWrites(LUCIA, 'Still there?');
      const again = await write(LUCIA);
      await fixture.until(() => fixture.statuses(again.sid).includes('delivered'));
    });

    it('to somebody who never wrote fails, too; a template goes', async () => {
      const stranger = '+15550100888';
      const { sid } = await write(stranger);
      await fixture.until(() => fixture.statuses(sid).length === 1);
      expect(fixture.statuses(sid)).to.deep.equal(['failed']);
      const { contentSid } = SAMPLE_TEMPLATES[0]!;
      const sent = await fixture
        .client()
        .messages.create({ to: `whatsapp:${stranger}`, from: SENDER, contentSid, statusCallback: callback() });
      await fixture.until(() => fixture.statuses(sent.sid).length === 3);
      const shown = await fixture.untilOnPhone(stranger, ({ id }) => id === sent.sid);
      expect(shown).to.include({ kind: 'template', answered: false });
      expect(shown.buttons!.map(({ title }) => title)).to.deep.equal(['Yes, please', 'Not now']);
    });

    it('with quick replies can be answered by pressing one, once', async () => {
      const { contentSid } = SAMPLE_TEMPLATES[0]!;
      const sent = await fixture.client().messages.create({ to: `whatsapp:${LUCIA}`, from: SENDER, contentSid });
      await fixture.untilOnPhone(LUCIA, ({ id }) => id === sent.sid);
      const press = { address: LUCIA, kind: 'button', messageId: sent.sid, buttonId: 'continue' };
      expect((await fixture.phone('send', press)).status).to.equal(200);
      await fixture.until(() => fixture.inbound().length === 1);
      const { form, signatureValid } = fixture.inbound()[0]!;
      expect(signatureValid).to.equal(true);
      expect(form).to.include({
        MessageType: 'interactive',
        Body: 'Yes, please',
        ButtonText: 'Yes, please',
        ButtonPayload: 'continue',
        OriginalRepliedMessageSid: sent.sid,
        OriginalRepliedMessageSender: SENDER,
      });
      expect((await fixture.phone('send', press)).status).to.equal(400);
    });

    it('shows as typing before, and the customer’s message as read', async () => {
      await fixture.customerWrites(LUCIA);
      const messageId = fixture.inbound()[0]!.form.MessageSid!;
      expect((await fixture.client().messaging.v2.typingIndicator.create({ messageId, channel: 'whatsapp' })).success).to.equal(
        true,
      );
      const thread = await fixture.thread(LUCIA);
      expect(thread.typingUntil).to.equal(fixture.clock + 25_000);
      expect(thread.messages[0]!.tick).to.equal('read');
      const { sid } = await write(LUCIA);
      await fixture.until(() => fixture.statuses(sid).includes('delivered'));
      expect((await fixture.thread(LUCIA)).typingUntil).to.equal(0);
    });
  });

  describe('connection overrides', () => {
    it('have Twilio’s defaults', () => {
      const { url, overrides } = splitOverrides('https://example.com/hook?x=1');
      expect(url).to.equal('https://example.com/hook?x=1');
      expect(overrides).to.deep.include({ connectMs: 5000, readMs: 15_000, totalMs: 15_000, retries: 1 });
      expect([...overrides.retryOn]).to.deep.equal(['ct']);
    });

    it('are read behind the #, which is not called', () => {
      const { url, overrides } = splitOverrides('https://example.com/hook#ct=200&rt=300&tt=400&rc=3&rp=5xx,ct,rt&sni=y');
      expect(url).to.equal('https://example.com/hook');
      expect(overrides).to.deep.include({ connectMs: 200, readMs: 300, totalMs: 400, retries: 3 });
      expect([...overrides.retryOn]).to.have.members(['5xx', 'ct', 'rt']);
      expect([...splitOverrides('x#rp=all').overrides.retryOn]).to.have.members(['4xx', '5xx', 'ct', 'rt']);
    });

    it('stay within their ranges, whatever stands there', () => {
      fc.assert(
        fc.property(fc.string(), fc.oneof(fc.integer(), fc.string()), (url, number) => {
          const { overrides } = splitOverrides(`${url}#rc=${number}&ct=${number}`);
          expect(overrides.retries).to.be.within(0, 5);
          expect(overrides.connectMs).to.be.within(100, 10_000);
        }),
      );
    });
  });
});
