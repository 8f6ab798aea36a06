import { expect } from 'chai';
import type { FlowMessage } from '../../lib/node-red/runtime-api.ts';
import { config, onTab, TestRuntime } from './support/test-runtime.ts';

const OPERATIONS = ['store', 'get', 'search', 'export', 'erase'];

const FLOW = [
  ...config(),
  ...onTab(
    { id: 'in', type: 'whatsapp-in', account: 'account', wires: [['got'], []] },
    { id: 'got', type: 'probe', wires: [] },
    ...OPERATIONS.map((operation) => ({
      id: operation,
      type: 'transcript-store',
      center: 'center',
      operation,
      format: 'csv',
      wires: [[`after-${operation}`]],
    })),
    ...OPERATIONS.map((operation) => ({ id: `after-${operation}`, type: 'probe', wires: [] })),
    { id: 'catch', type: 'catch', scope: null, wires: [['caught']] },
    { id: 'caught', type: 'probe', wires: [] },
  ),
];

describe('transcript-store', () => {
  let runtime: TestRuntime;

  beforeEach(async () => (runtime = await TestRuntime.start(FLOW)));
  afterEach(() => runtime.stop());

  /** Sends a message through a node and resolves to what comes out. */
  function through(operation: string, message: FlowMessage): Promise<FlowMessage> {
    runtime.send(operation, message);
    return runtime.inbox(`after-${operation}`).next();
  }

  const stored = async (text: string): Promise<FlowMessage> => through('store', await runtime.written(text));

  async function failure(operation: string, message: FlowMessage): Promise<string> {
    runtime.send(operation, message);
    const { error } = await runtime.inbox('caught').next();
    return (error as { message: string }).message;
  }

  it('keeps a message and passes it on as it is', async () => {
    const message = await runtime.written('My lamp flickers');
    expect(await through('store', { ...message, mine: 1 })).to.deep.include({ payload: 'My lamp flickers', mine: 1 });
    const { payload } = await through('get', { topic: '+15551230001' });
    expect(payload).to.have.length(1);
    expect((payload as object[])[0]).to.deep.include({
      id: (message.whatsapp as { id: string }).id,
      text: 'My lamp flickers',
      direction: 'inbound',
      customer: { address: '+15551230001', name: 'Ada' },
    });
  });

  it('keeps msg.whatsapp.text, not the payload: what a flow takes out is not kept', async () => {
    const message = await runtime.written('My card is 4111 1111 1111 1111');
    (message.whatsapp as { text: string }).text = 'My card is [removed]';
    message.payload = 'something else';
    await through('store', message);
    const { payload } = await through('get', { conversation: message.conversation });
    expect((payload as { text: string }[]).map(({ text }) => text)).to.deep.equal(['My card is [removed]']);
    expect((await through('search', { payload: '4111' })).payload).to.deep.include({ results: [] });
  });

  it('keeps the message that an event names, as it was written', async () => {
    const message = await runtime.written('Said to an agent');
    await through('store', { payload: 'message.received', event: { messageId: (message.whatsapp as { id: string }).id } });
    const { payload } = await through('get', { conversation: message.conversation });
    expect((payload as { text: string }[]).map(({ text }) => text)).to.deep.equal(['Said to an agent']);
  });

  it('gets what was kept and nothing else, in order', async () => {
    await stored('First');
    await runtime.written('Not kept');
    await stored('Second');
    const { payload } = await through('get', { topic: '+15551230001' });
    expect((payload as { text: string }[]).map(({ text }) => text)).to.deep.equal(['First', 'Second']);
  });

  it('searches by text and by facts, in pages', async () => {
    await stored('The green lamp flickers');
    await stored('The red lamp hums');
    const found = (await through('search', { payload: 'lamp' })).payload as { results: { text: string }[] };
    expect(found.results.map(({ text }) => text)).to.deep.equal(['The red lamp hums', 'The green lamp flickers']);
    const page = (await through('search', { payload: { text: 'lamp', limit: 1 } })).payload as {
      results: object[];
      cursor: string;
    };
    expect(page.results).to.have.length(1);
    const next = (await through('search', { payload: { text: 'lamp', limit: 1, cursor: page.cursor } })).payload;
    expect((next as { results: { text: string }[] }).results[0]!.text).to.equal('The green lamp flickers');
    expect((await through('search', { payload: { text: 'lamp', customer: '+15559990000' } })).payload).to.deep.include({
      results: [],
    });
  });

  it('exports a file with a name', async () => {
    const message = await stored('=1+1');
    const exported = await through('export', { conversation: message.conversation });
    expect(exported.filename).to.match(/^transcript-[\w-]+\.csv$/);
    expect(exported.payload).to.be.a('string').and.include(",'=1+1,");
  });

  it('erases only what msg.erase names', async () => {
    const message = await stored('Forget me');
    expect(await failure('erase', { topic: '+15551230001', payload: 'x', conversation: message.conversation })).to.match(
      /msg\.erase/,
    );
    expect(await failure('erase', { erase: {} })).to.match(/msg\.erase/);
    expect(await failure('erase', { erase: { customer: '+15551230001', conversation: 'both' } })).to.match(/msg\.erase/);
    expect((await through('get', { topic: '+15551230001' })).payload).to.have.length(1);
    const erased = await through('erase', { erase: { customer: '+15551230001' } });
    expect(erased.payload).to.deep.equal({ conversations: 1, messages: 1 });
    expect((await through('get', { topic: '+15551230001' })).payload).to.deep.equal([]);
  });

  it('says what is missing', async () => {
    expect(await failure('store', { payload: 'no message' })).to.match(/nothing to keep/);
    expect(await failure('store', { payload: 'offer.created', event: { messageId: null } })).to.match(/nothing to keep/);
    expect(await failure('store', { whatsapp: { id: 'unknown', text: 'x' } })).to.match(/not in the store/);
    expect(await failure('get', { payload: 'whose?' })).to.match(/^Say whose transcript/);
    expect(await failure('search', { payload: 7 })).to.match(/^Search with a text/);
    expect(await failure('search', { payload: { from: 'yesterday' } })).to.match(/ISO 8601/);
  });
});
