import { expect } from 'chai';
import { LIMIT_TEXT } from '../../lib/domain/session-window.ts';
import { anyFreePort, until } from '../../scripts/node-red-process.ts';
import { Demo, exampleFlow, recordOutput, SUPERVISOR, type FlowNode } from '../support/demo.ts';
import { DeskClient } from '../support/desk-client.ts';
import { PhoneClient } from '../support/phone-client.ts';

const LUCIA = '+15550100101';
const SAM = '+15550100177';
const HIDDEN = 'US.13491208655302741918';

interface Recorded {
  payload: unknown;
  topic: string;
  error?: { code: string; message: string };
  event?: { type: string };
}

describe('the examples, run', () => {
  let demo: Demo;
  let phone: PhoneClient;
  let agent: DeskClient;

  async function run(flows: FlowNode[] | ((url: string) => FlowNode[])): Promise<void> {
    demo = await Demo.start(flows);
    phone = new PhoneClient(demo.phone);
    agent = new DeskClient(demo.desk);
    await agent.signIn(SUPERVISOR.username, SUPERVISOR.password);
  }

  /** Waits until the customer's conversation is offered, and accepts it. Returns its id. */
  async function acceptOffer(address: string): Promise<string> {
    const offer = await until('an offer', async () => (await agent.home()).offers[0]);
    const view = await agent.accept(offer.conversation.id);
    expect(view.customer.address).to.equal(address);
    return view.id;
  }

  afterEach(async () => {
    agent.leave();
    const { output } = demo;
    await demo.dispose();
    expect(output).to.not.match(/\[error\]/i);
  });

  it('01: a customer writes, an agent accepts and answers', async () => {
    await run(recordOutput(exampleFlow('01 Answer by an agent'), 'whatsapp-in', 1, '/statuses'));
    await phone.write(LUCIA, 'Where is my parcel?');
    const id = await acceptOffer(LUCIA);
    await agent.reply(id, 'It arrives tomorrow.');
    const answer = await phone.receives(LUCIA, 'It arrives tomorrow.');
    expect(answer.kind).to.equal('text');
    await until('the statuses up to delivered', async () => {
      const statuses = (await demo.get<Recorded[]>('/statuses')).map((message) => message.payload);
      return statuses.includes('delivered');
    });
  });

  it('02: the first message is answered, the second is not', async () => {
    await run(recordOutput(exampleFlow('02 Automatic reply'), 'switch', 0, '/greeted'));
    await phone.write(LUCIA, 'Hello');
    await phone.receives(LUCIA, 'Hello Lucía Pereira, thank you');
    await phone.write(LUCIA, 'Are you there?');
    await phone.write(HIDDEN, 'Hello too');
    await phone.receives(HIDDEN, 'thank you for your message');
    expect(await phone.received(LUCIA)).to.have.length(1);
    expect(await demo.get<Recorded[]>('/greeted')).to.have.length(2);
  });

  it('03: the bot answers until the customer asks for a person, and is quiet until the conversation is closed', async () => {
    await run(exampleFlow('03 Bot first, then an agent'));
    await phone.write(SAM, 'Hi');
    await phone.receives(SAM, 'Write "hours"');
    await phone.write(SAM, 'What are your opening hours?');
    await phone.receives(SAM, 'Monday to Friday');
    await phone.write(SAM, 'I want to talk to an agent');
    await phone.receives(SAM, 'I am asking a colleague');
    await phone.write(SAM, 'hours?');
    const id = await acceptOffer(SAM);
    await phone.write(SAM, 'hours, please');
    await until('the agent sees it', async () =>
      (await agent.messages(id)).messages.some((entry) => entry.message.text === 'hours, please'),
    );
    await agent.reply(id, 'From nine to five.');
    await phone.receives(SAM, 'From nine to five.');
    expect(await phone.received(SAM)).to.have.length(4);
    await agent.end(id);
    await agent.close(id);
    await phone.write(SAM, 'Hi again');
    await until('the bot is back', async () => (await phone.received(SAM)).length === 5);
    expect((await phone.received(SAM)).at(-1)!.text).to.include('Write "hours"');
  });

  it('04: a late answer becomes a template, once, and the agent is told', async () => {
    await run(recordOutput(exampleFlow('04 Late answers'), 'session-guard', 1, '/late'));
    await phone.write(LUCIA, 'Where is my parcel?');
    const id = await acceptOffer(LUCIA);
    await phone.skipHours(25);
    await agent.reply(id, 'It was delivered.');
    await phone.receives(LUCIA, 'we have an answer to your question');
    const [late] = await demo.get<Recorded[]>('/late');
    expect(late!.error).to.deep.include({ code: 'SESSION_EXPIRED', message: LIMIT_TEXT });
    await until('the note', async () =>
      String((await agent.conversation(id)).attributes['Late answer'] ?? '').startsWith('Not sent'),
    );
    await agent.reply(id, 'Are you there?');
    await until('the second late answer', async () => (await demo.get<Recorded[]>('/late')).length === 2);
    await phone.write(LUCIA, 'Yes, go on');
    await until('the window is open', async () => (await agent.conversation(id)).session.open);
    await agent.reply(id, 'It is at your neighbour’s.');
    await phone.receives(LUCIA, 'at your neighbour’s');
    const texts = (await phone.received(LUCIA)).map((message) => message.text);
    expect(texts).to.have.length(2);
  });

  const withLookUpAt = (address: string): FlowNode[] =>
    exampleFlow('05 Identify the customer').map((node) =>
      node.type === 'tab' ? { ...node, env: [{ name: 'CRM_URL', value: address, type: 'str' }] } : node,
    );

  it('05: the customer is identified before the agents are notified, and a stranger is let through', async () => {
    await run((url) => withLookUpAt(`${url}/example-crm/customers`));
    await phone.write(LUCIA, 'Where is my parcel?');
    const known = await until('the offer', async () => (await agent.home()).offers[0]);
    expect(known.conversation.customer).to.deep.include({ name: 'Lucía Pereira', authenticated: true });
    expect(known.conversation.customer.records.map((record) => record.id)).to.deep.equal(['ACC-210', 'CAS-01482']);
    expect(known.conversation.attributes).to.deep.include({ Email: 'lucia@example.com', 'Last order': '48213' });
    await agent.accept(known.conversation.id);
    await phone.write(SAM, 'Hello');
    const stranger = await until('the stranger’s offer', async () => (await agent.home()).offers[0]);
    expect(stranger.conversation.customer.authenticated).to.equal(false);
    expect(stranger.conversation.firstMessage).to.equal('Hello');
  });

  it('05: a look-up that fails keeps nobody waiting', async () => {
    await run(withLookUpAt(`http://127.0.0.1:${await anyFreePort()}/nobody`));
    await phone.write(LUCIA, 'Where is my parcel?');
    const offer = await until('the offer', async () => (await agent.home()).offers[0]);
    expect(offer.conversation.customer.authenticated).to.equal(false);
    expect(offer.conversation.firstMessage).to.equal('Where is my parcel?');
  });

  it('06: French goes to who speaks it, and outside the hours the customer is told once', async () => {
    await run(exampleFlow('06 Route by skill and hours'));
    await phone.write(LUCIA, 'Bonjour, où est mon colis ?');
    await until('it waits for somebody with the skill', async () => (await agent.home()).open.length === 1);
    expect((await agent.home()).offers).to.deep.equal([]);
    await agent.changeWork((await agent.home()).agent.id, { skills: ['french'] });
    await acceptOffer(LUCIA);
    const nobodyWorks = { timeZone: 'UTC', spans: [1, 2, 3, 4, 5, 6, 7].map((day) => ({ day, from: '00:00', to: '00:01' })) };
    await agent.changeQueue('Service desk', { hours: { ...nobodyWorks, closedOn: [new Date().toISOString().slice(0, 10)] } });
    await phone.write(SAM, 'Is anybody there?');
    await phone.receives(SAM, 'We are here Monday to Friday');
    await phone.write(SAM, 'Hello?');
    await until('the second message is there', async () => (await agent.home()).open.some(({ unread }) => unread === 2));
    expect(await phone.received(SAM)).to.have.length(1);
  });

  it('07: what nobody takes goes to the second line, with a note', async () => {
    await run(recordOutput(exampleFlow('07 Escalate an unclaimed offer'), 'switch', 0, '/unclaimed'));
    agent.leave();
    await until('nobody is there', async () => !(await agent.home()).agent.live);
    await phone.write(LUCIA, 'My lamp is on fire');
    const escalated = await until('it is escalated', async () =>
      (await agent.home()).open.find(({ queue }) => queue?.name === 'Second line'),
    );
    expect(await demo.get<Recorded[]>('/unclaimed')).to.have.length(1);
    agent = new DeskClient(demo.desk);
    await agent.signIn(SUPERVISOR.username, SUPERVISOR.password);
    expect(await acceptOffer(LUCIA)).to.equal(escalated.id);
    expect((await agent.remarks(escalated.id)).map(({ text }) => text)).to.deep.equal(['Nobody in the first line took it.']);
    await agent.reply(escalated.id, 'Switch it off, please.');
    await phone.receives(LUCIA, 'Switch it off');
  });

  it('08: the agent is warned, and who waits is asked for a reply, once', async () => {
    await run(exampleFlow('08 Warn before the window closes'));
    await phone.write(LUCIA, 'Can you call me?');
    const id = await acceptOffer(LUCIA);
    await phone.write(SAM, 'Any news?');
    await until('Sam waits', async () => (await agent.home()).open.length === 1);
    await phone.skipHours(23.5);
    await phone.receives(SAM, 'A short reply from you');
    const [warning] = await until('the warning', async () => {
      const remarks = await agent.remarks(id);
      return remarks.length > 0 ? remarks : undefined;
    });
    expect(warning).to.include({ kind: 'internal' });
    expect(warning!.text).to.match(/^The 24 hours are nearly over/);
    expect(await phone.received(LUCIA)).to.deep.equal([]);
    expect(await phone.received(SAM)).to.have.length(1);
  });

  it('09: the bot is quiet by itself while people handle the conversation, and is back when it is handed back', async () => {
    await run(exampleFlow('09 Hand back to the bot'));
    await phone.write(SAM, 'Hi');
    await phone.receives(SAM, 'I am the assistant');
    await phone.write(SAM, 'I want a person');
    await phone.receives(SAM, 'I am asking a colleague');
    const id = await acceptOffer(SAM);
    await phone.write(SAM, 'Is somebody there?');
    await until('the agent sees it', async () =>
      (await agent.messages(id)).messages.some((entry) => entry.message.text === 'Is somebody there?'),
    );
    await agent.reply(id, 'Yes, I am.');
    await phone.receives(SAM, 'Yes, I am.');
    await agent.handBack(id);
    await phone.receives(SAM, 'I am the assistant, here again');
    expect(await phone.received(SAM)).to.have.length(4);
    await phone.write(SAM, 'Thanks');
    await until('the bot answers again', async () => (await phone.received(SAM)).length === 5);
  });
});
