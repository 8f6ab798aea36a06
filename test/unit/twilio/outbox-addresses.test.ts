import { expect } from 'chai';
import type { Center } from '../../../lib/center/center.ts';
import type { ClaimArgs } from '../../../lib/center/sending-contract.ts';
import { CenterError } from '../../../lib/domain/errors.ts';
import { parseInbound } from '../../../lib/twilio/incoming/parse-inbound.ts';
import { createOutbox, type Outbox } from '../../../lib/twilio/outbox.ts';
import type { WaitingRoom } from '../../../lib/twilio/waiting/waiting-room.ts';
import { until } from '../../support/turns.ts';
import { CUSTOMER, inboundForm, sidOf, temporaryCenter } from './fixture.ts';
import { account, claim as anyClaim, FakeSender, roomIn, TEMPLATE } from './outbox-fixture.ts';
import { FakeTime } from './waiting/fake-time.ts';

/** The same customer's user id. */
const USER_ID = 'whatsapp:US.13491208655302741918';
const OTHER = 'whatsapp:+15557654321';

describe('a customer with a number and a user id', () => {
  let center: Center;
  let dispose: () => Promise<void>;
  let twilio: FakeSender;
  /** What Twilio has got: the texts, and whom templates went to. */
  let calls: string[];
  let away: boolean;
  /** The one with which Twilio takes its time. */
  let slowWith: string | null;
  let answer: () => void;
  let time: FakeTime;
  let room: WaitingRoom;
  let outbox: Outbox;
  let conversationId: string;

  beforeEach(async () => {
    ({ center, dispose } = await temporaryCenter());
    twilio = new FakeSender();
    [calls, away, slowWith] = [[], false, null];
    twilio.act = async ({ text, template, to }) => {
      if (away) throw new CenterError('TWILIO_UNREACHABLE', 'Not there.');
      const name = template === null ? text : to;
      const sid = sidOf(calls.push(name));
      if (name === slowWith) await new Promise<void>((resolve) => (answer = resolve));
      return { sid, status: 'queued' };
    };
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
    room = roomIn(time);
    outbox = createOutbox({ center, account, sender: twilio, room });
  }

  const claim = (text: string, to: string, changes: Partial<ClaimArgs> = {}): ClaimArgs =>
    anyClaim({ text, to, conversationId, ...changes });

  it('gets the messages of a conversation in order, whichever of the two they go to', async () => {
    slowWith = 'one';
    const outcomes = [
      outbox.submit(claim('one', CUSTOMER)),
      outbox.submit(claim('two', USER_ID)),
      outbox.submit(claim('three', CUSTOMER)),
      // Of its own accord, without a conversation: the address tells.
      outbox.submit(claim('four', USER_ID, { conversationId: null })),
    ];
    await until(() => calls.length > 0);
    expect((await outbox.submit(claim('else', OTHER, { conversationId: null }))).kind).to.equal('sent');
    expect(calls).to.deep.equal(['one', 'else']);
    answer();
    expect((await Promise.all(outcomes)).map(({ kind }) => kind)).to.deep.equal(Array(4).fill('sent'));
    expect(calls).to.deep.equal(['one', 'else', 'two', 'three', 'four']);
  });

  it('gets them in order also when they had to wait for Twilio, and after a new start', async () => {
    const texts = ['one', 'two', 'three', 'four'];
    away = true;
    for (const [index, text] of texts.entries())
      await new Promise<void>((resolve) => {
        void outbox.submit(claim(text, index % 2 === 0 ? CUSTOMER : USER_ID), resolve);
      });
    expect(room.size).to.equal(4);
    room.close();
    start();
    outbox.resume(await center.query('postponed', { accountId: account.id }));
    const last = outbox.submit(claim('five', USER_ID));
    away = false;
    slowWith = 'one';
    time.next();
    await until(() => calls.length > 0);
    answer();
    expect((await last).kind).to.equal('sent');
    expect(calls).to.deep.equal([...texts, 'five']);
  });

  it('does not hold a mailing up that a flow sends on behalf of one conversation', async () => {
    slowWith = CUSTOMER;
    const slow = outbox.submit(claim('', CUSTOMER, { template: TEMPLATE }));
    expect((await outbox.submit(claim('', OTHER, { template: TEMPLATE }))).kind).to.equal('sent');
    expect(calls).to.deep.equal([CUSTOMER, OTHER]);
    answer();
    expect((await slow).kind).to.equal('sent');
  });
});
