import { expect } from 'chai';
import type { ConversationSnapshot, WhatsAppMessage } from '../../lib/domain/message.ts';
import type { FlowMessage } from '../../lib/node-red/runtime-api.ts';
import type { PhoneClient } from '../support/phone-client.ts';
import { config, onTab, TestRuntime } from './support/test-runtime.ts';

/** Knows us by nothing yet. */
const NOAH = '+15550100102';
const HIDDEN = 'US.13491208655302741918';
const BUSINESS = 'whatsapp:+15550100100';
const CONTINUE = 'HX24000000000000000000000000000001';

const flow = (): object[] => [
  ...config({ mode: 'simulator', publicUrl: '' }),
  ...onTab(
    { id: 'in', type: 'whatsapp-in', account: 'account', wires: [['got'], []] },
    { id: 'got', type: 'probe', wires: [] },
    { id: 'out', type: 'whatsapp-out', account: '', wires: [['sent'], ['refused']] },
    { id: 'sent', type: 'probe', wires: [] },
    { id: 'refused', type: 'probe', wires: [] },
    { id: 'agents', type: 'notify-agent', center: 'center', queue: 'Support', wires: [['out'], ['events']] },
    { id: 'events', type: 'probe', wires: [] },
  ),
];

describe('a flow that writes first', () => {
  let runtime: TestRuntime;
  let phone: PhoneClient;

  beforeEach(async () => {
    runtime = await TestRuntime.start(flow());
    phone = await runtime.phone();
  });
  afterEach(() => runtime.stop());

  const conversationOf = (message: FlowMessage): ConversationSnapshot => message.conversation as ConversationSnapshot;

  /** A template goes to somebody; resolves with what left. */
  async function begin(topic: string, more: object = {}): Promise<FlowMessage> {
    runtime.send('out', { topic, whatsapp: { template: { contentSid: CONTINUE, variables: { 1: 'Noah' } } }, ...more });
    return runtime.inbox('sent').next();
  }

  it('opens a conversation with a template, and the customer’s answer belongs to it', async () => {
    const sent = await begin(NOAH);
    expect(sent.whatsapp).to.include({ type: 'template', direction: 'outbound', from: BUSINESS, to: `whatsapp:${NOAH}` });
    const begun = conversationOf(sent);
    expect(begun).to.deep.include({ state: 'open', handledBy: 'flow', queue: null, agent: null });
    expect(begun.customer).to.include({ address: NOAH, authenticated: false });
    expect(begun.session).to.include({ open: false, lastCustomerMessageAt: null });
    const opened = await runtime.inbox('events').next(({ payload }) => payload === 'conversation.opened');
    expect(conversationOf(opened).id).to.equal(begun.id);
    await phone.receives(NOAH, 'Noah');

    await phone.write(NOAH, 'Yes, please');
    const answer = await runtime.inbox('got').next();
    expect(conversationOf(answer)).to.deep.include({ id: begun.id, isNew: false, state: 'open', handledBy: 'flow' });
    expect(conversationOf(answer).session.open).to.equal(true);
  });

  it('may put it into a queue at once; then the answer is the agents’', async () => {
    const sent = await begin(NOAH);
    runtime.send('agents', sent);
    const queued = await runtime.inbox('events').next(({ payload }) => payload === 'conversation.queued');
    expect(conversationOf(queued)).to.deep.include({ id: conversationOf(sent).id, handledBy: 'queue' });
    await phone.write(NOAH, 'Yes, please');
    const answer = await runtime.inbox('got').next();
    expect(conversationOf(answer)).to.deep.include({ id: conversationOf(sent).id, isNew: false, handledBy: 'queue' });
  });

  it('or leaves that to the answer: notify-agent queues the same conversation', async () => {
    const sent = await begin(HIDDEN);
    await phone.write(HIDDEN, 'Who is this?');
    const answer = await runtime.inbox('got').next();
    runtime.send('agents', answer);
    const queued = await runtime.inbox('events').next(({ payload }) => payload === 'conversation.queued');
    expect(conversationOf(queued).id).to.equal(conversationOf(sent).id);
  });

  it('writes into the conversation that is there, and begins a new one after it is closed', async () => {
    await phone.write(NOAH, 'Hello');
    const first = conversationOf(await runtime.inbox('got').next());
    expect(conversationOf(await begin(NOAH)).id).to.equal(first.id);
    runtime.send('agents', { conversation: { id: first.id }, command: { type: 'close' } });
    await runtime.inbox('events').next(({ payload }) => payload === 'conversation.closed');
    const second = await begin(NOAH, { conversation: { id: first.id, customer: { address: NOAH } } });
    expect(conversationOf(second).id).to.not.equal(first.id);
    expect(conversationOf(second)).to.include({ state: 'open', handledBy: 'flow' });
  });

  it('says no to a text, to nobody and to an id that was used', async () => {
    runtime.send('out', { topic: NOAH, payload: 'Hello Noah' });
    expect((await runtime.inbox('refused').next()).error).to.include({ code: 'SESSION_NONE' });
    runtime.send('out', { topic: '15550100102', whatsapp: { template: { contentSid: CONTINUE, variables: { 1: 'x' } } } });
    expect((await runtime.inbox('refused').next()).error).to.include({ code: 'INVALID_RECIPIENT' });
    const id = 'reminder-1';
    const whatsapp = (): Partial<WhatsAppMessage> => ({ id, template: { contentSid: CONTINUE, variables: { 1: 'Noah' } } });
    await begin(NOAH, { whatsapp: whatsapp() });
    runtime.send('out', { topic: NOAH, whatsapp: whatsapp() });
    expect((await runtime.inbox('refused').next()).error).to.include({ code: 'ALREADY_SENT' });
    await phone.receives(NOAH, 'Noah');
    expect(await phone.received(NOAH)).to.have.length(1);
  });
});
