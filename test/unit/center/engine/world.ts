import { DatabaseSync } from 'node:sqlite';
import { isCenterError } from '../../../../lib/domain/errors.ts';
import { TestCenter } from '../../../support/center.ts';

/** Who and what there is in a world of random commands. Few, so that they get into each other's way. */
export const AGENTS = 4;
export const CUSTOMERS = 6;
export const QUEUES = ['All', 'Turns', 'Least'] as const;

const STRATEGY = { All: 'all', Turns: 'round-robin', Least: 'least-active' } as const;

/** One thing that somebody does; numbers choose among what there is at that moment. */
export interface Step {
  kind: (typeof STEPS)[number];
  a: number;
  b: number;
  c: number;
}

export const STEPS = [
  'write',
  'queue',
  'accept',
  'accept-offer',
  'reject',
  'reply',
  'end',
  'close',
  'release',
  'hand-back',
  'transfer',
  'transfer-queue',
  'consult',
  'cancel',
  'leave',
  'take',
  'remark',
  'presence',
  'desk-opens',
  'desk-closes',
  'sign-out',
  'assign',
  'force-close',
  'attend',
  'members',
  'units',
  'capacity',
  'disable',
  'enable',
  'remove',
  'flow-command',
  'serve',
  'time',
  'restart',
] as const;

/** Mostly moments; now and then an offer, a break, a window, or everything ends. */
const WAITS = [
  1_000,
  1_000,
  30_000,
  30_000,
  61_000,
  121_000,
  200_000,
  1_860_000,
  25 * 3_600_000,
  80 * 3_600_000,
  31 * 24 * 3_600_000,
];
const PRESENCES = ['available', 'available', 'busy', 'dnd', 'away', 'offline'] as const;
const SKILLS = [[], ['french'], ['billing'], ['french', 'billing']];

/** A center with agents, a supervisor, customers and queues, in which random steps are taken. */
export class World {
  readonly test: TestCenter;
  readonly supervisor: string;
  readonly agents: string[];
  readonly queues: string[];
  readonly db: DatabaseSync;
  #count = 0;

  private constructor(test: TestCenter, people: string[], queues: string[]) {
    this.test = test;
    [this.supervisor = '', ...this.agents] = people;
    this.queues = queues;
    this.db = new DatabaseSync(test.file, { readOnly: true });
  }

  static async create(): Promise<World> {
    const test = await TestCenter.open();
    const people = [await test.agent('sue', { live: false })];
    for (let n = 0; n < AGENTS; n++) people.push(await test.agent(`agent${n}`, { live: n < 3 }));
    const queues = [];
    for (const name of QUEUES) {
      const offering = {
        strategy: STRATEGY[name],
        keepAgent: name === 'Turns',
        wrapUp: name === 'Least' ? 60 : 'block',
      } as const;
      queues.push(
        (await test.center.run('serveQueue', { name, nodeId: `node-${name}`, offerSeconds: 120, ...offering })).queueId,
      );
    }
    for (const [n, agentId] of people.slice(1).entries()) {
      const change = { capacity: 1 + n, skills: SKILLS[n % SKILLS.length]! };
      await test.center.run('changeWork', { actorId: people[0]!, agentId, change });
    }
    const change = { missedMakesInactive: true, rejectMakesBusy: true };
    await test.center.run('changeQueue', { actorId: people[0]!, queueId: queues[1]!, change });
    return new World(test, people, queues);
  }

  async close(): Promise<void> {
    this.db.close();
    await this.test.close();
  }

  /** Takes a step. It may be refused, with one of our codes; anything else is a defect. */
  async take(step: Step): Promise<string | null> {
    try {
      await this.#act(step);
      return null;
    } catch (error) {
      if (isCenterError(error) && error.code !== 'INTERNAL_ERROR' && error.code !== 'STORE_UNAVAILABLE') return error.code;
      throw error;
    }
  }

  #conversation(n: number): string {
    const rows = this.db
      .prepare('select id from conversations order by (closed_at is not null), opened_at desc, id limit 12')
      .all() as { id: string }[];
    return rows.length === 0 ? 'none' : rows[n % rows.length]!.id;
  }

  /** Mostly an agent and one of their conversations, so that something comes of it; now and then any two. */
  #owned(a: number, b: number): { agentId: string; own: string } {
    const rows = this.db
      .prepare("select id as own, agent_id as agentId from conversations where agent_id is not null and state != 'closed'")
      .all() as { own: string; agentId: string }[];
    const some = { agentId: this.agents[a % AGENTS]!, own: this.#conversation(b) };
    return rows.length === 0 || b % 7 === 0 ? some : rows[b % rows.length]!;
  }

  /** Mostly an agent and an alert that is out to them. */
  #asked(a: number, b: number): { agentId: string; offerId: string; about: string } {
    const rows = this.db
      .prepare(
        `select offers.id as offerId, offers.conversation_id as about, offer_agents.agent_id as agentId
         from offers join offer_agents on offer_agents.offer_id = offers.id where offer_agents.state = 'pending'`,
      )
      .all() as { agentId: string; offerId: string; about: string }[];
    const some = { agentId: this.agents[a % AGENTS]!, offerId: 'none', about: this.#conversation(b) };
    return rows.length === 0 || b % 7 === 0 ? some : rows[(a + b) % rows.length]!;
  }

  /** Mostly a colleague who is there. */
  #colleague(c: number): string {
    const rows = this.db
      .prepare("select id from agents where presence in ('available', 'busy') and role = 'agent' order by id")
      .all() as { id: string }[];
    return rows.length === 0 || c % 7 === 0 ? this.agents[c % AGENTS]! : rows[c % rows.length]!.id;
  }

  async #act({ kind, a, b, c }: Step): Promise<void> {
    const { test, supervisor } = this;
    const { center } = test;
    const agentId = this.agents[a % AGENTS]!;
    const other = this.agents[b % AGENTS]!;
    const { agentId: owner, own } = this.#owned(a, b);
    const asked = this.#asked(a, b);
    const asOwner = { conversationId: own, agentId: owner };
    const byOwner = { conversationId: own, by: { agentId: c % 4 === 0 ? supervisor : owner } };
    const any = this.#conversation(b);
    const queueId = this.queues[c % QUEUES.length]!;
    const flow = { flow: { nodeId: 'node-All' } };
    switch (kind) {
      case 'write':
        await test.receive('Hello', { from: `whatsapp:+1555200100${a % CUSTOMERS}` });
        return;
      case 'queue': {
        const { conversationId, messageId } = await test.receive('Hello', { from: `whatsapp:+1555200100${a % CUSTOMERS}` });
        const routing = [
          null,
          null,
          { skills: SKILLS[b % 4]! },
          { agent: other },
          { priority: b % 3 },
          { queue: QUEUES[b % 3]! },
        ][c % 6];
        await center.run('queueConversation', {
          queueId,
          conversationId: conversationId!,
          messageId,
          customer: null,
          attributes: null,
          tags: null,
          routing,
        });
        return;
      }
      case 'accept':
        await center.run('accept', { conversationId: any, agentId });
        return;
      case 'accept-offer':
        await center.run('accept', { conversationId: asked.about, agentId: asked.agentId });
        return;
      case 'reject':
        await center.run('rejectOffer', { offerId: asked.offerId, agentId: asked.agentId });
        return;
      case 'reply':
        await center.run('reply', { ...asOwner, messageId: `reply-${(this.#count += 1)}`, text: 'Hi' });
        return;
      case 'end':
        await center.run('endConversation', asOwner);
        return;
      case 'close':
        await center.run('closeConversation', asOwner);
        return;
      case 'release':
        await center.run('release', byOwner);
        return;
      case 'hand-back':
        await center.run('handBack', { ...byOwner, note: 'Over to you' });
        return;
      case 'transfer':
        await center.run('transferToAgent', { ...byOwner, toAgentId: this.#colleague(c), note: 'Yours?' });
        return;
      case 'transfer-queue':
        await center.run('transferToQueue', { ...byOwner, queueId });
        return;
      case 'consult':
        await center.run('consult', { ...asOwner, toAgentId: this.#colleague(c) });
        return;
      case 'cancel':
        await center.run('cancelInvitation', asOwner);
        return;
      case 'leave':
        await center.run('leave', { conversationId: any, agentId: c % 2 === 0 ? agentId : supervisor });
        return;
      case 'take':
        await center.run('assign', { conversationId: any, by: { agentId }, toAgentId: agentId });
        return;
      case 'remark':
        await center.run('remark', { conversationId: any, by: { agentId }, kind: 'note', text: 'A note' });
        return;
      case 'presence':
        await center.run('setPresence', { agentId, presence: PRESENCES[b % PRESENCES.length]! });
        return;
      case 'desk-opens':
        await center.run('openDesk', { deskId: `desk-${a % AGENTS}-${b % 2}`, agentId });
        return;
      case 'desk-closes':
        await center.run('closeDesk', { deskId: `desk-${a % AGENTS}-${b % 2}` });
        return;
      case 'sign-out':
        await center.run('changeAgent', { actorId: supervisor, agentId, change: { passwordHash: `hash ${c}` } });
        for (const n of [0, 1]) await center.run('closeDesk', { deskId: `desk-${a % AGENTS}-${n}` });
        await center.run('closeDesk', { deskId: `desk-agent${a % AGENTS}` });
        return;
      case 'assign':
        await center.run('assign', { conversationId: any, by: { agentId: supervisor }, toAgentId: agentId });
        return;
      case 'force-close':
        await center.run('forceClose', { conversationId: any, by: { agentId: c % 2 === 0 ? supervisor : agentId } });
        return;
      case 'attend':
        await center.run('attend', { conversationId: any, agentId: supervisor, as: c % 2 === 0 ? 'monitor' : 'join' });
        return;
      case 'members': {
        const members = this.agents.filter((_, n) => (b >> n) % 2 === 1);
        await center.run('changeQueue', { actorId: supervisor, queueId, change: { everyone: a % 2 === 0, members } });
        return;
      }
      case 'units':
        await center.run('changeQueue', { actorId: supervisor, queueId, change: { units: 1 + (a % 3) } });
        return;
      case 'capacity':
        await center.run('changeWork', {
          actorId: supervisor,
          agentId,
          change: { capacity: b % 5, skills: SKILLS[c % SKILLS.length]! },
        });
        return;
      case 'disable':
        await center.run('changeAgent', { actorId: supervisor, agentId, change: { disabled: true } });
        return;
      case 'enable':
        await center.run('changeAgent', { actorId: supervisor, agentId, change: { disabled: false } });
        return;
      case 'remove':
        // Rarely: who is gone does nothing any more.
        if (c % 4 === 0) await center.run('removeAgent', { actorId: supervisor, agentId });
        return;
      case 'flow-command':
        await this.#flowCommand(any, agentId, queueId, flow, a + c);
        return;
      case 'serve':
        await center.run('serveQueue', {
          name: QUEUES[a % 3]!,
          nodeId: `node-${QUEUES[a % 3]}`,
          offerSeconds: 60,
          strategy: STRATEGY[QUEUES[b % 3]!],
          wrapUp: (['block', 'free', 45] as const)[c % 3]!,
        });
        return;
      case 'time':
        test.time += WAITS[a % WAITS.length]!;
        await center.run('sweep', {});
        return;
      case 'restart':
        await center.run('closeAllDesks', {});
        return;
    }
  }

  async #flowCommand(
    conversationId: string,
    agentId: string,
    queueId: string,
    by: { flow: { nodeId: string } },
    n: number,
  ): Promise<void> {
    const { center } = this.test;
    if (n % 6 === 0) await center.run('assign', { conversationId, by, toAgentId: agentId });
    else if (n % 6 === 1) await center.run('transferToAgent', { conversationId, by, toAgentId: agentId });
    else if (n % 6 === 2) await center.run('transferToQueue', { conversationId, by, queueId });
    else if (n % 6 === 3) await center.run('forceClose', { conversationId, by });
    else if (n % 6 === 4) await center.run('setAside', { conversationId, by });
    else await center.run('sayFromFlow', { conversationId, nodeId: 'node-All', text: 'One moment' });
  }
}
