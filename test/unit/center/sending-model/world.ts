import { DatabaseSync } from 'node:sqlite';
import type { HandedMessage } from '../../../../lib/center/contract.ts';
import type { ClaimArgs } from '../../../../lib/center/sending-contract.ts';
import { isCenterError } from '../../../../lib/domain/errors.ts';
import type { WhatsAppMessage } from '../../../../lib/domain/message.ts';
import { createOutbox, type Outbox } from '../../../../lib/twilio/outbox.ts';
import { Paces } from '../../../../lib/twilio/pace.ts';
import { resolveUnknown } from '../../../../lib/twilio/resolve-unknown.ts';
import type { Sender } from '../../../../lib/twilio/sender.ts';
import { Line } from '../../../../lib/twilio/waiting/line.ts';
import { WaitingRoom } from '../../../../lib/twilio/waiting/waiting-room.ts';
import { ACCOUNT, HOUR, SENDER, TestCenter } from '../../../support/center.ts';
import { turn } from '../../../support/turns.ts';
import { testAccount } from '../../twilio/fixture.ts';
import { FakeTime } from '../../twilio/waiting/fake-time.ts';
import { TEMPLATE } from '../sending-fixture.ts';
import { Life, type Death } from './life.ts';
import { FakeTwilio, type Mood } from './twilio.ts';

/** Few, so that much happens to each of them. */
export const CUSTOMERS = 2;
export const addressOf = (n: number): string => `whatsapp:+1555300100${n % CUSTOMERS}`;

/** One thing that happens; numbers choose among what there is at that moment. */
export interface Step {
  kind: (typeof STEPS)[number];
  a: number;
  b: number;
}

export const STEPS = [
  'write',
  'write-late',
  'write-again',
  'stop',
  'start',
  'reply',
  'hold',
  'template',
  'cancel',
  'retry',
  'confirm',
  'begin',
  'answer',
  'mailing',
  'set-aside',
  'close',
  'erase',
  'twilio',
  'status',
  'line',
  'time',
  'flow-stops',
  'die',
  'restart',
] as const;

const WAITS = [1_000, 60_000, 31 * 60_000, HOUR, 5 * HOUR, 24 * HOUR - 1, 24 * HOUR, 24 * HOUR + 1];
const MOODS: Mood[] = [
  { kind: 'takes' },
  { kind: 'takes' },
  { kind: 'unreachable' },
  { kind: 'busy' },
  { kind: 'ambiguous', has: true },
  { kind: 'ambiguous', has: false },
  { kind: 'hangs', has: true },
  { kind: 'hangs', has: false },
  { kind: 'refuses', code: 63016 },
  { kind: 'refuses', code: 63024 },
];
const DEATHS: Death[] = (
  ['claimOutbound', 'claimPostponed', 'recordSent', 'recordFailed', 'recordUnknown', 'postponeOutbound'] as const
).flatMap((command) => [
  { command, after: false },
  { command, after: true },
]);
const WORDS = ['queued', 'sent', 'delivered', 'read', 'failed', 'undelivered'] as const;

/** A message as the store has it. */
export interface Stored {
  id: string;
  seq: number;
  conversation_id: string | null;
  direction: string;
  type: string;
  text: string;
  content: string;
  status: string;
  error_code: string | null;
  author_kind: string;
  postponed_at: number | null;
}

/** A center, its one road out in a process that can die, Twilio, and customers. */
export class SendingWorld {
  readonly test: TestCenter;
  readonly twilio: FakeTwilio;
  readonly db: DatabaseSync;
  readonly agentId: string;
  readonly queueId: string;
  /** Answers that the desk was told are kept. */
  readonly accepted = new Set<string>();
  readonly confirmed = new Set<string>();
  /** What each customer has written, by address. */
  readonly wrote = new Map<string, { id: string; at: number; text: string }[]>();
  life = new Life();
  #room!: WaitingRoom;
  #outbox!: Outbox;
  #sender!: Sender;
  #time = new FakeTime();
  #paceTime = new FakeTime();
  #openedAt = 0;
  #flowRuns = true;
  #count = 0;
  #lastInbound: WhatsAppMessage | null = null;

  private constructor(test: TestCenter, agentId: string, queueId: string) {
    this.test = test;
    this.agentId = agentId;
    this.queueId = queueId;
    this.twilio = new FakeTwilio(() => test.time);
    this.db = new DatabaseSync(test.file, { readOnly: true });
  }

  static async create(): Promise<SendingWorld> {
    const test = await TestCenter.open();
    const queueId = await test.queue();
    const world = new SendingWorld(test, await test.agent('sam'), queueId);
    world.#begin();
    return world;
  }

  async close(): Promise<void> {
    this.life.over = true;
    this.#room.close();
    this.db.close();
    await this.test.close();
  }

  stored(): Stored[] {
    return this.db.prepare('select * from messages order by seq').all() as unknown as Stored[];
  }

  /** Takes a step and whatever comes of it by itself. A refusal is given back; what is no refusal is a defect. */
  async take(step: Step): Promise<string | null> {
    let refused: string | null = null;
    try {
      await this.#act(step);
    } catch (error) {
      if (!isCenterError(error) || error.code === 'INTERNAL_ERROR' || error.code.startsWith('STORE_')) throw error;
      refused = error.code;
    }
    await this.settle();
    return refused;
  }

  /** Everything is well again, and there is time for what is left to happen. */
  async end(): Promise<void> {
    this.twilio.mood = { kind: 'takes' };
    this.#flowRuns = true;
    await this.restart();
    for (let times = 0; times < 40 && this.#time.running > 0; times++) {
      this.test.time += this.#time.next();
      await this.settle();
    }
  }

  /** Lets everything end that is under way; a process that dies meanwhile is started again. */
  async settle(): Promise<void> {
    await this.#feed();
    for (let quiet = 0; quiet < 4;) {
      await turn();
      if (this.life.pending > 0) quiet = 0;
      else if (this.#paceTime.running > 0 && !this.life.over) {
        this.#paceTime.next();
        quiet = 0;
      } else quiet++;
    }
    if (this.life.over) await this.restart();
  }

  async restart(): Promise<void> {
    this.life.over = true;
    this.#room.close();
    this.test.time += 1;
    this.#begin();
    const { center } = this.test;
    await center.run('reclaimHandovers', {});
    const left = await center.query('postponed', { accountId: ACCOUNT });
    this.#outbox.resume(left);
    await this.#resolve();
    await this.settle();
  }

  #begin(): void {
    this.life = new Life();
    this.#time = new FakeTime();
    this.#paceTime = new FakeTime();
    this.#openedAt = this.test.time;
    this.test.time += 1;
    const line = new Line({ random: () => 0.5, later: this.#time.later });
    this.#room = new WaitingRoom({ line, later: this.#time.later });
    this.#sender = this.twilio.senderFor(this.life);
    const pace = this.#paceTime;
    this.#outbox = createOutbox({
      center: this.life.storeOf(this.test.center),
      account: testAccount({ id: ACCOUNT, sender: SENDER }),
      sender: this.#sender,
      room: this.#room,
      paces: new Paces({ now: () => pace.ms, random: () => 0.5, later: pace.later }),
    });
  }

  /** What an earlier process left in the middle of a call. */
  async #resolve(): Promise<void> {
    const account = testAccount({ id: ACCOUNT, sender: SENDER });
    if (this.twilio.mood.kind === 'hangs') return;
    await resolveUnknown(this.test.center, account, this.#sender, this.#openedAt);
  }

  /** The flow: what agents wrote goes out as it is. */
  async #feed(): Promise<void> {
    if (!this.#flowRuns || this.life.over) return;
    const { center } = this.test;
    const handed = await center.run('takeReplies', { queueId: this.queueId, instance: center.instance, limit: 64 });
    for (const one of handed) this.#submit(this.#draftOf(one));
  }

  #submit(claim: ClaimArgs): void {
    void this.#outbox.submit(claim);
  }

  #draftOf({ message, conversation }: HandedMessage): ClaimArgs {
    const { id, text, from, to, author, template = null } = message;
    const common = { answer: null, accountId: ACCOUNT, from, to, author, conversationId: conversation.id, nodeId: 'out' };
    return { ...common, messageId: id, text: template === null ? text : '', template };
  }

  async #write(n: number, text: string, late = 0): Promise<void> {
    const from = addressOf(n);
    const at = this.test.time - late;
    const id = `SM${String((this.#count += 1)).padStart(32, '0')}`;
    this.#lastInbound = {
      ...{ id, sid: id, direction: 'inbound', type: 'text', text, from, to: SENDER, status: 'received' },
      author: { kind: 'customer' },
      timestamp: new Date(at).toISOString(),
    };
    await this.#receive(this.#lastInbound);
  }

  async #receive(message: WhatsAppMessage): Promise<void> {
    const { from, text, timestamp } = message;
    const before = this.wrote.get(from) ?? [];
    const entry = { id: message.id, at: Date.parse(timestamp), text };
    if (!before.some(({ id }) => id === entry.id)) this.wrote.set(from, [...before, entry]);
    await this.test.center.run('receive', { accountId: ACCOUNT, message, routed: true });
  }

  /** The customer's conversation, with the agent if that can be. */
  async #conversation(n: number): Promise<string> {
    const row = this.db
      .prepare(
        `select conversations.id, state, handled_by from conversations join customers on customers.id = customer_id
         where address = ? order by (closed_at is not null), opened_at desc limit 1`,
      )
      .get(addressOf(n)) as { id: string; state: string; handled_by: string } | undefined;
    if (row === undefined) return 'none';
    const { center } = this.test;
    if (row.state === 'open' && row.handled_by === 'flow') {
      const facts = { customer: null, attributes: null, tags: null };
      await center.run('queueConversation', { queueId: this.queueId, conversationId: row.id, messageId: null, ...facts });
    }
    if (row.state !== 'closed' && row.state !== 'active')
      await center.run('accept', { conversationId: row.id, agentId: this.agentId });
    return row.id;
  }

  /** A message of ours in one of these states. */
  #ours(n: number, ...statuses: string[]): string {
    const rows = this.stored().filter((row) => row.direction === 'outbound' && statuses.includes(row.status));
    return rows.length === 0 ? 'none' : rows[n % rows.length]!.id;
  }

  async #act({ kind, a, b }: Step): Promise<void> {
    const { test, agentId, twilio } = this;
    const { center } = test;
    const id = `m${(this.#count += 1)}`;
    // Now and then the same words, which Twilio's list cannot tell apart.
    const text = b % 4 === 0 ? 'ok' : `Answer ${id}`;
    const flow = { answer: null, accountId: ACCOUNT, from: SENDER, to: addressOf(a), conversationId: null, nodeId: 'out' };
    switch (kind) {
      case 'write':
        return this.#write(a, 'Hello');
      case 'write-late':
        return this.#write(a, b % 5 === 0 ? 'STOP' : b % 5 === 1 ? 'START' : 'Hello', [60_000, 2 * HOUR, 30 * HOUR][b % 3]);
      case 'write-again':
        // Where the customer was erased meanwhile, it is news.
        if (this.#lastInbound !== null) await this.#receive(this.#lastInbound);
        return;
      case 'stop':
        return this.#write(a, 'STOP');
      case 'start':
        return this.#write(a, 'START');
      case 'reply':
      case 'hold':
      case 'template': {
        const args = { conversationId: await this.#conversation(a), agentId, messageId: id, text, hold: kind === 'hold' };
        await center.run('reply', { ...args, template: kind === 'template' ? TEMPLATE : null });
        this.accepted.add(id);
        return;
      }
      case 'cancel':
        await center.run('cancelHeld', { messageId: this.#ours(a, 'held'), agentId });
        return;
      case 'retry': {
        const messageId = this.#ours(a, 'failed', 'undelivered', 'unknown');
        await center.run('retryMessage', { messageId, agentId, newMessageId: id, sureItIsLost: b % 2 === 0 });
        this.accepted.add(id);
        return;
      }
      case 'confirm': {
        const messageId = this.#ours(a, 'unknown');
        await center.run('confirmArrival', { messageId, agentId });
        this.confirmed.add(messageId);
        return;
      }
      case 'begin':
        await center.run('startConversation', {
          ...{ by: { agentId }, address: addressOf(a), accountId: ACCOUNT, sender: SENDER, template: TEMPLATE, text },
          messageId: id,
        });
        this.accepted.add(id);
        return;
      case 'answer': {
        const handed = await center.run('takeInbound', { accountIds: [ACCOUNT], instance: center.instance, limit: 1 });
        for (const { message, conversation } of handed) {
          const answer = { inboundId: message.id, nodeId: 'out', nth: 0 };
          const where = { to: message.from, conversationId: conversation.id, template: null, author: { kind: 'flow' as const } };
          this.#submit({ ...flow, ...where, messageId: null, answer, text });
        }
        return;
      }
      case 'mailing':
        this.#submit({ ...flow, messageId: id, text: '', template: TEMPLATE, author: { kind: 'flow' } });
        return;
      case 'set-aside':
        await center.run('setAside', { conversationId: await this.#conversation(a), by: { agentId } });
        return;
      case 'close':
        await center.run('forceClose', { conversationId: await this.#conversation(a), by: { flow: { nodeId: 'flow' } } });
        return;
      case 'erase':
        await center.run('erase', { customer: addressOf(a) });
        this.wrote.delete(addressOf(a));
        for (const one of this.accepted) if (!this.stored().some((row) => row.id === one)) this.accepted.delete(one);
        return;
      case 'twilio':
        twilio.mood = MOODS[a % MOODS.length]!;
        return;
      case 'status': {
        const create = twilio.creates.at(-1 - (a % Math.max(1, Math.min(4, twilio.creates.length))));
        if (create === undefined) return;
        const status = WORDS[b % WORDS.length]!;
        create.failed ||= status === 'failed' || status === 'undelivered';
        const code = status === 'failed' ? 63016 : status === 'undelivered' ? 63024 : null;
        await center.run('receiveStatus', {
          ...{ accountId: ACCOUNT, sid: create.sid, status, errorCode: code, errorMessage: null },
          messageId: a % 3 === 0 ? null : create.messageId,
        });
        return;
      }
      case 'line':
        if (this.#time.running > 0) test.time += this.#time.next();
        return;
      case 'time':
        test.time += WAITS[a % WAITS.length]!;
        await center.run('sweep', {});
        await this.#resolve();
        return;
      case 'flow-stops':
        this.#flowRuns = a % 3 > 0;
        return;
      case 'die':
        this.life.death = DEATHS[a % DEATHS.length]!;
        return;
      case 'restart':
        return this.restart();
    }
  }
}
