import { expect } from 'chai';
import type { FlowMessage } from '../../lib/node-red/runtime-api.ts';
import type { PhoneClient } from '../support/phone-client.ts';
import { addAgent } from '../support/work.ts';
import { config, onTab, TestRuntime } from './support/test-runtime.ts';

const ADA = '+15550100101';
const CONTINUE = 'HX24000000000000000000000000000001';
const ORDER = 'HX24000000000000000000000000000002';
const REJECTED = 'HX24000000000000000000000000000005';

const fallingBack = (template: string, templateVariables: unknown): object => ({
  outsideSession: 'template',
  template,
  templateVariables,
});

const flow = (out: object = {}): object[] => [
  ...config({ mode: 'simulator', publicUrl: '' }),
  ...onTab(
    { id: 'in', type: 'whatsapp-in', account: 'account', wires: [['got'], []] },
    { id: 'got', type: 'probe', wires: [] },
    { id: 'out', type: 'whatsapp-out', account: '', wires: [['sent'], ['refused']], ...out },
    { id: 'sent', type: 'probe', wires: [] },
    { id: 'refused', type: 'probe', wires: [] },
    { id: 'agents', type: 'notify-agent', center: 'center', queue: 'Support', wires: [['guard'], []] },
    { id: 'guard', type: 'session-guard', center: 'center', wires: [['out'], ['out']] },
    { id: 'complete', type: 'complete', scope: ['out'], wires: [['completed']] },
    { id: 'completed', type: 'probe', wires: [] },
  ),
];

describe('whatsapp-out with templates and long texts', () => {
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

  it('sends a long text as several messages in order, each on its own at output 1, and completes once', async () => {
    const message = await written();
    const words = Array.from({ length: 700 }, (_, index) => `word${index}`);
    runtime.send('out', { ...message, payload: words.join(' '), extra: 'kept' });
    const sent = await runtime.inbox('sent').take(4);
    expect(sent.flatMap(({ payload }) => String(payload).split(' '))).to.deep.equal(words);
    for (const { payload, whatsapp, extra } of sent) {
      expect((whatsapp as { text: string }).text).to.equal(payload);
      expect(extra).to.equal('kept');
    }
    expect(new Set(sent.map(({ whatsapp }) => (whatsapp as { id: string }).id)).size).to.equal(4);
    await phone.receives(ADA, String(sent.at(-1)!.payload));
    expect((await phone.received(ADA)).map(({ text }) => text)).to.deep.equal(sent.map(({ payload }) => payload));
    expect(await runtime.inbox('completed').take(1)).to.have.length(1);
  });

  it('keeps the text of a template as the customer reads it, with values on one line', async () => {
    await written();
    const template = { contentSid: ORDER, variables: { 1: 'Ada\n"Countess"', 2: 48213, 3: 'today' } };
    runtime.send('out', { topic: ADA, whatsapp: { template } });
    const { whatsapp } = await runtime.inbox('sent').next();
    const text = 'Good news, Ada "Countess": order 48213 is on its way and should be with you today.';
    expect(whatsapp).to.deep.include({ type: 'template', text });
    await phone.receives(ADA, text);
  });

  it('refuses a template with a missing value, or one that WhatsApp rejected, before Twilio does', async () => {
    await written();
    runtime.send('out', { topic: ADA, whatsapp: { template: { contentSid: ORDER, variables: { 1: 'Ada' } } } });
    const { error } = await runtime.inbox('refused').next();
    expect(error).to.include({ code: 'TEMPLATE_VARIABLES', message: 'The template needs a value for {{2}}, {{3}}.' });
    runtime.send('out', { topic: ADA, whatsapp: { template: { contentSid: REJECTED, variables: { 1: 'Ada' } } } });
    expect((await runtime.inbox('refused').next()).error).to.include({ code: 'TEMPLATE_NOT_APPROVED' });
    expect(await phone.received(ADA)).to.be.empty;
  });

  describe('when the node falls back to a template', () => {
    const values = [
      { key: '1', value: 'conversation.customer.name', type: 'msg' },
      { key: '2', value: '4711', type: 'str' },
      { key: '3', value: 'payload', type: 'msg' },
    ];

    it('a text goes as it is within the window, and as the template after it', async () => {
      await runtime.deploy(flow(fallingBack(ORDER, values)));
      const message = await written();
      runtime.send('out', { ...message, payload: 'Within' });
      expect((await runtime.inbox('sent').next()).whatsapp).to.include({ type: 'text', text: 'Within' });
      await phone.skipHours(25);
      const customer = { address: ADA, name: 'Ada' };
      runtime.send('out', { topic: ADA, payload: 'on\nMonday', conversation: { customer } });
      const text = 'Good news, Ada: order 4711 is on its way and should be with you on Monday.';
      expect((await runtime.inbox('sent').next()).whatsapp).to.deep.include({
        type: 'template',
        text,
        template: { contentSid: ORDER, variables: { 1: 'Ada', 2: '4711', 3: 'on Monday' } },
      });
      await phone.receives(ADA, text);
    });

    it('and a value is missing, that is said, and a template of the message itself comes first', async () => {
      await runtime.deploy(flow(fallingBack(ORDER, values)));
      await written();
      await phone.skipHours(25);
      runtime.send('out', { topic: ADA, payload: 'soon' });
      expect((await runtime.inbox('refused').next()).error).to.include({ code: 'TEMPLATE_VARIABLES' });
      runtime.send('out', {
        topic: ADA,
        payload: 'soon',
        whatsapp: { template: { contentSid: CONTINUE, variables: { 1: 'Ada' } } },
      });
      expect((await runtime.inbox('sent').next()).whatsapp).to.have.nested.property('template.contentSid', CONTINUE);
    });

    it('so does a bot’s answer that the guard has stopped, and nothing of the refusal stays on it', async () => {
      await runtime.deploy(flow(fallingBack(CONTINUE, [{ key: '1', value: 'Ada', type: 'str' }])));
      const message = await written();
      runtime.send('guard', { ...message, payload: 'In time' });
      expect((await runtime.inbox('sent').next()).whatsapp).to.include({ type: 'text', text: 'In time' });
      await phone.skipHours(25);
      runtime.send('guard', { ...message, _msgid: 'late', payload: 'Too late', extra: 'kept' });
      const sent = await runtime.inbox('sent').next();
      expect(sent.whatsapp).to.deep.include({ type: 'template', template: { contentSid: CONTINUE, variables: { 1: 'Ada' } } });
      expect(sent).to.include({ extra: 'kept' }).and.not.have.property('error');
    });

    it('does nothing for what the guard lets nobody have', async () => {
      const unwired = flow(fallingBack(CONTINUE, [{ key: '1', value: 'Ada', type: 'str' }])).map((node) =>
        'id' in node && node.id === 'guard' ? { ...node, wires: [['out'], ['stopped']] } : node,
      );
      await runtime.deploy([...unwired, { id: 'stopped', type: 'probe', z: 'tab', x: 100, y: 600, wires: [] }]);
      const message = await written();
      await phone.skipHours(25);
      runtime.send('guard', { ...message, payload: 'Too late' });
      expect((await runtime.inbox('stopped').next()).error).to.include({ code: 'SESSION_EXPIRED' });
      expect(runtime.inbox('sent').all).to.be.empty;
    });

    it('so does an agent’s text that came too late, also when the guard has stopped it', async () => {
      await runtime.deploy(flow(fallingBack(CONTINUE, [{ key: '1', value: 'Ada', type: 'str' }])));
      const message = await written();
      runtime.send('agents', message);
      const center = await runtime.center();
      const agentId = await addAgent(center, 'sam', { name: 'Sam', live: false });
      const conversationId = (message.conversation as { id: string }).id;
      await phone.skipHours(25);
      // The flow gets the customer's message on its own time; the agent may take it from the queue at once.
      await center.run('assign', { conversationId, by: { flow: { nodeId: 'agents' } }, toAgentId: agentId }).catch(() => {});
      const view = await center.query('conversationView', { conversationId, agentId });
      expect(view.agent?.id).to.equal(agentId);
      await center.run('reply', { conversationId, agentId, messageId: 'late', text: 'Your parcel is here' });
      const { whatsapp } = await runtime.inbox('sent').next();
      expect(whatsapp).to.deep.include({ type: 'template', author: { kind: 'agent', id: agentId, name: 'Sam' } });
      const { messages } = await center.query('messages', { conversationId, agentId, limit: 9 });
      expect(messages.at(-1)).to.include({ retryOf: 'late' });
      expect(messages.at(-2)!.message).to.include({ id: 'late', status: 'failed' });
    });
  });
});
