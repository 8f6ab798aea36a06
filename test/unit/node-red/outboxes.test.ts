import { expect } from 'chai';
import type { ServerResponse } from 'node:http';
import type { Center } from '../../../lib/center/center.ts';
import { AccountSlot } from '../../../lib/node-red/accounts/account-slot.ts';
import { closeOutbox, outboxOf } from '../../../lib/node-red/accounts/outboxes.ts';
import { InboundFeed } from '../../../lib/node-red/feeding/inbound-feed.ts';
import { parseInbound } from '../../../lib/twilio/incoming/parse-inbound.ts';
import type { Outbox, Submission } from '../../../lib/twilio/outbox.ts';
import { CUSTOMER, inboundForm, json, SENDER, serveApi, sidOf, temporaryCenter, testAccount } from '../twilio/fixture.ts';
import { until } from '../../../scripts/node-red-process.ts';

const OTHER = 'whatsapp:+15557654321';

describe('the outbox of an account', () => {
  let center: Center;
  let dispose: () => Promise<void>;
  let api: Awaited<ReturnType<typeof serveApi>>;
  let slot: AccountSlot;
  /** The answer to the message "One", which takes its time. */
  let answerOne: (() => void) | null;

  const takes = (response: ServerResponse, count: number): void => json(response, 201, { sid: sidOf(count), status: 'queued' });

  beforeEach(async () => {
    ({ center, dispose } = await temporaryCenter());
    answerOne = null;
    api = await serveApi((response, { form }, count) => {
      if (form['Body'] === 'One') answerOne = () => takes(response, count);
      else takes(response, count);
    });
    slot = new AccountSlot('/whatsapp', (self) => new InboundFeed(self, { clone: (message) => message, onError: () => {} }));
    slot.ready = Promise.resolve(center);
    slot.account = testAccount({ apiBaseUrl: api.url });
    for (const [index, from] of [CUSTOMER, OTHER].entries()) {
      const message = parseInbound(inboundForm(sidOf(1000 + index), { From: from }), center.now());
      await center.run('receive', { accountId: slot.account.id, message, routed: true });
    }
  });

  afterEach(async () => {
    await closeOutbox(slot);
    await api.close();
    await dispose();
  });

  function message(text: string, to = CUSTOMER): Submission {
    const whole = { messageId: null, answer: null, accountId: 'account-1', from: SENDER, to, text, template: null };
    return { ...whole, author: { kind: 'flow' }, conversationId: null };
  }

  const bodies = (): unknown[] => api.calls.map(({ form }) => form['Body']);
  const passwords = (): (string | undefined)[] =>
    api.calls.map(({ headers }) => Buffer.from(headers.authorization!.slice('Basic '.length), 'base64').toString().split(':')[1]);

  it('keeps a customer’s order when token and rate are changed while messages are under way', async () => {
    const before: Outbox = await outboxOf(slot);
    const outcomes = [before.submit(message('One')), before.submit(message('Two'))];
    await until('the first is at Twilio', () => answerOne !== null);
    slot.account = { ...slot.account!, authTokens: ['f'.repeat(32)], rate: 20 };
    const after = await outboxOf(slot);
    expect(after).to.not.equal(before);
    outcomes.push(after.submit(message('Three')));
    expect((await after.submit(message('To somebody else', OTHER))).kind).to.equal('sent');
    expect(bodies()).to.deep.equal(['One', 'To somebody else']);
    answerOne!();
    expect((await Promise.all(outcomes)).map(({ kind }) => kind)).to.deep.equal(['sent', 'sent', 'sent']);
    expect(bodies()).to.deep.equal(['One', 'To somebody else', 'Two', 'Three']);
    const [old, changed] = [testAccount().authTokens[0], 'f'.repeat(32)];
    expect(passwords()).to.deep.equal([old, changed, old, changed]);
  });
});
