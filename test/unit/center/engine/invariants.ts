import { expect } from 'chai';
import type { DatabaseSync } from 'node:sqlite';
import { wrapUpCapacity, usedUnits } from '../../../../lib/domain/capacity.ts';
import type { CenterEvent } from '../../../../lib/domain/events.ts';
import type { Strategy } from '../../../../lib/domain/routing.ts';

/** The database as it is, and what must hold in it whatever was done. */

export interface Conversation {
  id: string;
  customer_id: string;
  sender: string;
  state: 'open' | 'active' | 'waiting' | 'wrap-up' | 'closed';
  handled_by: 'flow' | 'queue' | 'agent';
  queue_id: string | null;
  agent_id: string | null;
  queued_at: number | null;
  accepted_at: number | null;
  ended_at: number | null;
  closed_at: number | null;
  close_reason: string | null;
  offered: number;
  skills: string;
  preferred_agent: string | null;
  preferred_only: number;
}
interface Agent {
  id: string;
  disabled: number;
  capacity: number;
  skills: string;
  presence: string;
  presence_status: string | null;
  presence_by: string;
  presence_since: number;
}
interface Queue {
  id: string;
  strategy: Strategy;
  everyone: number;
  units: number;
  wrap_up: string;
}
interface Offer {
  id: string;
  conversation_id: string;
  queue_id: string;
  kind: 'incoming' | 'transfer' | 'consult';
  state: string;
  created_at: number;
  ended_at: number | null;
}
interface Part {
  offer_id: string;
  agent_id: string;
  state: string;
  alone: number;
}

export interface Picture {
  conversations: Conversation[];
  agents: Agent[];
  queues: Queue[];
  members: { queue_id: string; agent_id: string }[];
  offers: Offer[];
  parts: Part[];
  participants: { conversation_id: string; agent_id: string }[];
  desks: { agent_id: string }[];
  returned: { agent_id: string; conversation_id: string }[];
}

export function pictureOf(db: DatabaseSync): Picture {
  const all = <Row>(table: string) => db.prepare(`select * from ${table}`).all() as unknown as Row[];
  return {
    conversations: all('conversations'),
    agents: all('agents'),
    queues: all('queues'),
    members: all('queue_members'),
    offers: all('offers'),
    parts: all('offer_agents'),
    participants: all('participants'),
    desks: all('desks'),
    returned: all('returned'),
  };
}

const WORKING = ['available', 'busy'];
const MOST_SESSIONS = 10;
const MOST_ALERTS = 5;

export function loadOf({ conversations, queues }: Picture, agentId: string, now: number): { used: number; sessions: number } {
  const own = conversations.filter((one) => one.agent_id === agentId && (one.state === 'active' || one.state === 'wrap-up'));
  const burdens = own.map((one) => {
    const queue = queues.find((candidate) => candidate.id === one.queue_id)!;
    return { state: one.state, units: queue.units, wrapUp: wrapUpCapacity(queue.wrap_up), endedAt: one.ended_at };
  });
  return { used: usedUnits(burdens, now), sessions: own.length };
}

/** Each state with what belongs to it, and one live conversation of a customer with a sender. */
export function checkStates({ conversations, agents, queues }: Picture): void {
  const live = new Set<string>();
  for (const one of conversations) {
    const { id, state } = one;
    const owner = agents.find((agent) => agent.id === one.agent_id);
    if (state === 'closed') {
      expect([one.closed_at === null, one.close_reason === null], id).to.deep.equal([false, false]);
      continue;
    }
    const key = `${one.customer_id} ${one.sender}`;
    expect(live.has(key), `${id} is a second live conversation of its customer`).to.equal(false);
    live.add(key);
    expect(one.closed_at, id).to.equal(null);
    if (state === 'open') {
      expect(one.agent_id, `open ${id} has an owner`).to.equal(null);
      expect(one.handled_by, id).to.be.oneOf(['flow', 'queue']);
    } else expect(one.handled_by, `${state} ${id}`).to.equal('agent');
    if (state === 'active' || state === 'wrap-up') {
      expect(owner?.disabled, `${state} ${id} is with somebody who is not there`).to.equal(0);
    }
    if (one.handled_by !== 'flow') {
      expect(
        queues.some((queue) => queue.id === one.queue_id),
        `${id} is in no queue`,
      ).to.equal(true);
    }
    if (one.agent_id !== null) expect(owner?.disabled, `${state} ${id} is with somebody who is gone`).to.equal(0);
  }
}

/** A closed conversation stays closed, every other step is one of the table, and each has its event with actor and reason. */
export function checkSteps(before: Picture, after: Picture, events: CenterEvent[], severalAtOnce: boolean): void {
  const TABLE: Record<string, string[]> = {
    open: ['active', 'closed'],
    active: ['wrap-up', 'waiting', 'open', 'closed'],
    waiting: ['active', 'open', 'closed'],
    'wrap-up': ['closed', 'active'],
    closed: [],
  };
  for (const old of before.conversations) {
    const now = after.conversations.find((one) => one.id === old.id)!;
    if (now.state === old.state && now.agent_id === old.agent_id && now.handled_by === old.handled_by) continue;
    if (old.state === 'closed') expect(now.state, `closed ${old.id} came back`).to.equal('closed');
    if (!severalAtOnce && now.state !== old.state) expect(TABLE[old.state], `${old.id} from ${old.state}`).to.include(now.state);
    const steps = events.filter(
      (event) => event.conversationId === old.id && /^(conversation\.|offer\.accepted)/.test(event.type),
    );
    expect(steps.length, `nothing says that ${old.id} went from ${old.state} to ${now.state}`).to.be.greaterThan(0);
    for (const step of steps) expect(step.reason, `${step.type} has no reason`).to.be.a('string');
  }
}

/** Pending offers fit their conversation and ask only people who can answer; what has ended stays ended. */
export function checkOffers(before: Picture, after: Picture): void {
  const { conversations, agents, offers, parts } = after;
  const pending = offers.filter((offer) => offer.state === 'pending');
  expect(new Set(pending.map((offer) => offer.conversation_id)).size, 'two offers of one conversation').to.equal(pending.length);
  for (const one of conversations) {
    const offered = pending.some((offer) => offer.conversation_id === one.id && offer.kind === 'incoming');
    expect(one.offered === 1, `${one.id} is marked wrongly as offered`).to.equal(offered);
  }
  for (const offer of offers) {
    const own = parts.filter((part) => part.offer_id === offer.id);
    const open = own.filter((part) => part.state === 'pending');
    const won = own.filter((part) => part.state === 'accepted');
    expect(won.length, `${offer.id} has two winners`).to.be.at.most(1);
    if (offer.state !== 'pending') {
      expect([open.length, offer.ended_at === null], `${offer.kind} ${offer.id} ${offer.state}`).to.deep.equal([0, false]);
      continue;
    }
    expect([open.length > 0, offer.ended_at, won.length], `${offer.kind} ${offer.id} asks nobody`).to.deep.equal([true, null, 0]);
    const about = conversations.find((one) => one.id === offer.conversation_id)!;
    expect(about.state, `${offer.kind} about a conversation that is ${about.state}`).to.equal(
      offer.kind === 'incoming' ? 'open' : 'active',
    );
    for (const part of open) {
      const agent = agents.find((one) => one.id === part.agent_id);
      expect([agent?.disabled, WORKING.includes(agent?.presence ?? '')], `${offer.kind} to somebody absent`).to.deep.equal([
        0,
        true,
      ]);
    }
  }
  for (const old of before.offers) {
    if (old.state === 'pending') continue;
    const now = offers.find((offer) => offer.id === old.id)!;
    expect([now.state, now.ended_at], `${old.id} ended twice`).to.deep.equal([old.state, old.ended_at]);
  }
}

/** Who waits is offered as soon as somebody could be asked. */
export function checkLine(picture: Picture, now: number): void {
  const { conversations, agents, queues, members, offers, parts } = picture;
  for (const one of conversations) {
    if (one.state !== 'open' || one.handled_by !== 'queue' || one.offered === 1) continue;
    const queue = queues.find((candidate) => candidate.id === one.queue_id)!;
    for (const agent of agents) {
      if (agent.disabled === 1 || !WORKING.includes(agent.presence)) continue;
      if (queue.everyone === 0 && !members.some((m) => m.queue_id === queue.id && m.agent_id === agent.id)) continue;
      if (one.preferred_only === 1 && one.preferred_agent !== agent.id) continue;
      const skills = JSON.parse(agent.skills) as string[];
      if (!(JSON.parse(one.skills) as string[]).every((skill) => skills.includes(skill))) continue;
      const { used, sessions } = loadOf(picture, agent.id, now);
      if (agent.capacity - used < queue.units || sessions >= MOST_SESSIONS) continue;
      const kind = queue.strategy === 'all' ? 0 : 1;
      const alerts = parts.filter((part) => part.agent_id === agent.id && part.state === 'pending' && part.alone === kind).length;
      const most = queue.strategy === 'all' || one.preferred_agent === agent.id ? MOST_ALERTS : 1;
      if (alerts >= most) continue;
      const declined = parts.some((part) => {
        const offer = offers.find((candidate) => candidate.id === part.offer_id)!;
        if (part.agent_id !== agent.id || offer.conversation_id !== one.id || offer.kind !== 'incoming') return false;
        if (offer.created_at < (one.queued_at ?? 0)) return false;
        return part.state === 'rejected' || (part.state === 'expired' && offer.ended_at! >= agent.presence_since);
      });
      expect(declined, `${one.id} waits in ${queue.strategy} although ${agent.id} could be asked`).to.equal(true);
    }
  }
}

/** Whoever has no desk is offline; a status changes only with an event that says why. */
export function checkPresence(before: Picture, after: Picture, events: CenterEvent[]): void {
  for (const agent of after.agents) {
    const isLive = after.desks.some((desk) => desk.agent_id === agent.id);
    if (!isLive || agent.disabled === 1) expect(agent.presence, `${agent.id} has no desk`).to.equal('offline');
    const old = before.agents.find((one) => one.id === agent.id);
    if (old === undefined) continue;
    const said = events.filter((event) => event.type === 'presence.changed' && event.agentId === agent.id);
    for (const event of said) expect(event.reason).to.be.a('string');
    const changed = old.presence !== agent.presence || old.presence_status !== agent.presence_status;
    if (old.presence === 'inactive' && said[0]?.reason === 'work-changed') {
      expect(
        events.some((event) => event.actor.id === agent.id),
        `${agent.id} was inactive, and others ended that`,
      ).to.equal(true);
    }
    if (changed) {
      expect(said.at(-1)?.data['presence'], `${old.presence} became ${agent.presence} without a word`).to.equal(agent.presence);
    } else if (said.length === 1)
      expect(said[0]!.data['statusId'], `nothing changed, yet it was said`).to.not.equal(old.presence_status);
  }
}

/** Minutes without a desk after which what is active goes back to its queue, unless the configuration says otherwise. */
const DISCONNECTED_MINUTES = 30;

/** Nobody waits for an agent who stays away; what went back to its queue says why, and the agent will read of it. */
export function checkAbsence(before: Picture, after: Picture, events: CenterEvent[], now: number): void {
  const limit = now - DISCONNECTED_MINUTES * 60_000;
  for (const one of after.conversations) {
    if (one.state !== 'active') continue;
    const agent = after.agents.find((candidate) => candidate.id === one.agent_id)!;
    const away = agent.presence === 'offline' && agent.presence_by === 'system' && agent.presence_since <= limit;
    expect(away && one.accepted_at! <= limit, `${one.id} waits for ${agent.id}, who is away`).to.equal(false);
  }
  for (const event of events) {
    if (event.type !== 'conversation.released' || event.reason !== 'disconnected') continue;
    const old = before.conversations.find((one) => one.id === event.conversationId)!;
    expect([old.state, old.agent_id, event.actor.kind]).to.deep.equal(['active', event.data['from'], 'system']);
    expect(
      after.returned.some((one) => one.agent_id === old.agent_id && one.conversation_id === old.id),
      'the agent is not told',
    ).to.equal(true);
  }
}

/** Taking what was offered never costs more than an agent has. Taking over on one's own account, and being assigned, may. */
export function checkCapacity(after: Picture, events: CenterEvent[], now: number): void {
  for (const event of events) {
    const offered =
      (event.type === 'offer.accepted' && event.reason === 'offered') ||
      (event.type === 'conversation.transferred' && event.reason === 'to-agent');
    if (!offered) continue;
    const agent = after.agents.find((one) => one.id === event.agentId)!;
    const { used } = loadOf(after, agent.id, now);
    expect(used, `${agent.id} has more than fits`).to.be.at.most(agent.capacity);
  }
}

/** Guests are people who are there, in conversations that are alive and not their own. */
export function checkParticipants({ participants, conversations, agents }: Picture): void {
  for (const part of participants) {
    const one = conversations.find((candidate) => candidate.id === part.conversation_id)!;
    expect(one.state, `a guest in a closed conversation`).to.not.equal('closed');
    expect(one.agent_id, 'the owner is a guest').to.not.equal(part.agent_id);
    expect(agents.find((agent) => agent.id === part.agent_id)?.disabled, 'a guest who is gone').to.equal(0);
  }
}
