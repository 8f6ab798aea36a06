import { expect } from 'chai';
import type { WhatsAppMessage } from '../../../lib/domain/message.ts';
import { codeOf, CUSTOMER, HOUR, SENDER, TestCenter } from '../../support/center.ts';

describe('the life of a conversation', () => {
  let test: TestCenter;
  beforeEach(async () => {
    test = await TestCenter.open();
  });
  afterEach(() => test.close());

  it('begins with the customer’s first message and keeps one entry per SID, however often it comes', async () => {
    const id = 'SM00000000000000000000000000000abc';
    const results = await Promise.all(Array.from({ length: 50 }, () => test.receive('Hi', { id, sid: id })));
    expect(results.filter((result) => !result.duplicate)).to.have.length(1);
    expect(new Set(results.map((result) => result.conversationId)).size).to.equal(1);
    expect(test.types()).to.deep.equal(['conversation.opened', 'message.received']);
    const handed = await test.center.run('takeInbound', { accountIds: ['account'], instance: 'i', limit: 64 });
    expect(handed).to.have.length(1);
    expect(handed[0]!.conversation).to.include({ isNew: true, state: 'open', handledBy: 'flow' });
  });

  it('goes open → active → wrap-up → closed, and the next message opens a new one', async () => {
    const queueId = await test.queue();
    const agentId = await test.agent('sam');
    const conversationId = await test.queued(queueId);
    expect((await test.center.run('accept', { conversationId, agentId })).state).to.equal('active');
    expect((await test.center.run('endConversation', { conversationId, agentId })).state).to.equal('wrap-up');
    expect((await test.center.run('closeConversation', { conversationId, agentId })).state).to.equal('closed');
    expect(await codeOf(test.center.run('accept', { conversationId, agentId }))).to.equal('CONVERSATION_CLOSED');
    const next = await test.receive('Again');
    expect(next.conversationId).not.to.equal(conversationId);
  });

  it('waits when it is closed without End, and is open and offered again when the customer writes', async () => {
    const queueId = await test.queue();
    const agentId = await test.agent('sam');
    const conversationId = await test.queued(queueId);
    await test.center.run('accept', { conversationId, agentId });
    expect((await test.center.run('closeConversation', { conversationId, agentId })).state).to.equal('waiting');
    test.events.length = 0;
    expect((await test.receive('Are you there?')).conversationId).to.equal(conversationId);
    expect(test.types()).to.deep.equal(['message.received', 'conversation.queued', 'offer.created']);
    const home = await test.center.query('home', { agentId });
    expect(home.offers.map((offer) => offer.conversation.id)).to.deep.equal([conversationId]);
  });

  it('is active again with the same agent when the customer writes during wrap-up', async () => {
    const queueId = await test.queue();
    const agentId = await test.agent('sam');
    const conversationId = await test.queued(queueId);
    await test.center.run('accept', { conversationId, agentId });
    await test.center.run('endConversation', { conversationId, agentId });
    await test.receive('One more thing');
    const view = await test.center.query('conversationView', { conversationId, agentId });
    expect(view).to.include({ state: 'active' });
    expect(view.agent?.id).to.equal(agentId);
  });

  it('ends with its window when the flow handles it alone, and not a moment before', async () => {
    const { conversationId } = await test.receive();
    test.time += 24 * HOUR;
    await test.center.run('sweep', {});
    expect((await test.center.query('conversation', { conversationId: conversationId! }))?.state).to.equal('open');
    test.time += 1;
    await test.center.run('sweep', {});
    expect((await test.center.query('conversation', { conversationId: conversationId! }))?.state).to.equal('closed');
    expect(test.events.at(-1)).to.include({ type: 'conversation.closed', reason: 'window-ended' });
  });

  it('says later how it ended: with words, or with the kind of a message that had none, as long as that is kept', async () => {
    const agentId = await test.agent('sam');
    const picture = {
      type: 'image',
      text: '',
      media: [{ url: 'https://api.twilio.com/x', contentType: 'image/jpeg', sid: 'ME1' }],
    };
    const spoken = await test.receive('', picture as Partial<WhatsAppMessage>);
    test.time += 24 * HOUR + 1;
    await test.center.run('sweep', {});
    const now = await test.queued(await test.queue());
    await test.center.run('accept', { conversationId: now, agentId });
    const earlier = async () => {
      const view = await test.center.query('conversationView', { conversationId: now, agentId });
      return view.earlier!.map(({ id, preview, previewType }) => [id, preview, previewType]);
    };
    expect(await earlier()).to.deep.equal([[spoken.conversationId, null, 'image']]);
    test.time += 24 * HOUR;
    await test.center.run('sweep', {});
    expect(await earlier()).to.deep.equal([[spoken.conversationId, null, null]]);
    const written = now;
    await test.center.run('endConversation', { conversationId: written, agentId });
    await test.center.run('closeConversation', { conversationId: written, agentId });
    const next = await test.queued((await test.center.query('queues', {}))[0]!.id);
    const view = await test.center.query('conversationView', { conversationId: next, agentId });
    expect(view.earlier![0]).to.include({ id: written, preview: 'Hello', previewType: 'text' });
  });

  it('stays in the queue past its window: people answer for it', async () => {
    const queueId = await test.queue();
    const conversationId = await test.queued(queueId);
    test.time += 25 * HOUR;
    await test.center.run('sweep', {});
    expect((await test.center.query('conversation', { conversationId }))?.state).to.equal('open');
  });

  it('keeps content until 24 hours after closing, then only what a transcript-store kept, as it kept it', async () => {
    const queueId = await test.queue();
    const agentId = await test.agent('sam');
    const first = await test.receive('my card is 4242', { params: { Body: 'my card is 4242' } });
    await test.center.run('keepMessage', { messageId: first.messageId, text: 'my card is ****' });
    const second = await test.receive('secret');
    const conversationId = second.conversationId!;
    await test.center.run('queueConversation', {
      queueId,
      conversationId,
      messageId: second.messageId,
      customer: null,
      attributes: null,
      tags: null,
    });
    await test.center.run('accept', { conversationId, agentId });
    await test.center.run('endConversation', { conversationId, agentId });
    await test.center.run('closeConversation', { conversationId, agentId });
    const texts = async () =>
      (await test.center.query('messages', { conversationId, agentId, limit: 10 })).messages.map((m) => [
        m.message.text,
        m.contentKept,
      ]);
    test.time += 24 * HOUR - 1;
    await test.center.run('sweep', {});
    expect(await texts()).to.deep.equal([
      ['my card is 4242', true],
      ['secret', true],
    ]);
    test.time += 1;
    await test.center.run('sweep', {});
    expect(await texts()).to.deep.equal([
      ['my card is ****', true],
      ['', false],
    ]);
  });

  it('never moves the window back for a message that comes late', async () => {
    await test.receive('now');
    await test.receive('from this morning', { timestamp: new Date(test.time - 5 * HOUR).toISOString() });
    const facts = await test.center.query('sessionOf', { address: CUSTOMER, sender: SENDER });
    expect(facts.lastCustomerAt).to.equal(test.time);
  });

  it('keeps a message to a number that is not ours as unrouted', async () => {
    const result = await test.center.run('receive', {
      accountId: 'account',
      routed: false,
      message: {
        id: 'SMx',
        sid: 'SMx',
        direction: 'inbound',
        type: 'text',
        text: 'hm',
        from: CUSTOMER,
        to: 'whatsapp:+15559999999',
        author: { kind: 'customer' },
        status: 'received',
        timestamp: new Date(test.time).toISOString(),
      },
    });
    expect(result).to.deep.equal({ duplicate: false, messageId: 'SMx', conversationId: null, handed: null });
    expect(test.types()).to.deep.equal(['message.unrouted']);
    expect(await test.center.run('takeInbound', { accountIds: ['account'], instance: 'i', limit: 64 })).to.deep.equal([]);
  });

  it('tells its whole story over the pages of its thread, each event once', async () => {
    const queueId = await test.queue();
    const agentId = await test.agent('sam');
    const conversationId = await test.queued(queueId);
    await test.center.run('accept', { conversationId, agentId });
    for (let round = 0; round < 12; round++) {
      test.time += 1000;
      await test.center.run('closeConversation', { conversationId, agentId });
      test.time += 1000;
      await test.receive(`round ${round}`);
      test.time += 1000;
      await test.center.run('accept', { conversationId, agentId });
    }
    const told: string[] = [];
    let before: number | undefined;
    do {
      const page = await test.center.query('messages', { conversationId, agentId, limit: 5, before });
      told.unshift(...page.events.map((event) => event.id));
      before = page.before ?? undefined;
    } while (before !== undefined);
    const all = (await test.center.query('messages', { conversationId, agentId, limit: 1000 })).events.map((event) => event.id);
    expect(told).to.deep.equal(all);
    expect(all.length).to.be.greaterThan(36);
  });

  it('takes the customer, records, attributes and tags that the flow gives', async () => {
    const queueId = await test.queue();
    const { conversationId, messageId } = await test.receive();
    const records = [{ type: 'contact' as const, id: 'C-1', title: 'Ann Lee' }];
    const { conversation } = await test.center.run('queueConversation', {
      queueId,
      conversationId: conversationId!,
      messageId,
      customer: { name: 'Ann Lee', authenticated: true, records },
      attributes: { order: '48213' },
      tags: ['vip', 'vip'],
    });
    expect(conversation.customer).to.deep.include({ name: 'Ann Lee', authenticated: true, records });
    expect(conversation).to.deep.include({ attributes: { order: '48213' }, tags: ['vip'], handledBy: 'queue' });
  });

  it('refuses the queue for what is unknown or closed', async () => {
    const queueId = await test.queue();
    const base = { queueId, messageId: null, customer: null, attributes: null, tags: null };
    expect(await codeOf(test.center.run('queueConversation', { ...base, conversationId: 'nowhere' }))).to.equal(
      'UNKNOWN_CONVERSATION',
    );
    const { conversationId } = await test.receive();
    test.time += 25 * HOUR;
    await test.center.run('sweep', {});
    expect(await codeOf(test.center.run('queueConversation', { ...base, conversationId: conversationId! }))).to.equal(
      'CONVERSATION_CLOSED',
    );
  });
});
