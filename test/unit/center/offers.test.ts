import { expect } from 'chai';
import { codeOf, TestCenter } from '../../support/center.ts';

describe('offers', () => {
  let test: TestCenter;
  let queueId: string;
  beforeEach(async () => {
    test = await TestCenter.open();
    queueId = await test.queue('Support', 60);
  });
  afterEach(() => test.close());

  it('go to every agent with a live desk and have one winner', async () => {
    const agents = await Promise.all([test.agent('sam')]);
    for (let n = 2; n <= 20; n++) agents.push(await test.agent(`agent${n}`));
    for (let round = 0; round < 25; round++) {
      const conversationId = await test.queued(queueId, { from: `whatsapp:+1555200${1000 + round}` });
      const tries = await Promise.allSettled(agents.map((agentId) => test.center.run('accept', { conversationId, agentId })));
      expect(tries.filter((one) => one.status === 'fulfilled')).to.have.length(1);
      for (const one of tries) if (one.status === 'rejected') expect(one.reason).to.have.property('code', 'ALREADY_ACCEPTED');
    }
    expect(test.types().filter((type) => type === 'offer.accepted')).to.have.length(25);
  });

  it('tell the loser who won', async () => {
    const sam = await test.agent('sam');
    const kim = await test.agent('kim');
    const conversationId = await test.queued(queueId);
    await test.center.run('accept', { conversationId, agentId: kim });
    const failure = await test.center.run('accept', { conversationId, agentId: sam }).catch((error: unknown) => error);
    expect(failure).to.have.deep.property('details', { agent: 'kim' });
    expect((await test.center.query('home', { agentId: sam })).offers).to.deep.equal([]);
  });

  it('with nobody there are unclaimed at once, and reach whoever comes next', async () => {
    const conversationId = await test.queued(queueId);
    expect(test.events.at(-1)).to.include({ type: 'offer.unclaimed', reason: 'nobody-there', conversationId });
    const sam = await test.agent('sam');
    const home = await test.center.query('home', { agentId: sam });
    expect(home.offers.map((offer) => offer.conversation.id)).to.deep.equal([conversationId]);
    expect(home.open.map((open) => open.id)).to.deep.equal([conversationId]);
  });

  it('end at the server’s deadline, and the conversation stays in the list', async () => {
    const sam = await test.agent('sam');
    const conversationId = await test.queued(queueId);
    test.time += 59_999;
    await test.center.run('sweep', {});
    expect((await test.center.query('home', { agentId: sam })).offers).to.have.length(1);
    test.time += 1;
    await test.center.run('sweep', {});
    const home = await test.center.query('home', { agentId: sam });
    expect(home.offers).to.deep.equal([]);
    expect(home.open.map((open) => open.id)).to.deep.equal([conversationId]);
    expect(test.types().slice(-2)).to.deep.equal(['offer.expired', 'offer.unclaimed']);
    expect((await test.center.run('accept', { conversationId, agentId: sam })).state).to.equal('active');
  });

  it('that everybody rejects are unclaimed, and do not come back to who rejected them', async () => {
    const sam = await test.agent('sam');
    const kim = await test.agent('kim');
    const conversationId = await test.queued(queueId);
    const offerId = (await test.center.query('home', { agentId: sam })).offers[0]!.id;
    expect(await test.center.run('rejectOffer', { offerId, agentId: sam })).to.deep.equal({ ended: false });
    expect((await test.center.query('home', { agentId: sam })).offers).to.deep.equal([]);
    expect((await test.center.query('home', { agentId: kim })).offers).to.have.length(1);
    expect(await test.center.run('rejectOffer', { offerId, agentId: kim })).to.deep.equal({ ended: true });
    expect(test.events.at(-1)).to.include({ type: 'offer.unclaimed', reason: 'everybody-rejected', conversationId });
    await test.center.run('closeDesk', { deskId: 'desk-sam' });
    await test.center.run('openDesk', { deskId: 'again', agentId: sam });
    expect((await test.center.query('home', { agentId: sam })).offers).to.deep.equal([]);
  });

  it('refuse what has ended and what is not theirs', async () => {
    const sam = await test.agent('sam');
    const conversationId = await test.queued(queueId);
    const offerId = (await test.center.query('home', { agentId: sam })).offers[0]!.id;
    const kim = await test.agent('kim', { live: false });
    expect(await codeOf(test.center.run('rejectOffer', { offerId, agentId: kim }))).to.equal('NOT_FOUND');
    await test.center.run('accept', { conversationId, agentId: sam });
    expect(await codeOf(test.center.run('rejectOffer', { offerId, agentId: sam }))).to.equal('OFFER_ENDED');
  });

  it('do not take a conversation from the flow that handles it', async () => {
    const sam = await test.agent('sam');
    const { conversationId } = await test.receive('bot?', { from: 'whatsapp:+15552009999' });
    expect(await codeOf(test.center.run('accept', { conversationId: conversationId!, agentId: sam }))).to.equal(
      'ILLEGAL_TRANSITION',
    );
  });
});
