import { expect } from 'chai';
import { DatabaseSync } from 'node:sqlite';
import { ACCOUNT, codeOf, CUSTOMER, SENDER, TestCenter } from '../../../support/center.ts';

/** Everything that a command could leave behind. */
const TABLES = [
  'conversations',
  'messages',
  'customers',
  'queues',
  'queue_members',
  'offers',
  'offer_agents',
  'agents',
  'participants',
  'remarks',
  'drafts',
  'returned',
  'windows',
  'events',
];

describe('what cannot be done', () => {
  let test: TestCenter;
  let queueId: string;
  let sue: string;
  let ann: string;
  let ben: string;
  let id: string;
  beforeEach(async () => {
    test = await TestCenter.open();
    queueId = await test.queue();
    sue = await test.agent('sue');
    ann = await test.agent('ann');
    ben = await test.agent('ben');
    id = await test.queued(queueId);
    await test.center.run('accept', { conversationId: id, agentId: ann });
  });
  afterEach(() => test.close());

  const flow = { flow: { nodeId: 'node-Support', nodeName: 'Support' } };
  const everything = (): string => {
    const db = new DatabaseSync(test.file, { readOnly: true });
    try {
      return JSON.stringify(TABLES.map((table) => db.prepare(`select * from ${table}`).all()));
    } finally {
      db.close();
    }
  };
  /** Is refused with this code, and nothing at all is different afterwards. */
  const refused = async (code: string, attempt: Promise<unknown>): Promise<void> => {
    const before = everything();
    expect(await codeOf(attempt)).to.equal(code);
    expect(everything()).to.equal(before);
  };

  it('an illegal transition is ILLEGAL_TRANSITION', async () => {
    const { center } = test;
    await center.run('endConversation', { conversationId: id, agentId: ann });
    await refused('ILLEGAL_TRANSITION', center.run('release', { conversationId: id, by: { agentId: ann } }));
    await refused('ILLEGAL_TRANSITION', center.run('handBack', { conversationId: id, by: { agentId: ann }, note: 'Over' }));
    await refused('ILLEGAL_TRANSITION', center.run('setAside', { conversationId: id, by: flow }));
    await refused('ILLEGAL_TRANSITION', center.run('transferToQueue', { conversationId: id, by: flow, queueId, note: 'Yours' }));
    await refused(
      'ILLEGAL_TRANSITION',
      center.run('transferToAgent', { conversationId: id, by: { agentId: ann }, toAgentId: ben, note: 'Yours' }),
    );
    await refused(
      'ILLEGAL_TRANSITION',
      center.run('reply', { conversationId: id, agentId: ann, messageId: 'reply-0001', text: 'Hi' }),
    );
    const alone = await test.receive('Hello', { from: 'whatsapp:+15552000002' });
    const byBot = alone.conversationId!;
    await refused('ILLEGAL_TRANSITION', center.run('assign', { conversationId: byBot, by: flow, toAgentId: ben }));
    await refused('ILLEGAL_TRANSITION', center.run('sayFromFlow', { conversationId: byBot, nodeId: 'node', text: 'Hi' }));
  });

  it('an unknown agent is UNKNOWN_AGENT, also one who has been disabled or removed', async () => {
    const { center } = test;
    await center.run('changeAgent', { actorId: sue, agentId: ben, change: { disabled: true } });
    const cem = await test.agent('cem');
    await center.run('removeAgent', { actorId: sue, agentId: cem });
    for (const toAgentId of ['nobody', ben, cem, '']) {
      for (const by of [flow, { agentId: sue }]) {
        await refused('UNKNOWN_AGENT', center.run('assign', { conversationId: id, by, toAgentId }));
        await refused('UNKNOWN_AGENT', center.run('transferToAgent', { conversationId: id, by, toAgentId, note: 'Yours' }));
      }
      await refused('UNKNOWN_AGENT', center.run('consult', { conversationId: id, agentId: ann, toAgentId, note: 'Well?' }));
    }
    await refused(
      'UNKNOWN_AGENT',
      center.run('changeQueue', { actorId: sue, queueId, change: { units: 2, members: ['nobody'] } }),
    );
    await refused('UNKNOWN_AGENT', center.run('changeWork', { actorId: sue, agentId: 'nobody', change: { capacity: 2 } }));
  });

  it('an unknown queue is UNKNOWN_QUEUE', async () => {
    const { center } = test;
    for (const by of [flow, { agentId: ann }, { agentId: sue }]) {
      await refused(
        'UNKNOWN_QUEUE',
        center.run('transferToQueue', { conversationId: id, by, queueId: 'nowhere', note: 'Yours' }),
      );
    }
    await refused('UNKNOWN_QUEUE', center.run('changeQueue', { actorId: sue, queueId: 'nowhere', change: { units: 2 } }));
    const { conversationId, messageId } = await test.receive('Hello', { from: 'whatsapp:+15552000002' });
    const wish = { conversationId: conversationId!, messageId, customer: null, attributes: { vip: true }, tags: ['vip'] };
    await refused('UNKNOWN_QUEUE', center.run('queueConversation', { ...wish, queueId, routing: { queue: 'nowhere' } }));
    await refused('UNKNOWN_AGENT', center.run('queueConversation', { ...wish, queueId, routing: { agent: 'nobody' } }));
  });

  it('a transfer to somebody absent is AGENT_UNAVAILABLE, to somebody full AGENT_FULL', async () => {
    const { center } = test;
    const transfer = (by: { agentId: string } | typeof flow) =>
      center.run('transferToAgent', { conversationId: id, by, toAgentId: ben, note: 'Yours' });
    for (const presence of ['away', 'dnd', 'offline'] as const) {
      await center.run('setPresence', { agentId: ben, presence });
      for (const by of [flow, { agentId: ann }, { agentId: sue }]) await refused('AGENT_UNAVAILABLE', transfer(by));
      await refused('AGENT_UNAVAILABLE', center.run('consult', { conversationId: id, agentId: ann, toAgentId: ben }));
    }
    await center.run('setPresence', { agentId: ben, presence: 'available' });
    await center.run('closeDesk', { deskId: 'desk-ben' });
    await refused('AGENT_UNAVAILABLE', transfer({ agentId: ann }));
    await center.run('openDesk', { deskId: 'desk-ben', agentId: ben });
    await center.run('changeWork', { actorId: sue, agentId: ben, change: { capacity: 0 } });
    for (const by of [flow, { agentId: ann }, { agentId: sue }]) await refused('AGENT_FULL', transfer(by));
  });

  it('a command on a closed conversation is CONVERSATION_CLOSED', async () => {
    const { center } = test;
    await center.run('forceClose', { conversationId: id, by: { agentId: sue } });
    for (const by of [flow, { agentId: ann }, { agentId: sue }]) {
      const about = { conversationId: id, by };
      await refused('CONVERSATION_CLOSED', center.run('transferToQueue', { ...about, queueId, note: 'Yours' }));
      await refused('CONVERSATION_CLOSED', center.run('transferToAgent', { ...about, toAgentId: ben, note: 'Yours' }));
      await refused('CONVERSATION_CLOSED', center.run('release', about));
      await refused('CONVERSATION_CLOSED', center.run('handBack', { ...about, note: 'Over' }));
      await refused('CONVERSATION_CLOSED', center.run('setAside', about));
      await refused('CONVERSATION_CLOSED', center.run('setTags', { ...about, tags: ['late'] }));
      await refused('CONVERSATION_CLOSED', center.run('setAttributes', { ...about, attributes: { late: true } }));
    }
    for (const by of [flow, { agentId: sue }]) {
      await refused('CONVERSATION_CLOSED', center.run('forceClose', { conversationId: id, by }));
      await refused('CONVERSATION_CLOSED', center.run('assign', { conversationId: id, by, toAgentId: ben }));
    }
    const own = { conversationId: id, agentId: ann };
    await refused('CONVERSATION_CLOSED', center.run('accept', own));
    await refused('CONVERSATION_CLOSED', center.run('endConversation', own));
    await refused('CONVERSATION_CLOSED', center.run('reply', { ...own, messageId: 'reply-0001', text: 'Hi' }));
    await refused('CONVERSATION_CLOSED', center.run('setDispositions', { ...own, codes: [] }));
    await refused('CONVERSATION_CLOSED', center.run('attend', { conversationId: id, agentId: sue, as: 'monitor' }));
    await refused('CONVERSATION_CLOSED', center.run('sayFromFlow', { conversationId: id, nodeId: 'node', text: 'Hi' }));
  });

  it('who is not the agent of a conversation gets NOT_YOUR_CONVERSATION, and a made-up id nothing at all', async () => {
    const { center } = test;
    const others = { conversationId: id, by: { agentId: ben } };
    await refused('NOT_YOUR_CONVERSATION', center.run('release', others));
    await refused('NOT_YOUR_CONVERSATION', center.run('transferToQueue', { ...others, queueId }));
    await refused('NOT_YOUR_CONVERSATION', center.run('assign', { ...others, toAgentId: ben }));
    await refused('FORBIDDEN', center.run('forceClose', others));
    await refused('FORBIDDEN', center.run('attend', { conversationId: id, agentId: ben, as: 'monitor' }));
    await refused('FORBIDDEN', center.run('changeQueue', { actorId: ben, queueId, change: { everyone: false } }));
    for (const forged of ['nobody', '', 'node-Support']) {
      const by = { agentId: forged };
      await refused('UNKNOWN_AGENT', center.run('release', { conversationId: id, by }));
      await refused('UNKNOWN_AGENT', center.run('forceClose', { conversationId: id, by }));
      await refused('UNKNOWN_AGENT', center.run('accept', { conversationId: id, agentId: forged }));
      await refused('UNKNOWN_AGENT', center.run('remark', { conversationId: id, by, kind: 'note', text: 'Hello' }));
      await refused('UNKNOWN_AGENT', center.run('saveInternalDraft', { conversationId: id, agentId: forged, text: 'Hello' }));
    }
  });

  it('a flow that writes in the name of an agent who is not there is UNKNOWN_AGENT', async () => {
    const claim = (author: { kind: 'agent'; id: string; name: string }) =>
      test.center.run('claimOutbound', {
        messageId: null,
        answer: null,
        accountId: ACCOUNT,
        from: SENDER,
        to: CUSTOMER,
        text: 'I am somebody else',
        template: null,
        author,
        conversationId: id,
      });
    await refused('UNKNOWN_AGENT', claim({ kind: 'agent', id: 'nobody', name: 'Ann' }));
    const { message } = await claim({ kind: 'agent', id: ann, name: 'The Director' });
    expect(message.author).to.deep.equal({ kind: 'agent', id: ann, name: 'ann' });
  });
});
