import { expect } from 'chai';
import { setTimeout as pause } from 'node:timers/promises';
import { newSid } from '../../lib/simulator/state.ts';
import { until } from '../../scripts/node-red-process.ts';
import { SUPERVISOR } from '../support/demo.ts';
import { DeskClient } from '../support/desk-client.ts';
import { changed, configNodes, delay, node, recorder, switchByStart } from './support/flows.ts';
import { expectNoLeak, MARKERS } from './support/leaks.ts';
import { TwilioStub } from './support/twilio-stub.ts';
import { Victim } from './support/victim.ts';
import { Webhooks } from './support/webhooks.ts';

const HELD_SECONDS = 2;
const KILLS = 4;
const MOST_MS_UNTIL_KILL = 40;

interface Side {
  from: string;
  conversation: string;
}

describe('an agent’s answer, whatever happens to the flow', () => {
  let victim: Victim;
  let webhooks: Webhooks;
  let twilio: TwilioStub;
  let agent: DeskClient;
  let sales: Side;
  let support: Side;
  let written = 0;

  before(async () => {
    twilio = await TwilioStub.start();
    victim = await Victim.start((publicUrl) => [
      ...configNodes({ publicUrl, apiBaseUrl: twilio.url }),
      node('in', 'whatsapp-in', { account: 'account' }, 'which', []),
      switchByStart('which', 'sales', 'sales', 'support'),
      node('sales', 'notify-agent', { center: 'center', queue: 'Sales' }, 'leftSales', []),
      node('support', 'notify-agent', { center: 'center', queue: 'Support' }, 'leftSupport', []),
      recorder('leftSales', 'hold'),
      recorder('leftSupport', 'out'),
      switchByStart('hold', 'later', 'delay', 'out'),
      delay('delay', HELD_SECONDS, 'out'),
      node('out', 'whatsapp-out', { account: '' }, 'sent', 'refused'),
      recorder('sent'),
      recorder('refused'),
    ]);
    webhooks = new Webhooks(victim.port);
    await victim.deskReady();
    agent = new DeskClient(victim.desk);
    await agent.signIn(SUPERVISOR.username, SUPERVISOR.password);
    sales = await accepted('sales', '+15556000001');
    support = await accepted('support', '+15556000002');
  });

  after(async () => {
    agent?.leave();
    webhooks?.close();
    await victim?.dispose();
    await twilio.close();
  });

  const launch = async (): Promise<void> => {
    await victim.launch();
    await victim.deskReady();
  };

  /** A customer writes to a queue, and the agent accepts. */
  async function accepted(queue: string, from: string): Promise<Side> {
    expect((await customerWrites(from, `${queue}, please`)).status).to.equal(200);
    const offer = await until('the offer', async () => (await agent.home()).offers[0]);
    await agent.accept(offer.conversation.id);
    return { from, conversation: offer.conversation.id };
  }

  const customerWrites = (from: string, text: string, sid = newSid('SM')): Promise<{ status: number | null }> =>
    webhooks.message(sid, { From: `whatsapp:${from}`, WaId: from.slice(1), Body: `${text} ${MARKERS.text}` });

  /** What the agent writes; a text of its own, by which it is counted at Twilio. */
  async function answers(side: Side, start = ''): Promise<{ id: string; text: string }> {
    const text = `${start}${MARKERS.reply} ${(written += 1)}`;
    const { message } = await agent.reply(side.conversation, text);
    return { id: message.id, text };
  }

  const leftAt = (recorder: string, id: string): number => victim.toldAt(recorder).filter((told) => told.id === id).length;

  const statusOf = (id: string): string =>
    victim.rows<{ status: string }>('select status from messages where id = ?', id)[0]!.status;

  async function thread(side: Side): Promise<unknown> {
    const { state, queue, agent: owner, customer } = await agent.conversation(side.conversation);
    const { messages } = await agent.messages(side.conversation);
    return {
      conversation: { state, queue, owner, customer },
      messages: messages.map(({ message }) => [message.id, message.text, message.status]),
    };
  }

  it('leaves the notify-agent of its conversation’s queue, and no other', async () => {
    const one = await answers(sales);
    const other = await answers(support);
    await until('both are sent', () => twilio.count(one.text) === 1 && twilio.count(other.text) === 1);
    expect([leftAt('leftSales', one.id), leftAt('leftSupport', one.id)]).to.deep.equal([1, 0]);
    expect([leftAt('leftSales', other.id), leftAt('leftSupport', other.id)]).to.deep.equal([0, 1]);
    expect(twilio.creates.find(({ body }) => body === one.text)!.to).to.equal(`whatsapp:${sales.from}`);
  });

  it('stays pending while no node serves the queue, also over a restart, and leaves when it is back', async () => {
    await victim.deploy('full', changed(victim.flows, { support: { d: true } }));
    const waiting = await answers(support);
    const fence = await answers(sales);
    await until('the other queue works', () => twilio.count(fence.text) === 1);
    await victim.kill();
    await launch();
    const second = await answers(sales);
    await until('the other queue works', () => twilio.count(second.text) === 1);
    expect(statusOf(waiting.id)).to.equal('pending');
    expect(twilio.count(waiting.text)).to.equal(0);
    await victim.deploy('nodes', changed(victim.flows, { support: { d: false } }));
    await until('it leaves', () => twilio.count(waiting.text) === 1);
    expect([leftAt('leftSales', waiting.id), leftAt('leftSupport', waiting.id)]).to.deep.equal([0, 1]);
  });

  it('is sent once and refused never when a deploy hands it over again while the flow still holds it', async () => {
    const held = await answers(sales, 'later ');
    await until('the flow holds it', () => leftAt('leftSales', held.id) === 1);
    await victim.deploy('nodes', changed(victim.flows, { in: { name: 'a new name' } }));
    await until('it is handed over again', () => leftAt('leftSales', held.id) === 2);
    await until('it is sent', () => twilio.count(held.text) === 1);
    // What is written later leaves the Delay later: by then both copies are out.
    const behind = await answers(sales, 'later ');
    await until('what is behind it is sent', () => twilio.count(behind.text) === 1);
    expect(twilio.count(held.text)).to.equal(1);
    expect([leftAt('sent', held.id), leftAt('refused', held.id)]).to.deep.equal([1, 0]);
    const redelivered = victim.toldAt('leftSales').filter(({ id }) => id === held.id);
    expect(redelivered.map((told) => told.redelivered)).to.deep.equal([false, true]);
  });

  for (const [name, restart] of Object.entries({ SIGTERM: () => victim.stop(), 'kill -9': () => victim.kill() })) {
    it(`a restart in the middle of a conversation (${name}) changes nothing`, async () => {
      await until('nothing is under way', () => victim.rows(`select 1 from messages where feed_state < 2`).length === 0, 30);
      const before = await thread(sales);
      await restart();
      await launch();
      expect(await thread(sales)).to.deep.equal(before);
      const sid = newSid('SM');
      expect((await customerWrites(sales.from, 'one more thing', sid)).status).to.equal(200);
      const answer = await answers(sales);
      await until('the answer is sent', () => twilio.count(answer.text) === 1);
      const { messages } = await agent.messages(sales.conversation);
      expect(messages.map(({ message }) => message.id)).to.include.members([sid, answer.id]);
      expect((await agent.conversation(sales.conversation)).state).to.equal('active');
    });
  }

  it(`is never sent twice and never forgotten when kill -9 comes right behind it, ${KILLS} times`, async () => {
    for (let kill = 0; kill < KILLS; kill += 1) {
      const answer = await answers(sales);
      await pause((kill / (KILLS - 1)) * MOST_MS_UNTIL_KILL);
      await victim.kill();
      await launch();
      const settled = new Set(['queued', 'unknown']);
      await until('it has a fate', () => settled.has(statusOf(answer.id)));
      // Nobody knows what became of a claim that did not get as far as Twilio, so a person decides.
      expect(twilio.count(answer.text)).to.equal(statusOf(answer.id) === 'queued' ? 1 : 0);
    }
  });

  it('leaves no text, name or secret in the log (I26)', () => expectNoLeak(victim));
});
