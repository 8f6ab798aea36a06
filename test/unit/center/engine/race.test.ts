import { expect } from 'chai';
import { TestCenter } from '../../../support/center.ts';

describe('many agents at once', () => {
  let test: TestCenter;
  beforeEach(async () => {
    test = await TestCenter.open();
  });
  afterEach(() => test.close());

  it('20 agents reach for each of 500 conversations: one has it, the others are told who', async () => {
    const queueId = await test.queue();
    const agents: string[] = [];
    for (let n = 0; n < 20; n++) agents.push(await test.agent(`agent${n}`));
    const supervisor = agents[0]!;
    const wins = new Map<string, number>();
    for (let round = 0; round < 500; round++) {
      const conversationId = await test.queued(queueId, { from: `whatsapp:+1555200${String(round).padStart(4, '0')}` });
      test.events.length = 0;
      const tries = await Promise.allSettled(agents.map((agentId) => test.center.run('accept', { conversationId, agentId })));
      const won = tries.flatMap((one, index) => (one.status === 'fulfilled' ? [agents[index]!] : []));
      expect(won, `round ${round}`).to.have.length(1);
      for (const one of tries) if (one.status === 'rejected') expect(one.reason).to.include({ code: 'ALREADY_ACCEPTED' });
      const accepted = test.events.filter((event) => event.type === 'offer.accepted');
      expect(accepted.map((event) => event.agentId)).to.deep.equal(won);
      wins.set(won[0]!, (wins.get(won[0]!) ?? 0) + 1);
      await test.center.run('forceClose', { conversationId, by: { agentId: supervisor } });
      // Another one is first in the next round.
      agents.push(agents.shift()!);
    }
    expect([...wins.values()]).to.deep.equal(Array.from({ length: 20 }, () => 25));
  }).timeout(240_000);

  it('two supervisors give the same conversation away at once: both are done one after the other, and one agent has it', async () => {
    const queueId = await test.queue();
    const sue = await test.agent('sue', { live: false });
    const sam = await test.agent('sam', { live: false });
    await test.center.run('changeAgent', { actorId: sue, agentId: sam, change: { role: 'supervisor' } });
    const [ana, bea] = [await test.agent('ana'), await test.agent('bea')];
    const conversationId = await test.queued(queueId);
    test.events.length = 0;
    await Promise.all([
      test.center.run('assign', { conversationId, by: { agentId: sue }, toAgentId: ana }),
      test.center.run('assign', { conversationId, by: { agentId: sam }, toAgentId: bea }),
    ]);
    const assigned = test.events.filter((event) => event.type === 'conversation.assigned');
    expect(assigned.map((event) => [event.actor.id, event.data['from'], event.data['to']])).to.deep.equal([
      [sue, null, ana],
      [sam, ana, bea],
    ]);
    expect((await test.center.query('home', { agentId: ana })).mine).to.deep.equal([]);
    expect((await test.center.query('home', { agentId: bea })).mine.map((one) => one.id)).to.deep.equal([conversationId]);
  });

  it('a transfer is accepted and taken back at once: one of the two has happened, never both', async () => {
    const queueId = await test.queue();
    await test.agent('sue', { live: false });
    const [ana, bea] = [await test.agent('ana'), await test.agent('bea')];
    for (let round = 0; round < 20; round++) {
      const conversationId = await test.queued(queueId, { from: `whatsapp:+155520099${String(round).padStart(2, '0')}` });
      await test.center.run('accept', { conversationId, agentId: ana });
      await test.center.run('transferToAgent', { conversationId, by: { agentId: ana }, toAgentId: bea });
      const steps = [
        () => test.center.run('accept', { conversationId, agentId: bea }),
        () => test.center.run('cancelInvitation', { conversationId, agentId: ana }),
      ];
      if (round % 2 === 1) steps.reverse();
      const [taken, back] = await Promise.allSettled(steps.map((step) => step()));
      const owner = (await test.center.query('conversation', { conversationId }))!.agent!.id;
      expect([taken!.status, back!.status].filter((status) => status === 'fulfilled')).to.have.length(1);
      expect(owner).to.equal(round % 2 === 0 ? bea : ana);
      await test.center.run('endConversation', { conversationId, agentId: owner });
      await test.center.run('closeConversation', { conversationId, agentId: owner });
    }
  });
});
