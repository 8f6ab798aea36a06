import { expect } from 'chai';
import { newSid } from '../../lib/simulator/state.ts';
import { until } from '../../scripts/node-red-process.ts';
import { CUSTOMER, SENDER } from '../unit/twilio/fixture.ts';
import { ACCOUNT_SID, bot, configNodes, node, recorder } from './support/flows.ts';
import { expectNoLeak } from './support/leaks.ts';
import { TwilioStub } from './support/twilio-stub.ts';
import { Victim } from './support/victim.ts';
import { Webhooks } from './support/webhooks.ts';

const MESSAGES = 200;
const TIMES = 50;
/** Messages whose copies are under way together; more at once is a flood, which is answered 503. */
const TOGETHER = 4;
const DAY_MS = 86_400_000;

/** Every table that a webhook could change, as one text. */
const TABLES = ['messages', 'conversations', 'customers', 'windows', 'events', 'early_statuses', 'offers'];

describe('the same webhook again (I4, T2)', () => {
  let victim: Victim;
  let webhooks: Webhooks;
  let twilio: TwilioStub;

  before(async () => {
    twilio = await TwilioStub.start();
    victim = await Victim.start((publicUrl) => [
      ...configNodes({ publicUrl, apiBaseUrl: twilio.url }),
      node('in', 'whatsapp-in', { account: 'account' }, 'emitted', 'status'),
      recorder('emitted', 'bot'),
      recorder('status'),
      bot('bot', 'out'),
      node('out', 'whatsapp-out', { account: '' }, [], []),
    ]);
    webhooks = new Webhooks(victim.port);
  });

  after(async () => {
    webhooks.close();
    await victim.dispose();
    await twilio.close();
  });

  const snapshot = (): string =>
    JSON.stringify(TABLES.map((table) => [table, victim.rows(`select * from ${table} order by rowid`)]));

  /** One customer each, so that nothing hides behind another's conversation. */
  const phone = (number: number): Record<string, string> => ({
    From: `whatsapp:+1555400${1000 + number}`,
    WaId: `1555400${1000 + number}`,
  });

  it(`${MESSAGES} messages, each ${TIMES} times at once, are ${MESSAGES} rows, conversations, emissions and answers`, async () => {
    const sids = Array.from({ length: MESSAGES }, () => newSid('SM'));
    const statuses: (number | null)[] = [];
    for (let first = 0; first < MESSAGES; first += TOGETHER) {
      const copies = sids.slice(first, first + TOGETHER).flatMap((sid, number) =>
        Array.from({ length: TIMES }, async () => {
          statuses.push((await webhooks.message(sid, phone(first + number))).status);
        }),
      );
      await Promise.all(copies);
    }
    expect(new Set(statuses)).to.deep.equal(new Set([200]));
    expect(statuses).to.have.length(MESSAGES * TIMES);
    await until('all are answered', () => twilio.creates.length >= MESSAGES);
    await until('all answers are recorded', () => victim.rows(`select 1 from messages where status = 'submitting'`).length === 0);

    const stored = victim.rows<{ id: string }>(`select id from messages where direction = 'inbound' order by id`);
    expect(stored.map(({ id }) => id)).to.deep.equal([...sids].sort());
    const opened = victim.rows(`select 1 from events where type = 'conversation.opened'`);
    const received = victim.rows(`select 1 from events where type = 'message.received'`);
    expect([opened.length, received.length]).to.deep.equal([MESSAGES, MESSAGES]);
    expect(victim.rows('select 1 from conversations')).to.have.length(MESSAGES);
    const emitted = victim.toldAt('emitted');
    expect(emitted.map(({ id }) => id)).to.have.members(sids);
    expect(emitted.filter(({ redelivered }) => redelivered)).to.deep.equal([]);
    for (const sid of sids) expect(twilio.count(`Answer to ${sid}`)).to.equal(1);
  });

  it('a webhook captured seven days ago changes nothing, wakes nothing and is answered 200', async () => {
    const sid = newSid('SM');
    expect((await webhooks.message(sid, { From: CUSTOMER })).status).to.equal(200);
    await until('it is answered', () => twilio.count(`Answer to ${sid}`) === 1);
    const answer = twilio.creates.at(-1)!;
    const callback = new URL(answer.statusCallback);
    const report = (status: string, fields: Record<string, string> = {}): Promise<{ status: number | null }> =>
      webhooks.post(callback.pathname + callback.search, {
        MessageSid: answer.sid,
        SmsSid: answer.sid,
        MessageStatus: status,
        SmsStatus: status,
        To: CUSTOMER,
        From: SENDER,
        AccountSid: ACCOUNT_SID,
        ApiVersion: '2010-04-01',
        ...fields,
      });
    for (const status of ['sent', 'delivered', 'read']) expect((await report(status)).status).to.equal(200);
    await until('the flow knows', () => victim.toldAt('status').length >= 4);

    // A week passes: conversations end with their windows, and a day later what nobody stored is gone.
    await pass(6);
    await until('no conversation is live', () => victim.rows(`select 1 from conversations where state != 'closed'`).length === 0);
    await pass(1);
    await until('no content is left', () => victim.rows('select 1 from conversations where content_released = 0').length === 0);
    await until('the flow has seen everything', () => victim.rows('select 1 from messages where feed_state < 2').length === 0);

    const before = snapshot();
    const told = victim.told.length;
    expect((await webhooks.message(sid, { From: CUSTOMER })).status).to.equal(200);
    for (const status of ['sent', 'delivered', 'read', 'failed']) {
      const error: Record<string, string> =
        status === 'failed' ? { ErrorCode: '63016', ErrorMessage: 'Outside the allowed window' } : {};
      expect((await report(status, error)).status).to.equal(200);
    }
    // A new message behind it shows that the flow has had its turn.
    expect(snapshot()).to.equal(before);
    const behind = newSid('SM');
    expect((await webhooks.message(behind, { From: CUSTOMER })).status).to.equal(200);
    await until('the flow has had its turn', () => victim.told.slice(told).some(({ id }) => id === behind));
    expect(victim.told.slice(told).filter(({ id }) => id === sid || id === answer.sid)).to.deep.equal([]);
    expect(twilio.count(`Answer to ${sid}`)).to.equal(1);
  });

  it('leaves no text, name or secret in the log (I26)', () => expectNoLeak(victim));

  /** So many days go by, seen from the store: every time in it is moved back while Node-RED is being restarted. */
  async function pass(days: number): Promise<void> {
    const columns: Record<string, string[]> = {
      messages: ['created_at', 'submitted_at', 'handed_at'],
      conversations: ['opened_at', 'queued_at', 'accepted_at', 'ended_at', 'closed_at', 'last_message_at'],
      windows: ['last_customer_at', 'refused_at'],
      customers: ['created_at'],
      events: ['at'],
    };
    await victim.stop();
    victim.withStore((db) => {
      for (const [table, names] of Object.entries(columns)) {
        db.exec(`update ${table} set ${names.map((name) => `${name} = ${name} - ${days * DAY_MS}`).join(', ')}`);
      }
    });
    await victim.launch();
  }
});
