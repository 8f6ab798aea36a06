import type { Center } from '../../../lib/center/center.ts';
import type { ClaimArgs } from '../../../lib/center/sending-contract.ts';
import { parseInbound } from '../../../lib/twilio/incoming/parse-inbound.ts';
import type { Found, Sender, SendRequest, Taken } from '../../../lib/twilio/sender.ts';
import { Line } from '../../../lib/twilio/waiting/line.ts';
import { WaitingRoom } from '../../../lib/twilio/waiting/waiting-room.ts';
import { CUSTOMER, inboundForm, SENDER, sidOf, testAccount } from './fixture.ts';
import type { FakeTime } from './waiting/fake-time.ts';

export const account = testAccount();
export const TEMPLATE = { contentSid: `HX${'0a'.repeat(16)}`, variables: { 1: 'Ada' } };

/** A flow's text to the customer, as it is given to the outbox. */
export function claim(changes: Partial<ClaimArgs> = {}): ClaimArgs {
  return {
    messageId: null,
    answer: null,
    accountId: account.id,
    from: SENDER,
    to: CUSTOMER,
    text: 'Good morning',
    template: null,
    author: { kind: 'flow' },
    conversationId: null,
    ...changes,
  };
}

/** A customer's message is in the store. */
export async function customerWrites(
  center: Center,
  { sid = sidOf(1000), from = CUSTOMER, body }: { sid?: string; from?: string; body?: string } = {},
): Promise<void> {
  const message = parseInbound(inboundForm(sid, { From: from, ...(body === undefined ? {} : { Body: body }) }), center.now());
  await center.run('receive', { accountId: account.id, message, routed: true });
}

/** What the store has of a message to the customer. */
export async function statusOf(center: Center, messageId: string): Promise<string | undefined> {
  await center.run('keepMessage', { messageId });
  return (await center.query('transcript', { address: CUSTOMER })).find(({ id }) => id === messageId)?.status;
}

/** A waiting room whose pauses a test lets run out, and in which nothing is left to chance. */
export function roomIn({ later }: FakeTime): WaitingRoom {
  return new WaitingRoom({ line: new Line({ random: () => 0.5, later }), later });
}

/** Stands where Twilio is; what it does with the nth message is the test's, else it takes it. */
export class FakeSender implements Sender {
  readonly sent: SendRequest[] = [];
  act: (request: SendRequest, count: number) => Promise<Taken | void> = () => Promise.resolve();
  find: () => Promise<Found | null> = () => Promise.resolve(null);

  async send(request: SendRequest): Promise<Taken> {
    this.sent.push(request);
    const count = this.sent.length;
    return (await this.act(request, count)) ?? { sid: sidOf(count), status: 'queued' };
  }

  ready(): Promise<void> {
    return Promise.resolve();
  }

  lookUp(): Promise<Found | null> {
    return this.find();
  }

  close(): void {}
}
