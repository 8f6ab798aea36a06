import { expect } from 'chai';
import type { Center } from '../../../lib/center/center.ts';
import type { ClaimArgs } from '../../../lib/center/contract.ts';
import { CenterError } from '../../../lib/domain/errors.ts';
import { parseInbound } from '../../../lib/twilio/incoming/parse-inbound.ts';
import { createOutbox, type Outbox } from '../../../lib/twilio/outbox.ts';
import type { Sender, SendRequest, Taken } from '../../../lib/twilio/sender.ts';
import { Line } from '../../../lib/twilio/waiting/line.ts';
import { WaitingRoom } from '../../../lib/twilio/waiting/waiting-room.ts';
import { CUSTOMER, inboundForm, SENDER, sidOf, temporaryCenter, testAccount } from './fixture.ts';
import { FakeTime } from './waiting/fake-time.ts';

const account = testAccount();
/** The same customer's user id. */
const USER_ID = 'whatsapp:US.13491208655302741918';
const OTHER = 'whatsapp:+15557654321';
const TEMPLATE = { contentSid: `HX${'0a'.repeat(16)}`, variables: {} };

/** Twilio, which may be slow with one message, or away. */
class Twilio implements Sender {
  readonly calls: string[] = [];
  away = false;
  slowWith: string | null = null;
  #answer: () => void = () => {};

  ready(): Promise<void> {
    return Promise.resolve();
  }

  async send({ text, template, to }: SendRequest): Promise<Taken> {
    if (this.away) throw new CenterError('TWILIO_UNREACHABLE', 'Not there.');
    const name = template === null ? text : to;
    this.calls.push(name);
    const sid = sidOf(this.calls.length);
    if (name === this.slowWith) await new Promise<void>((resolve) => (this.#answer = resolve));
    return { sid, status: 'queued' };
  }

  answer(): void {
    this.#answer();
  }

  lookUp(): Promise<null> {
    return Promise.resolve(null);
  }

  close(): void {}
}

describe('a customer with a number and a user id', () => {
  let center: Center;
  let dispose: () => Promise<void>;
  let twilio: Twilio;
  let time: FakeTime;
  let room: WaitingRoom;
  let outbox: Outbox;
  let conversationId: string;

  beforeEach(async () => {
    ({ center, dispose } = await temporaryCenter());
    twilio = new Twilio();
    start();
    const inbound: Record<string, string>[] = [{ ExternalUserId: USER_ID }, { From: USER_ID }, { From: OTHER }];
    for (const [index, fields] of inbound.entries()) {
      const message = parseInbound(inboundForm(sidOf(1000 + index), fields), center.now());
      await center.run('receive', { accountId: account.id, message, routed: true });
    }
    const handed = await center.run('takeInbound', { accountIds: [account.id], instance: center.instance, limit: 10 });
    conversationId = handed[0]!.conversation.id!;
    expect(handed[1]!.conversation.id, 'both addresses are one conversation').to.equal(conversationId);
  });

  afterEach(async () => {
    room.close();
    await outbox.idle();
    await dispose();
  });

  /** A process begins. */
  function start(): void {
    time = new FakeTime();
    room = new WaitingRoom({ line: new Line({ random: () => 0.5, later: time.later }), later: time.later });
    outbox = createOutbox({ center, account, sender: twilio, room });
  }

  function claim(text: string, to: string, changes: Partial<ClaimArgs> = {}): ClaimArgs {
    const whole = { messageId: null, answer: null, accountId: account.id, from: SENDER, to, text, template: null };
    return { ...whole, author: { kind: 'flow' }, conversationId, ...changes };
  }

  async function until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise((resolve) => setImmediate(resolve));
  }

  it('gets the messages of a conversation in order, whichever of the two they go to', async () => {
    twilio.slowWith = 'one';
    const outcomes = [
      outbox.submit(claim('one', CUSTOMER)),
      outbox.submit(claim('two', USER_ID)),
      outbox.submit(claim('three', CUSTOMER)),
      // Of its own accord, without a conversation: the address tells.
      outbox.submit(claim('four', USER_ID, { conversationId: null })),
    ];
    await until(() => twilio.calls.length > 0);
    expect((await outbox.submit(claim('else', OTHER, { conversationId: null }))).kind).to.equal('sent');
    expect(twilio.calls).to.deep.equal(['one', 'else']);
    twilio.answer();
    expect((await Promise.all(outcomes)).map(({ kind }) => kind)).to.deep.equal(Array(4).fill('sent'));
    expect(twilio.calls).to.deep.equal(['one', 'else', 'two', 'three', 'four']);
  });

  it('gets them in order also when they had to wait for Twilio, and after a new start', async () => {
    const texts = ['one', 'two', 'three', 'four'];
    twilio.away = true;
    for (const [index, text] of texts.entries())
      await new Promise<void>((resolve) => {
        void outbox.submit(claim(text, index % 2 === 0 ? CUSTOMER : USER_ID), resolve);
      });
    expect(room.size).to.equal(4);
    room.close();
    start();
    outbox.resume(await center.query('postponed', { accountId: account.id }));
    const last = outbox.submit(claim('five', USER_ID));
    twilio.away = false;
    twilio.slowWith = 'one';
    time.next();
    await until(() => twilio.calls.length > 0);
    twilio.answer();
    expect((await last).kind).to.equal('sent');
    expect(twilio.calls).to.deep.equal([...texts, 'five']);
  });

  it('does not hold a mailing up that a flow sends on behalf of one conversation', async () => {
    twilio.slowWith = CUSTOMER;
    const slow = outbox.submit(claim('', CUSTOMER, { template: TEMPLATE }));
    expect((await outbox.submit(claim('', OTHER, { template: TEMPLATE }))).kind).to.equal('sent');
    expect(twilio.calls).to.deep.equal([CUSTOMER, OTHER]);
    twilio.answer();
    expect((await slow).kind).to.equal('sent');
  });
});
