import { expect } from 'chai';
import { config, CUSTOMER, onTab, TestRuntime } from './support/test-runtime.ts';

const FLOW = [
  ...config(),
  ...onTab(
    { id: 'in', type: 'whatsapp-in', account: 'account', wires: [['messages'], ['statuses']] },
    { id: 'messages', type: 'probe', wires: [] },
    { id: 'statuses', type: 'probe', wires: [] },
  ),
];

describe('whatsapp-in', () => {
  let runtime: TestRuntime;

  beforeEach(async () => (runtime = await TestRuntime.start(FLOW)));
  afterEach(() => runtime.stop());

  it('hands over a customer’s message in the shape of the contract', async () => {
    expect(await runtime.receive('Hello')).to.equal(200);
    const message = await runtime.inbox('messages').next();
    expect(message).to.include({ topic: '+15551230001', payload: 'Hello' });
    expect(message).not.to.have.property('redelivered');
    expect(message.whatsapp).to.deep.include({
      direction: 'inbound',
      type: 'text',
      text: 'Hello',
      from: CUSTOMER,
      status: 'received',
    });
    expect(message.conversation).to.deep.include({ state: 'open', isNew: true, handledBy: 'flow', queue: null, agent: null });
  });
});
