import { expect } from 'chai';
import { visibleEvent } from '../../../desk/api/live/visible-event.ts';
import type { EventAudience } from '../../../lib/center/contract.ts';
import type { AgentView } from '../../../lib/center/views.ts';
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

type Whose = Partial<EventAudience['conversations'][string]>;

/** Of a conversation in a queue that Ana belongs to, or with `outside` in one that she does not. */
function audienceOf(whose: Whose, outside = false): EventAudience {
  const conversation = { agentId: null, handledBy: 'agent' as const, queueId: 'queue', participants: [], offered: [], ...whose };
  return { conversations: { conversation }, queues: { queue: outside ? ['bea'] : ['ana', 'bea'], everybody: null } };
}

const told = (type: EventType, whose: Whose, agent = ana) => visibleEvent(event(type), agent, audienceOf(whose));
const toldOutside = (type: EventType, whose: Whose, about: Partial<CenterEvent> = {}) =>
  visibleEvent(event(type, about), ana, audienceOf(whose, true));
const NOBODY: EventAudience = { conversations: {}, queues: {} };
const PRIVATE = /5550123456|private|Customer Name|"message"/;

const ALL = [...FLOW_EVENTS, ...INNER_EVENTS];
const OF_CONVERSATIONS = ALL.filter(
  (type) =>
    /^(conversation|offer|message|draft|transfer|consult|remark|supervisor|timeout|session)\./.test(type) &&
    type !== 'message.unrouted',
);

describe('events an agent may see', () => {
  it('are all of their own conversations, in full', () => {
    for (const type of OF_CONVERSATIONS) expect(told(type, { agentId: 'ana' }), type).to.deep.equal(event(type));
  });

  it('are in full, but for the owner’s own, where they take part', () => {
    for (const type of OF_CONVERSATIONS) {
      const own = type === 'draft.saved' || type === 'conversation.seen';
      const seen = toldOutside(type, { agentId: 'bea', participants: ['ana'] });
      expect(seen, type).to.deep.equal(own ? null : event(type));
    }
  });

  it('are without customer, message and content where the conversation waits in a queue of theirs', () => {
    const seen = told('message.received', { handledBy: 'queue' })!;
    expect(seen).to.deep.include({
      seq: 7,
      type: 'message.received',
      conversationId: 'conversation',
      messageId: null,
      accountId: null,
    });
    expect(seen.actor).to.deep.equal({ kind: 'customer' });
    expect(seen.data).to.deep.equal({ state: 'open' });
    expect(told('remark.added', { handledBy: 'queue' })).to.not.equal(null);
    expect(toldOutside('message.received', { handledBy: 'queue' })).to.equal(null);
    expect(visibleEvent(event('message.received'), ana, audienceOf({ handledBy: 'queue', queueId: 'everybody' }))).to.not.equal(
      null,
    );
  });

  it('are of colleagues’ conversations in their queue only the steps that change everybody’s lists', () => {
    const seen = OF_CONVERSATIONS.filter((type) => told(type, { agentId: 'bea' }) !== null);
    expect(seen.filter((type) => !/^(conversation|offer)\./.test(type))).to.deep.equal([]);
    expect(seen).to.include.members(['offer.accepted', 'conversation.closed', 'conversation.waiting', 'conversation.assigned']);
    expect(seen).to.not.include('conversation.seen');
    for (const type of seen) expect(JSON.stringify(told(type, { agentId: 'bea' }))).to.not.match(PRIVATE);
  });

  it('are none of other queues’, except where they are asked or named, or it has just left theirs', () => {
    for (const type of OF_CONVERSATIONS) {
      expect(toldOutside(type, { agentId: 'bea' }), type).to.equal(null);
      expect(toldOutside(type, { handledBy: 'queue' }), type).to.equal(null);
    }
    const asked = toldOutside('message.received', { agentId: 'bea', offered: ['ana'] });
    expect(JSON.stringify(asked)).to.include('message.received').and.to.not.match(PRIVATE);
    expect(toldOutside('transfer.declined', { agentId: 'bea' }, { agentId: 'ana' })).to.not.equal(null);
    expect(toldOutside('conversation.assigned', { agentId: 'bea' }, { data: { from: 'ana', to: 'bea' } })).to.not.equal(null);
    const moved = event('conversation.transferred', { queueId: 'other', data: { fromQueue: 'queue' } });
    const audience = audienceOf({ handledBy: 'queue', queueId: 'other' });
    expect(visibleEvent(moved, ana, audience)).to.not.equal(null);
    expect(visibleEvent({ ...moved, data: {} }, ana, audience)).to.equal(null);
  });

  it('say to whoever had it, or gets it, that it was they', () => {
    const moved = (data: Record<string, unknown>, whose: Whose) =>
      visibleEvent(event('conversation.transferred', { data: { ...data, errorText: 'private' } }), ana, audienceOf(whose))!.data;
    expect(moved({ from: 'ana', to: 'bea' }, { agentId: 'bea' })).to.deep.equal({ from: 'ana' });
    expect(moved({ from: 'bea', to: 'ana' }, { agentId: 'cem' })).to.deep.equal({ to: 'ana' });
    expect(moved({ from: 'bea', to: 'cem' }, { agentId: 'cem' })).to.deep.equal({});
  });

  it('are none of conversations the flow handles alone, or that were erased', () => {
    for (const type of OF_CONVERSATIONS) {
      const alone = event(type, { queueId: null });
      expect(visibleEvent(alone, ana, audienceOf({ handledBy: 'flow', queueId: null })), type).to.equal(null);
      expect(visibleEvent(event(type), ana, NOBODY), type).to.equal(null);
    }
    expect(told('conversation.handed-back', { handledBy: 'flow' })).to.not.equal(null);
    expect(told('message.received', { handledBy: 'flow' })).to.equal(null);
  });

  it('are for supervisors all but what only the owner is told, without the number', () => {
    for (const type of OF_CONVERSATIONS) {
      const own = type === 'draft.saved' || type === 'conversation.seen';
      const seen = told(type, { handledBy: 'flow', queueId: null }, sue);
      expect(seen === null, type).to.equal(own);
      if (seen !== null) expect(JSON.stringify(seen)).to.include('private').and.to.not.include('5550123456');
    }
  });

  it('are of people their own alone, for supervisors everybody’s', () => {
    for (const type of [
      'agent.added',
      'agent.changed',
      'agent.removed',
      'agent.signed-in',
      'agent.signed-out',
      'desk.opened',
      'desk.closed',
    ] as const) {
      expect(visibleEvent(event(type, { agentId: 'bea' }), ana, NOBODY)).to.equal(null);
      expect(visibleEvent(event(type, { agentId: 'ana' }), ana, NOBODY)).to.not.equal(null);
      expect(visibleEvent(event(type, { agentId: 'bea' }), sue, NOBODY)).to.not.equal(null);
    }
  });

  it('are of a colleague’s new name that there is one: pages show it', () => {
    const changed = event('agent.changed', {
      conversationId: null,
      agentId: 'bea',
      actor: { kind: 'agent', id: 'sue', name: 'Sue' },
      data: { changed: ['name', 'role'], role: 'supervisor', signedOut: true },
    });
    expect(visibleEvent(changed, ana, NOBODY)).to.equal(null);
    const seen = visibleEvent({ ...changed, reason: 'renamed' }, ana, NOBODY)!;
    expect(seen).to.deep.include({ type: 'agent.changed', agentId: 'bea', reason: 'renamed', data: {} });
  });

  it('are of a colleague’s status whether they are there, and nothing else', () => {
    const changed = event('presence.changed', {
      conversationId: null,
      agentId: 'bea',
      actor: { kind: 'agent', id: 'bea', name: 'Bea' },
      reason: 'offer-missed',
      data: { presence: 'away', statusId: 'dentist', before: 'available' },
    });
    expect(visibleEvent(changed, ana, NOBODY)).to.deep.include({
      agentId: 'bea',
      actor: { kind: 'system' },
      reason: null,
      data: { presence: 'away' },
    });
    expect(visibleEvent(changed, { ...ana, id: 'bea' }, NOBODY)).to.deep.equal(changed);
    expect(visibleEvent(changed, sue, NOBODY)).to.deep.equal(changed);
  });

  it('are of settings that they have changed, not how', () => {
    const changed = event('queue.changed', { conversationId: null, data: { changed: ['members'] } });
    expect(visibleEvent(changed, ana, NOBODY)!.data).to.deep.equal({});
    expect(visibleEvent(changed, sue, NOBODY)!.data).to.deep.equal({ changed: ['members'] });
    const removed = event('queue.removed', { conversationId: null, data: { name: 'Support' } });
    expect(visibleEvent(removed, ana, NOBODY)!.data).to.deep.equal({});
    expect(visibleEvent(removed, sue, NOBODY)!.data).to.deep.equal({ name: 'Support' });
  });
});
