import { expect } from 'chai';
import { visibleEvent } from '../../../desk/api/live/visible-event.ts';
import type { AgentView } from '../../../lib/center/contract.ts';
import { FLOW_EVENTS, INNER_EVENTS, type CenterEvent, type EventType } from '../../../lib/domain/events.ts';

const ana: AgentView = { id: 'ana', username: 'ana', name: 'Ana', role: 'agent', disabled: false, configured: false, live: true };
const sue: AgentView = { ...ana, id: 'sue', role: 'supervisor' };

function event(type: EventType, about: Partial<CenterEvent> = {}): CenterEvent {
  return {
    seq: 7,
    id: 'e',
    type,
    at: 0,
    actor: { kind: 'customer', id: 'c', name: 'Customer Name' },
    conversationId: 'conversation',
    queueId: 'queue',
    agentId: null,
    messageId: 'message',
    accountId: 'account',
    reason: null,
    data: { to: 'whatsapp:+15550123456', errorText: 'private', state: 'open' },
    ...about,
  };
}

const told = (type: EventType, agentId: string | null, handledBy: 'flow' | 'queue' | 'agent', agent = ana) =>
  visibleEvent(event(type), agent, { conversation: { agentId, handledBy } });

const ALL = [...FLOW_EVENTS, ...INNER_EVENTS];
const OF_CONVERSATIONS = ALL.filter((type) => /^(conversation|offer|message|draft)\./.test(type) && type !== 'message.unrouted');

describe('events an agent may see', () => {
  it('are all of their own conversations, in full', () => {
    for (const type of OF_CONVERSATIONS) expect(told(type, 'ana', 'agent'), type).to.deep.equal(event(type));
  });

  it('are without customer, message and content where the conversation waits in a queue', () => {
    const seen = told('message.received', null, 'queue')!;
    expect(seen).to.deep.include({
      seq: 7,
      type: 'message.received',
      conversationId: 'conversation',
      messageId: null,
      accountId: null,
    });
    expect(seen.actor).to.deep.equal({ kind: 'customer' });
    expect(seen.data).to.deep.equal({ state: 'open' });
  });

  it('are of others’ conversations only the steps that change everybody’s lists', () => {
    const seen = OF_CONVERSATIONS.filter((type) => told(type, 'bea', 'agent') !== null);
    expect(seen.filter((type) => !/^(conversation|offer)\./.test(type))).to.deep.equal([]);
    expect(seen).to.include.members(['offer.accepted', 'conversation.closed', 'conversation.waiting']);
    expect(seen).to.not.include('conversation.seen');
    for (const type of seen)
      expect(JSON.stringify(told(type, 'bea', 'agent'))).to.not.match(/5550123456|private|Customer Name|"message"/);
  });

  it('are none of conversations the flow handles alone, or that were erased', () => {
    for (const type of OF_CONVERSATIONS) {
      expect(told(type, null, 'flow'), type).to.equal(null);
      expect(visibleEvent(event(type), ana, {}), type).to.equal(null);
    }
  });

  it('are of people their own alone, for supervisors everybody’s', () => {
    for (const type of [
      'agent.added',
      'agent.changed',
      'agent.signed-in',
      'agent.signed-out',
      'desk.opened',
      'desk.closed',
    ] as const) {
      expect(visibleEvent(event(type, { agentId: 'bea' }), ana, {})).to.equal(null);
      expect(visibleEvent(event(type, { agentId: 'ana' }), ana, {})).to.not.equal(null);
      expect(visibleEvent(event(type, { agentId: 'bea' }), sue, {})).to.not.equal(null);
    }
  });
});
