import { expect } from 'chai';
import { LIMIT_TEXT } from '../../lib/domain/session-window.ts';
import { addAgent, bringTo } from '../support/work.ts';
import { config, CUSTOMER, onTab, SENDER, TestRuntime } from './support/test-runtime.ts';

const DAY = 24 * 3_600_000;

const flow = (guard: object = {}): object[] => [
  ...config(),
  ...onTab(
    { id: 'in', type: 'whatsapp-in', account: 'account', wires: [['got'], []] },
    { id: 'got', type: 'probe', wires: [] },
    { id: 'guard', type: 'session-guard', center: 'center', wires: [['passed'], ['stopped']], ...guard },
    { id: 'passed', type: 'probe', wires: [] },
    { id: 'stopped', type: 'probe', wires: [] },
    { id: 'catch', type: 'catch', scope: null, wires: [['caught']] },
    { id: 'caught', type: 'probe', wires: [] },
    { id: 'complete', type: 'complete', scope: ['guard'], wires: [['completed']] },
    { id: 'completed', type: 'probe', wires: [] },
  ),
];

describe('session-guard', () => {
  let runtime: TestRuntime;

  beforeEach(async () => (runtime = await TestRuntime.start(flow())));
  afterEach(() => runtime.stop());

  /** Moves the center's clock, as the simulator does. */
  async function skip(byMs: number): Promise<void> {
    await (await runtime.center()).run('skipClock', { byMs, allSimulators: true });
  }

  it('lets an answer pass within the session, with a fresh session', async () => {
    const message = await runtime.written();
    delete (message.conversation as Record<string, unknown>).session;
    runtime.send('guard', { ...message, payload: 'Hi' });
    const passed = await runtime.inbox('passed').next();
    expect(passed).to.include({ topic: '+15551230001', payload: 'Hi' });
    const { session } = passed.conversation as { session: Record<string, unknown> };
    expect(session).to.include({ open: true });
    expect(Date.parse(String(session.expiresAt)) - Date.parse(String(session.lastCustomerMessageAt))).to.equal(DAY);
    expect(session.remainingMs).to.be.within(DAY - 10_000, DAY);
    await runtime.inbox('completed').next();
  });

  it('stops it past the 24 hours with the limit text, and completes', async () => {
    const message = await runtime.written();
    await skip(DAY + 1);
    runtime.send('guard', { ...message, payload: 'Late' });
    const stopped = await runtime.inbox('stopped').next();
    expect(stopped).to.include({ payload: 'Late' });
    expect(stopped.error).to.deep.equal({
      message: LIMIT_TEXT,
      code: 'SESSION_EXPIRED',
      source: { id: 'guard', type: 'session-guard' },
    });
    await runtime.inbox('completed').next();
    expect(runtime.inbox('caught').all).to.be.empty;
  });

  it('lets the next answer pass when the customer has written again', async () => {
    const message = await runtime.written();
    await skip(2 * DAY);
    runtime.send('guard', { ...message });
    await runtime.inbox('stopped').next();
    await runtime.written();
    runtime.send('guard', { ...message, payload: 'Again in time' });
    expect(await runtime.inbox('passed').next()).to.include({ payload: 'Again in time' });
  });

  it('says SESSION_NONE of a customer who never wrote', async () => {
    runtime.send('guard', { topic: '+15559990000', payload: 'Hello?' });
    const { error } = await runtime.inbox('stopped').next();
    expect(error).to.include({ code: 'SESSION_NONE', message: LIMIT_TEXT });
  });

  it('lets templates pass at any time', async () => {
    const template = { contentSid: `HX${'1'.repeat(32)}`, variables: {} };
    runtime.send('guard', { topic: '+15559990000', whatsapp: { template } });
    const passed = await runtime.inbox('passed').next();
    expect((passed.conversation as { session: object }).session).to.include({ open: false });
  });

  it('refuses a recipient that is none', async () => {
    runtime.send('guard', { topic: 'Ada', payload: 'Hello' });
    expect((await runtime.inbox('stopped').next()).error).to.include({ code: 'INVALID_RECIPIENT' });
    runtime.send('guard', { payload: 'Hello' });
    expect((await runtime.inbox('stopped').next()).error).to.include({ code: 'NO_RECIPIENT' });
  });

  it('keeps the order of one customer’s messages while the store is asked', async () => {
    const message = await runtime.written();
    const center = await runtime.center();
    // Not known any more, so the first of them has to ask.
    await runtime.unload();
    await runtime.load(flow());
    expect((await runtime.center()).instance).not.to.equal(center.instance);
    for (let number = 0; number < 20; number += 1) runtime.send('guard', { ...message, payload: number });
    const passed = await runtime.inbox('passed').take(20);
    expect(passed.map(({ payload }) => payload)).to.deep.equal(Array.from({ length: 20 }, (_, index) => index));
  });

  it('survives a restart: the window is the store’s, not the process’s', async () => {
    const message = await runtime.written();
    await skip(DAY + 1);
    await runtime.unload();
    await runtime.load(flow());
    runtime.send('guard', { ...message });
    expect((await runtime.inbox('stopped').next()).error).to.include({ code: 'SESSION_EXPIRED' });
  });

  it('fails an agent’s message that comes too late, so that the desk shows the limit text', async () => {
    const { conversation } = await runtime.written();
    const center = await runtime.center();
    const agentId = await addAgent(center, 'ada');
    const conversationId = (conversation as { id: string }).id;
    const queueId = await bringTo(center, conversationId, agentId);
    await center.run('reply', { conversationId, agentId, messageId: 'reply-1', text: 'Sorry for the delay' });
    const [handed] = await center.run('takeReplies', { queueId, instance: center.instance, limit: 1 });
    await skip(DAY + 1);
    runtime.send('guard', { payload: 'Sorry for the delay', whatsapp: handed!.message, conversation: handed!.conversation });
    await runtime.inbox('stopped').next();
    const { messages } = await center.query('messages', { conversationId, agentId, limit: 10 });
    const reply = messages.find(({ id }) => id === 'reply-1')!;
    expect(reply.message.status).to.equal('failed');
    expect(reply.error).to.include({ code: 'SESSION_EXPIRED', text: LIMIT_TEXT });
  });

  describe('with output 2 leading nowhere', () => {
    it('makes the limit an error for Catch, with the text alone', async () => {
      const message = await runtime.written();
      await skip(DAY + 1);
      await runtime.deploy(flow({ wires: [['passed'], []] }));
      runtime.send('guard', { ...message, payload: 'Late' });
      const { error, payload } = await runtime.inbox('caught').next();
      expect(payload).to.equal('Late');
      expect(error).to.deep.include({ message: LIMIT_TEXT });
    });
  });

  it('says the text the admin has given', async () => {
    await runtime.deploy(flow({ limitMessage: 'Too late, sorry.' }));
    runtime.send('guard', { topic: '+15559990000', payload: 'Hello?' });
    expect((await runtime.inbox('stopped').next()).error).to.include({ message: 'Too late, sorry.', code: 'SESSION_NONE' });
  });

  it('judges the sender the message is for', async () => {
    await runtime.written();
    runtime.send('guard', { payload: 'Hi', whatsapp: { direction: 'outbound', from: 'whatsapp:+15550100199', to: CUSTOMER } });
    expect((await runtime.inbox('stopped').next()).error).to.include({ code: 'SESSION_NONE' });
    runtime.send('guard', { payload: 'Hi', whatsapp: { direction: 'outbound', from: SENDER, to: CUSTOMER } });
    await runtime.inbox('passed').next();
  });

  it('lets nothing pass without a contact center', async () => {
    await runtime.unload();
    await runtime.load(flow({ center: '' }));
    await runtime.shows('guard', 'CENTER_MISSING');
    runtime.send('guard', { topic: '+15559990000', payload: 'Hello?' });
    await runtime.inbox('caught').next();
    expect(runtime.inbox('passed').all).to.be.empty;
  });
});
