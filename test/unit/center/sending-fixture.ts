import type { ClaimArgs } from '../../../lib/center/sending-contract.ts';
import type { MessageView } from '../../../lib/center/views.ts';
import { ACCOUNT, CUSTOMER, SENDER, TestCenter } from '../../support/center.ts';

export const TEMPLATE = { contentSid: `HX${'0a'.repeat(16)}`, variables: { 1: 'Ann' } };
export const OTHER = 'whatsapp:+15551230002';

export const claim = (change: Partial<ClaimArgs> = {}): ClaimArgs => ({
  messageId: null,
  answer: null,
  accountId: ACCOUNT,
  from: SENDER,
  to: CUSTOMER,
  text: 'Hello',
  template: null,
  author: { kind: 'flow', id: 'out' },
  conversationId: null,
  ...change,
});

/** An agent with a queue of theirs, in a center of its own. */
export class Sending {
  test!: TestCenter;
  agentId = '';
  queueId = '';

  static async open(): Promise<Sending> {
    const sending = new Sending();
    sending.test = await TestCenter.open();
    sending.queueId = await sending.test.queue();
    sending.agentId = await sending.test.agent('sam');
    return sending;
  }

  readonly run: TestCenter['center']['run'] = (name, args) => this.test.center.run(name, args);

  readonly activeConversation = async (): Promise<string> => {
    const conversationId = await this.test.queued(this.queueId);
    await this.run('accept', { conversationId, agentId: this.agentId });
    return conversationId;
  };

  readonly messagesOf = async (conversationId: string): Promise<MessageView[]> =>
    (await this.test.center.query('messages', { conversationId, agentId: this.agentId, limit: 50 })).messages;

  readonly statusOf = async (conversationId: string, id: string): Promise<string> =>
    (await this.messagesOf(conversationId)).find((one) => one.id === id)!.message.status;

  /** Claims and reports what Twilio says of it. */
  readonly failAtTwilio = async (messageId: string, twilioCode: number): Promise<void> => {
    const sid = `SM${messageId}`;
    await this.run('claimOutbound', claim({ messageId, text: '' }));
    await this.run('recordSent', { messageId, sid, status: 'queued' });
    const report = { accountId: ACCOUNT, sid, messageId, status: 'undelivered', errorMessage: 'As Twilio says.' };
    await this.run('receiveStatus', { ...report, errorCode: twilioCode });
  };
}
