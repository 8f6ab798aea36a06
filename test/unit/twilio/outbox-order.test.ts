import { expect } from 'chai';
import type { Center } from '../../../lib/center/center.ts';
import type { ClaimArgs } from '../../../lib/center/sending-contract.ts';
import { CenterError } from '../../../lib/domain/errors.ts';
import { HOUR_MS, LIMIT_TEXT } from '../../../lib/domain/session-window.ts';
import type { TemplateView } from '../../../lib/domain/template.ts';
import { createOutbox, isUrgent, type Outcome } from '../../../lib/twilio/outbox.ts';
import { Paces } from '../../../lib/twilio/pace.ts';
import { createSender } from '../../../lib/twilio/sender.ts';
import { createTemplates } from '../../../lib/twilio/templates.ts';
import { until } from '../../../scripts/node-red-process.ts';
import { CUSTOMER, json, serveApi, sidOf, temporaryCenter, testAccount, type TestClock } from './fixture.ts';
import { account, claim, customerWrites, FakeSender, TEMPLATE } from './outbox-fixture.ts';

describe('the outbox, beyond one message', () => {
  let center: Center;
  let clock: TestClock;
  let dispose: () => Promise<void>;
  let sender: FakeSender;

  beforeEach(async () => {
    ({ center, clock, dispose } = await temporaryCenter());
    sender = new FakeSender();
    await customerWrites(center);
  });
  afterEach(() => dispose());

  const outbox = (options: Partial<Parameters<typeof createOutbox>[0]> = {}) =>
    createOutbox({ center, account, sender, ...options });
  const texts = (): string[] => sender.sent.map(({ text }) => text);

  function messageOf(outcome: Outcome) {
    if (outcome.kind !== 'sent') throw new Error(`${outcome.kind}: ${outcome.kind === 'refused' ? String(outcome.error) : ''}`);
    return outcome.message;
  }

  describe('judges anew what has waited for Twilio', () => {
    const paces = (): Paces => {
      let ms = 0;
      const pass = (wait: number, act: () => void): void => {
        ms += wait;
        act();
      };
      return new Paces({ now: () => ms, later: (wait, act) => (setImmediate(pass, wait, act), () => {}) });
    };
    const busyOnce = (meanwhile: () => Promise<void>) => async (): Promise<void> => {
      if (sender.sent.length > 1) return;
      await meanwhile();
      throw new CenterError('TWILIO_REFUSED', 'Too much to do.', { twilioCode: 20429 });
    };

    it('and sends nothing to somebody who has written STOP since', async () => {
      sender.act = busyOnce(() => customerWrites(center, { sid: sidOf(1001), body: 'STOP' }));
      const outcome = await outbox({ paces: paces() }).submit(claim({ template: TEMPLATE, text: '' }));
      expect(outcome).to.have.nested.property('error.code', 'OPTED_OUT');
      expect(sender.sent).to.have.length(1);
    });

    it('and sends to somebody who has opened the window again since', async () => {
      clock.ms += 24 * HOUR_MS;
      sender.act = busyOnce(async () => {
        clock.ms += 1;
        await customerWrites(center, { sid: sidOf(1001) });
      });
      expect(await outbox({ paces: paces() }).submit(claim())).to.have.property('kind', 'sent');
    });
  });

  describe('cuts a long text', () => {
    const words = Array.from({ length: 700 }, (_, index) => `word${index}`);
    const long = words.join(' ');

    it('into messages of their own, in order, before what comes after', async () => {
      const road = outbox();
      const [outcome] = await Promise.all([road.submit(claim({ text: long })), road.submit(claim({ text: 'after' }))]);
      expect(outcome!.kind).to.equal('sent');
      const parts = [...(outcome!.earlier ?? []), messageOf(outcome!)];
      expect(parts).to.have.length.above(2);
      expect(new Set(parts.map(({ id }) => id)).size).to.equal(parts.length);
      expect(parts.flatMap(({ text }) => text.split(' '))).to.deep.equal(words);
      expect(texts()).to.deep.equal([...parts.map(({ text }) => text), 'after']);
    });

    it('the same way when the flow runs again: what is missing is sent, what is there is not', async () => {
      const answer = { inboundId: sidOf(1000), nodeId: 'out-1', nth: 0 };
      // As after a crash between the first part and the second.
      sender.act = () => (sender.sent.length === 2 ? Promise.reject(new Error('power cut')) : Promise.resolve());
      expect((await outbox().submit(claim({ answer, text: long }))).kind).to.equal('refused');
      sender.act = () => Promise.resolve();
      const before = sender.sent.length;
      expect((await outbox().submit(claim({ answer, text: long }))).kind).to.equal('sent');
      const again = texts().slice(before);
      expect(again).to.not.include(texts()[0]);
      // Whether the customer has the second part is not known, so it is not sent again.
      expect(again).to.not.include(texts()[1]);
      expect(again.length).to.equal([...new Set(texts())].length - 2);
      expect((await outbox().submit(claim({ answer, text: long }))).kind).to.equal('already');
    });

    it('and has taken up the customer’s message only with the last part', async () => {
      const handed = async (): Promise<boolean[]> => {
        const query = { accountIds: [account.id], instance: center.instance, limit: 64 };
        return (await center.run('takeInbound', query)).map(({ redelivered }) => redelivered);
      };
      const answer = { inboundId: sidOf(1000), nodeId: 'out-1', nth: 0 };
      expect(await handed()).to.deep.equal([false]);
      let powerIsBack = () => {};
      sender.act = () => new Promise((resolve) => (powerIsBack = resolve));
      const cut = outbox().submit(claim({ answer, text: long }));
      await until('the first part is at Twilio', () => sender.sent.length === 1);
      await center.run('reclaimHandovers', {});
      expect(await handed()).to.deep.equal([true]);

      sender.act = () => Promise.resolve();
      powerIsBack();
      expect((await cut).kind).to.equal('sent');
      await center.run('reclaimHandovers', {});
      expect(await handed()).to.deep.equal([]);
    });

    it('but sends no rest of an answer whose first part has failed', async () => {
      const answer = { inboundId: sidOf(1000), nodeId: 'out-1', nth: 0 };
      sender.act = () => Promise.reject(new CenterError('TWILIO_REFUSED', 'No.', { twilioCode: 63013 }));
      expect((await outbox().submit(claim({ answer, text: long }))).kind).to.equal('refused');
      sender.act = () => Promise.resolve();
      expect((await outbox().submit(claim({ answer, text: long }))).kind).to.equal('already');
      expect(sender.sent).to.have.length(1);
    });

    it('and stops when a part is refused', async () => {
      sender.act = () => (sender.sent.length === 2 ? Promise.reject(new Error('lost')) : Promise.resolve());
      const outcome = await outbox().submit(claim({ messageId: 'mine', text: long }));
      expect(outcome).to.include({ kind: 'refused' });
      expect(outcome.earlier?.map(({ id }) => id)).to.deep.equal(['mine']);
      expect(outcome).to.have.nested.property('message.id', 'mine+2');
      expect(sender.sent).to.have.length(2);
    });
  });

  describe('lets answers go before a mailing', () => {
    it('also when thousands wait, and keeps each customer’s order', async () => {
      const road = outbox({ account: testAccount({ rate: 2000 }) });
      const others = Array.from({ length: 120 }, (_, index) => `whatsapp:+1555800${String(index).padStart(4, '0')}`);
      const mailing = others.map((to) => road.submit(claim({ to, text: `mail ${to}`, template: TEMPLATE })));
      const reply = road.submit(claim({ text: 'answer', author: { kind: 'agent' } }));
      await Promise.all([...mailing, reply]);
      const at = sender.sent.findIndex(({ to }) => to === CUSTOMER);
      // Behind those that were on their way already, and before all others.
      expect(at).to.be.at.most(60);
      expect(sender.sent).to.have.length(121);
    });

    it('and knows which is which', () => {
      expect(isUrgent(claim())).to.equal(true);
      expect(isUrgent(claim({ template: TEMPLATE }))).to.equal(false);
      expect(isUrgent(claim({ template: TEMPLATE, author: { kind: 'agent' } }))).to.equal(true);
      const answer = { inboundId: 'x', nodeId: 'n', nth: 0 };
      expect(isUrgent(claim({ template: TEMPLATE, answer }))).to.equal(true);
    });
  });

  describe('looks at templates first', () => {
    const view: TemplateView = {
      contentSid: TEMPLATE.contentSid,
      name: 'welcome',
      language: 'en',
      kind: 'text',
      category: 'utility',
      body: 'Hello {{1}}',
      lines: [{ part: 'text', text: 'Hello {{1}}' }],
      variables: [{ key: '1', example: '' }],
      buttons: [],
      media: [],
      approval: 'approved',
      reason: null,
    };
    const contents = (status: string) => ({
      contents: [
        {
          sid: view.contentSid,
          friendly_name: 'welcome',
          language: 'en',
          variables: {},
          types: { 'twilio/text': { body: view.body } },
          approval_requests: { status },
        },
      ],
      meta: { key: 'contents', next_page_url: null },
    });

    async function withTemplates(status: string, test: (road: ReturnType<typeof outbox>) => Promise<void>): Promise<void> {
      const api = await serveApi((response) => json(response, 200, contents(status)));
      const templates = createTemplates(testAccount({ apiBaseUrl: api.url }));
      try {
        await test(outbox({ templates }));
      } finally {
        templates.close();
        await api.close();
      }
    }

    it('and keeps the text that the customer reads', () =>
      withTemplates('approved', async (road) => {
        clock.ms += 30 * HOUR_MS;
        const template = { contentSid: view.contentSid, variables: { 1: 'Ada\n"Lovelace"', 2: 'not asked for' } };
        const message = messageOf(await road.submit(claim({ text: '', template })));
        expect(message).to.deep.include({ type: 'template', text: 'Hello Ada "Lovelace"' });
        expect(sender.sent[0]!.template).to.deep.equal({ contentSid: view.contentSid, variables: { 1: 'Ada "Lovelace"' } });
      }));

    it('and refuses what Twilio would', () =>
      withTemplates('pending', async (road) => {
        const refusal = async (change: Partial<ClaimArgs>): Promise<string> => {
          const outcome = await road.submit(claim({ text: '', ...change }));
          return outcome.kind === 'refused' ? outcome.error.code : outcome.kind;
        };
        expect(await refusal({ template: { ...TEMPLATE, variables: {} } as never })).to.equal('TEMPLATE_VARIABLES');
        expect(await refusal({ template: { ...TEMPLATE, variables: { 1: ' ' } } })).to.equal('TEMPLATE_VARIABLES');
        expect(await refusal({ template: TEMPLATE })).to.equal('sent');
        clock.ms += 30 * HOUR_MS;
        expect(await refusal({ template: TEMPLATE })).to.equal('TEMPLATE_NOT_APPROVED');
        expect(sender.sent).to.have.length(1);
      }));

    it('also at the one that is sent instead of a text after the window', () =>
      withTemplates('approved', async (road) => {
        const fallback = { template: TEMPLATE, text: '' };
        expect(messageOf(await road.submit(claim({ fallback }))).type).to.equal('text');
        clock.ms += 30 * HOUR_MS;
        const message = messageOf(await road.submit(claim({ fallback, text: 'long '.repeat(1000) })));
        expect(message).to.deep.include({ type: 'template', text: 'Hello Ada', template: TEMPLATE });
        expect(sender.sent).to.have.length(2);
      }));

    it('and says what is wrong with that one rather than that the window is closed', () =>
      withTemplates('rejected', async (road) => {
        const fallback = { template: TEMPLATE, text: '' };
        expect((await road.submit(claim({ fallback }))).kind).to.equal('sent');
        clock.ms += 30 * HOUR_MS;
        const outcome = await road.submit(claim({ fallback }));
        expect(outcome).to.have.nested.property('error.code', 'TEMPLATE_NOT_APPROVED');
        const without = await road.submit(claim());
        expect(without).to.have.nested.property('error.message', LIMIT_TEXT);
      }));
  });

  it('goes through a storm of "too many requests" at a tenth of the rate, and loses nothing', async function () {
    this.timeout(30_000);
    const STORM_MS = 4000;
    let stormFrom = Infinity;
    const arrivals: number[] = [];
    const taken = new Set<string>();
    const api = await serveApi((response, call, count) => {
      const at = performance.now();
      arrivals.push(at);
      if (at >= stormFrom && at - stormFrom < STORM_MS) {
        json(response, 429, { code: 20429, message: 'Too Many Requests', status: 429 });
        return;
      }
      taken.add(String(call.form['Body']));
      json(response, 201, { sid: sidOf(count), status: 'queued' });
    });
    const here = testAccount({ apiBaseUrl: api.url });
    const real = createSender(here);
    try {
      const road = createOutbox({ center, account: here, sender: real });
      const customers = Array.from({ length: 60 }, (_, index) => `whatsapp:+1555700${String(index).padStart(4, '0')}`);
      for (const [index, to] of customers.entries()) await customerWrites(center, { sid: sidOf(2000 + index), from: to });
      // The first message loads Twilio's package, which takes its time.
      await road.submit(claim());
      taken.clear();
      stormFrom = performance.now();
      const outcomes = await Promise.all(customers.map((to) => road.submit(claim({ to, text: to }))));
      expect(outcomes.every(({ kind }) => kind === 'sent')).to.equal(true);
      expect(taken.size).to.equal(customers.length);
      const inStorm = arrivals.filter((at) => at >= stormFrom && at - stormFrom < STORM_MS).length;
      expect(inStorm / (STORM_MS / 1000)).to.be.at.most(8);
    } finally {
      real.close();
      await api.close();
    }
  });
});
