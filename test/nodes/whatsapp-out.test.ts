import { expect } from 'chai';
import type { FlowMessage } from '../../lib/node-red/runtime-api.ts';
import type { PhoneClient } from '../support/phone-client.ts';
import { config, onTab, TestRuntime } from './support/test-runtime.ts';

const ADA = '+15550100101';
const BUSINESS = 'whatsapp:+15550100100';

const flow = (out: object = {}, account: object = {}): object[] => [
  ...config({ mode: 'simulator', publicUrl: '', ...account }),
  ...onTab(
    { id: 'in', type: 'whatsapp-in', account: 'account', wires: [['got'], ['statuses']] },
    { id: 'got', type: 'probe', wires: [] },
    { id: 'statuses', type: 'probe', wires: [] },
    { id: 'out', type: 'whatsapp-out', name: 'Answer', account: '', wires: [['sent'], ['refused']], ...out },
    { id: 'sent', type: 'probe', wires: [] },
    { id: 'refused', type: 'probe', wires: [] },
    { id: 'catch', type: 'catch', scope: null, wires: [['caught']] },
    { id: 'caught', type: 'probe', wires: [] },
    { id: 'complete', type: 'complete', scope: ['out'], wires: [['completed']] },
    { id: 'completed', type: 'probe', wires: [] },
  ),
];

const SECOND = {
  id: 'second',
  type: 'whatsapp-account',
  mode: 'simulator',
  center: 'center',
  path: '/two',
  sender: 'whatsapp:+15550100222',
};

describe('whatsapp-out', () => {
  let runtime: TestRuntime;
  let phone: PhoneClient;

  beforeEach(async () => {
    runtime = await TestRuntime.start(flow());
    phone = await runtime.phone();
  });
  afterEach(() => runtime.stop());

  async function written(text = 'Hello'): Promise<FlowMessage> {
    await phone.write(ADA, text);
    return runtime.inbox('got').next();
  }

  /** What the customer has read, once the last of it is there. */
  async function shown(last: string): Promise<string[]> {
    await phone.receives(ADA, last);
    return (await phone.received(ADA)).map(({ text }) => text);
  }

  it('answers the sender of a message that is passed on with a new payload', async () => {
    const message = await written();
    runtime.send('out', { ...message, payload: 'Hi Ada', extra: { kept: true } });
    const sent = await runtime.inbox('sent').next();
    expect(sent).to.deep.include({ topic: ADA, payload: 'Hi Ada', extra: { kept: true } });
    expect(sent.whatsapp).to.deep.include({
      direction: 'outbound',
      type: 'text',
      text: 'Hi Ada',
      from: BUSINESS,
      to: `whatsapp:${ADA}`,
      author: { kind: 'flow', id: 'out', name: 'Answer' },
    });
    expect((sent.whatsapp as { sid: string }).sid).to.match(/^(SM|MM)[0-9a-f]{32}$/);
    expect((sent.conversation as { id: string }).id).to.equal((message.conversation as { id: string }).id);
    expect(await shown('Hi Ada')).to.deep.equal(['Hi Ada']);
    await runtime.inbox('statuses').next(({ payload }) => payload === 'delivered');
  });

  it('sends each of several answers to one message, also when a Split node took the message id away', async () => {
    const message = await written();
    for (const text of ['One', 'Two', 'Three']) runtime.send('out', { ...message, _msgid: `part-${text}`, payload: text });
    await runtime.inbox('sent').take(3);
    expect(await shown('Three')).to.have.members(['One', 'Two', 'Three']);
  });

  it('does not answer a redelivered message twice', async () => {
    const message = await written();
    runtime.send('out', { ...message, payload: 'Answer 1' });
    await runtime.inbox('sent').next();
    await shown('Answer 1');
    // The process ends before the flow has sent its second answer.
    await runtime.unload();
    await runtime.load(flow());
    await runtime.simulator();
    const center = await runtime.center();
    const conversation = await center.query('conversation', { conversationId: (message.conversation as { id: string }).id });
    const again = { topic: ADA, whatsapp: message.whatsapp, conversation, redelivered: true, _msgid: 'another' };
    runtime.send('out', { ...again, payload: 'Answer 1' });
    await runtime.inbox('completed').next();
    runtime.send('out', { ...again, payload: 'Answer 2' });
    expect((await runtime.inbox('sent').next()).payload).to.equal('Answer 2');
    expect(await shown('Answer 2')).to.have.members(['Answer 1', 'Answer 2']);
    expect(runtime.inbox('refused').all).to.be.empty;
  });

  it('sends a new message to somebody in the session', async () => {
    await written();
    runtime.send('out', { topic: ADA, payload: 42 });
    const sent = await runtime.inbox('sent').next();
    expect(sent.whatsapp).to.include({ text: '42', from: BUSINESS });
  });

  it('sends an id that a flow chose once', async () => {
    await written();
    const chosen = (): FlowMessage => ({ topic: ADA, payload: 'Reminder', whatsapp: { id: 'reminder-7' } });
    runtime.send('out', chosen());
    await runtime.inbox('sent').next();
    runtime.send('out', chosen());
    expect((await runtime.inbox('refused').next()).error).to.include({ code: 'ALREADY_SENT' });
  });

  it('keeps the order of one customer’s messages', async () => {
    const message = await written();
    const texts = Array.from({ length: 12 }, (_, index) => `Line ${index}`);
    for (const text of texts) runtime.send('out', { ...message, payload: text });
    await runtime.inbox('sent').take(12);
    expect(await shown('Line 11')).to.deep.equal(texts);
  });

  it('refuses what cannot be sent, with a code, and completes', async () => {
    const message = await written();
    const refusals: [object, string][] = [
      [{ ...message, payload: '' }, 'EMPTY_TEXT'],
      [{ ...message, payload: { a: 1 } }, 'EMPTY_TEXT'],
      [{ ...message, payload: 'x'.repeat(16_001) }, 'TEXT_TOO_LONG'],
      [{ ...message, whatsapp: { ...(message.whatsapp as object), template: { contentSid: 'HX1' } } }, 'INVALID_TEMPLATE'],
      [{ payload: 'Hello' }, 'NO_RECIPIENT'],
      [{ topic: '0049 123', payload: 'Hello' }, 'INVALID_RECIPIENT'],
      [{ topic: '+15559990000', payload: 'Hello' }, 'SESSION_NONE'],
      [{ ...message, payload: 'Hello', conversation: { id: 'nowhere' } }, 'UNKNOWN_CONVERSATION'],
    ];
    for (const [given, code] of refusals) {
      runtime.send('out', given as FlowMessage);
      const refused = await runtime.inbox('refused').next();
      expect(refused.error, JSON.stringify(given).slice(0, 80)).to.include({ code });
      expect(refused.error).to.have.deep.property('source', { id: 'out', type: 'whatsapp-out', name: 'Answer' });
    }
    expect(await runtime.inbox('completed').take(refusals.length)).to.have.length(refusals.length);
    expect(await phone.received(ADA)).to.be.empty;
  });

  it('refuses past the 24 hours, although no guard stands before it', async () => {
    const message = await written();
    await phone.skipHours(25);
    runtime.send('out', { ...message, payload: 'Late' });
    expect((await runtime.inbox('refused').next()).error).to.include({ code: 'SESSION_EXPIRED' });
    expect(await phone.received(ADA)).to.be.empty;
  });

  it('sends a template instead of a text, also past the 24 hours', async () => {
    await written();
    await phone.skipHours(25);
    const template = { contentSid: 'HX24000000000000000000000000000001', variables: { 1: 7 } };
    runtime.send('out', { topic: ADA, payload: 'ignored', whatsapp: { template } });
    const { whatsapp } = await runtime.inbox('sent').next();
    expect(whatsapp).to.deep.include({ type: 'template', template: { contentSid: template.contentSid, variables: { 1: '7' } } });
  });

  it('says that Twilio refused, with its number', async () => {
    const message = await written();
    const template = { contentSid: `HX${'0'.repeat(32)}`, variables: {} };
    runtime.send('out', { ...message, whatsapp: { ...(message.whatsapp as object), template } });
    const { error, whatsapp } = await runtime.inbox('refused').next();
    expect(error).to.include({ code: 'TWILIO_REFUSED' }).and.have.property('twilioCode');
    expect(whatsapp).to.include({ direction: 'outbound', status: 'failed' });
  });

  it('makes a refusal an error for Catch where output 2 leads nowhere', async () => {
    await runtime.deploy(flow({ wires: [['sent'], []] }));
    runtime.send('out', { topic: 'Ada', payload: 'Hello' });
    const caught = await runtime.inbox('caught').next();
    expect(caught.payload).to.equal('Hello');
    expect((caught.error as { message: string }).message).to.match(/^The recipient is neither/);
  });

  it('refuses a conversation with another account than the node’s', async () => {
    await runtime.deploy([...flow({ account: 'second' }), SECOND]);
    const message = await written();
    runtime.send('out', { ...message, payload: 'Hello' });
    expect((await runtime.inbox('refused').next()).error).to.include({ code: 'ACCOUNT_MISMATCH' });
  });

  it('asks which of two accounts should send to somebody new, unless the node says it', async () => {
    await runtime.deploy([...flow(), SECOND]);
    runtime.send('out', { topic: '+15559990000', payload: 'Hello' });
    expect((await runtime.inbox('refused').next()).error).to.include({ code: 'SENDER_AMBIGUOUS' });
    await runtime.deploy([...flow({ account: 'second' }), SECOND]);
    runtime.send('out', { topic: '+15559990000', payload: 'Hello' });
    expect((await runtime.inbox('refused').next()).error).to.include({ code: 'SESSION_NONE' });
  });
});
