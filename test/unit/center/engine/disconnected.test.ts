import { expect } from 'chai';
import { TestCenter } from '../../../support/center.ts';

const MINUTE = 60_000;

describe('an agent who stays disconnected', () => {
  let test: TestCenter;
  let queueId: string;
  let ann: string;
  let ben: string;
  let id: string;
  beforeEach(async () => {
    test = await TestCenter.open();
    queueId = await test.queue();
    ann = await test.agent('ann');
    ben = await test.agent('ben');
    id = await test.queued(queueId);
    await test.center.run('accept', { conversationId: id, agentId: ann });
  });
  afterEach(() => test.close());

  const leave = () => test.center.run('closeDesk', { deskId: 'desk-ann' });
  const back = () => test.center.run('openDesk', { deskId: 'desk-ann', agentId: ann });
  const after = async (minutes: number, disconnectedMinutes?: number) => {
    test.time += minutes * MINUTE;
    await test.center.run('sweep', { disconnectedMinutes });
  };
  const state = async () => (await test.center.query('conversation', { conversationId: id }))!;
  const home = (agentId: string) => test.center.query('home', { agentId });

  it('keeps their conversation for half an hour; then it is open again, offered to others, and says why', async () => {
    await leave();
    await after(29.9);
    expect(await state()).to.include({ state: 'active' });
    await after(0.1);
    const released = test.events.find((event) => event.type === 'conversation.released')!;
    expect(released).to.include({ conversationId: id, queueId, reason: 'disconnected' });
    expect([released.actor, released.data]).to.deep.equal([{ kind: 'system' }, { from: ann }]);
    expect(await state()).to.include({ state: 'open', handledBy: 'queue', agent: null });
    expect((await home(ben)).offers.map((offer) => offer.conversation.id)).to.deep.equal([id]);
  });

  it('is told on return, until they have read it', async () => {
    await leave();
    await after(45);
    await back();
    const told = (await home(ann)).returned;
    expect(told).to.deep.equal([{ conversationId: id, at: test.time, queue: { id: queueId, name: 'Support' }, waits: true }]);
    expect((await home(ben)).returned).to.deep.equal([]);
    await test.center.run('accept', { conversationId: id, agentId: ben });
    expect((await home(ann)).returned.map((one) => one.waits)).to.deep.equal([false]);
    await test.center.run('dismissReturned', { agentId: ann });
    expect((await home(ann)).returned).to.deep.equal([]);
  });

  it('is not told of what they took back themselves', async () => {
    await leave();
    await after(45);
    await back();
    await test.center.run('accept', { conversationId: id, agentId: ann });
    expect((await home(ann)).returned).to.deep.equal([]);
  });

  it('loses nothing by a shorter break, nor by being away with a desk', async () => {
    await leave();
    await after(20);
    await back();
    await after(25);
    await test.center.run('setPresence', { agentId: ann, presence: 'offline' });
    await after(120);
    expect(await state()).to.include({ state: 'active' });
    // The time counts from when the desk went, not from when they chose to be offline.
    await leave();
    await after(29);
    expect(await state()).to.include({ state: 'active' });
    await after(1);
    expect(await state()).to.include({ state: 'open' });
  });

  it('loses nothing where the limit is 0, and loses it after the limit of the contact center elsewhere', async () => {
    await leave();
    await after(60 * 24, 0);
    expect(await state()).to.include({ state: 'active' });
    await after(0, 60 * 24 + 1);
    expect(await state()).to.include({ state: 'active' });
    await after(1, 60 * 24 + 1);
    expect(await state()).to.include({ state: 'open' });
  });

  it('has as long with what they are given meanwhile', async () => {
    await leave();
    await after(30);
    await test.center.run('assign', { conversationId: id, by: { agentId: ann }, toAgentId: ann });
    await after(29);
    expect(await state()).to.include({ state: 'active' });
    await after(1);
    expect(await state()).to.include({ state: 'open' });
  });

  it('keeps what waits for the customer and what is in wrap-up', async () => {
    const other = await test.queued(queueId, { from: 'whatsapp:+15552000002' });
    await test.center.run('accept', { conversationId: other, agentId: ann });
    await test.center.run('endConversation', { conversationId: other, agentId: ann });
    await test.center.run('closeConversation', { conversationId: id, agentId: ann });
    await leave();
    await after(60);
    const mine = (await home(ann)).mine.map((one) => [one.id, one.state]);
    expect(mine).to.have.deep.members([
      [id, 'waiting'],
      [other, 'wrap-up'],
    ]);
  });

  it('has half an hour after the process was down, however long that was', async () => {
    test.time += 120 * MINUTE;
    await test.restart();
    await test.center.run('closeAllDesks', {});
    await after(29);
    expect(await state()).to.include({ state: 'active' });
    await after(1);
    expect(await state()).to.include({ state: 'open' });
  });
});
