import type { AgentView, ConversationView, HomeView, MessageView, OfferView, PresenceView } from '../../../lib/center/views.ts';
import type { RemarkView } from '../../../lib/center/engine-contract.ts';
import type { CenterEvent, EventType } from '../../../lib/domain/events.ts';
import type { WhatsAppMessage } from '../../../lib/domain/message.ts';
import type { DeskApi } from '../../../desk/web/api/client.ts';
import type { Timers } from '../../../desk/web/live/timers.ts';
import { turn } from '../../support/turns.ts';

export const HOUR = 3_600_000;
/** A Monday at nine, local time, so that days of the calendar are where the tests expect them. */
export const NOW = new Date(2026, 0, 5, 9).getTime();

export const agent: AgentView = {
  id: 'a1',
  username: 'sam',
  name: 'Sam',
  role: 'agent',
  disabled: false,
  configured: false,
  live: true,
};

export function conversation(change: Partial<ConversationView> = {}): ConversationView {
  const id = change.id ?? 'c1';
  return {
    id,
    accountId: 'account',
    state: 'active',
    handledBy: 'agent',
    queue: { id: 'q1', name: 'Support' },
    agent: { id: agent.id, name: agent.name },
    customer: {
      id: `customer of ${id}`,
      address: '+15550100001',
      hasNumber: true,
      name: null,
      profileName: null,
      username: null,
      authenticated: false,
      identifiedBy: null,
      records: [],
      optedOut: null,
    },
    session: windowLeft(20 * HOUR),
    openedAt: NOW - 4 * HOUR,
    queuedAt: NOW - 4 * HOUR,
    acceptedAt: NOW - 3 * HOUR,
    endedAt: null,
    closedAt: null,
    closeReason: null,
    lastMessageAt: NOW - 4 * HOUR,
    lastMessage: { text: 'Hello', type: 'text', direction: 'inbound', status: 'received', durationMs: null },
    firstMessage: 'Hello',
    unread: 0,
    attributes: {},
    tags: [],
    language: null,
    priority: 0,
    ...change,
  };
}

/** A session window of 24 hours with so much of it left at NOW; negative when it has ended. */
export function windowLeft(ms: number): ConversationView['session'] {
  const expiresAt = NOW + ms;
  return {
    lastCustomerMessageAt: new Date(expiresAt - 24 * HOUR).toISOString(),
    expiresAt: new Date(expiresAt).toISOString(),
    open: ms >= 0,
    remainingMs: Math.max(0, ms),
  };
}

export function offer(id: string, of: ConversationView, change: Partial<OfferView> = {}): OfferView {
  return { id, kind: 'incoming', from: null, note: null, conversation: of, createdAt: NOW, expiresAt: NOW + 120_000, ...change };
}

export function home(change: Partial<HomeView> = {}): HomeView {
  return {
    agent,
    presence: presence(),
    offers: [],
    attending: [],
    mine: [],
    open: [],
    queues: [],
    returned: [],
    now: NOW,
    clockMoved: false,
    lastSeq: 10,
    ...change,
  };
}

export function message(seq: number, change: Partial<WhatsAppMessage> = {}, view: Partial<MessageView> = {}): MessageView {
  const inbound = (change.direction ?? 'inbound') === 'inbound';
  return {
    seq,
    id: change.id ?? `m${seq}`,
    conversationId: 'c1',
    message: {
      id: change.id ?? `m${seq}`,
      direction: 'inbound',
      type: 'text',
      text: `Text ${seq}`,
      from: 'whatsapp:+15550100001',
      to: 'whatsapp:+15550109999',
      author: inbound ? { kind: 'customer' } : { kind: 'agent', id: agent.id, name: agent.name },
      status: inbound ? 'received' : 'sent',
      timestamp: new Date(NOW + seq * 1000).toISOString(),
      ...change,
    },
    media: [],
    contentKept: true,
    error: null,
    retryOf: null,
    retry: 'never',
    handedAt: null,
    flowRunning: true,
    waitsForTwilio: false,
    ...view,
  };
}

export function remark(id: string, change: Partial<RemarkView> = {}): RemarkView {
  const author = { kind: 'agent' as const, id: 'a2', name: 'Ana' };
  return { id, conversationId: 'c1', kind: 'internal', text: `Remark ${id}`, author, at: NOW, ...change };
}

export function presence(change: Partial<PresenceView> = {}): PresenceView {
  return {
    agentId: agent.id,
    presence: 'available',
    statusId: null,
    label: null,
    by: 'system',
    used: 0,
    capacity: 10,
    sessions: 0,
    statuses: [],
    ...change,
  };
}

export function event(seq: number, type: EventType, change: Partial<CenterEvent> = {}): CenterEvent {
  return {
    seq,
    id: `e${seq}`,
    type,
    at: NOW + seq * 1000,
    actor: { kind: 'system' },
    conversationId: 'c1',
    queueId: null,
    agentId: null,
    messageId: null,
    accountId: null,
    reason: null,
    data: {},
    ...change,
  };
}

/** Timers that run when the test says so. */
export class HandTimers implements Timers {
  readonly #waiting = new Map<number, { callback: () => void; at: number }>();
  #next = 1;
  now = 0;

  set(callback: () => void, ms: number): number {
    this.#waiting.set(this.#next, { callback, at: this.now + ms });
    return this.#next++;
  }

  clear(handle: unknown): void {
    this.#waiting.delete(handle as number);
  }

  /** Moves on, and runs what is due, in order. */
  advance(ms: number): void {
    this.now += ms;
    const due = [...this.#waiting].filter(([, timer]) => timer.at <= this.now).sort(([, a], [, b]) => a.at - b.at);
    for (const [handle, timer] of due) {
      if (this.#waiting.delete(handle)) timer.callback();
    }
  }

  get size(): number {
    return this.#waiting.size;
  }
}

/** Lets everything that is already decided happen: promise after promise. */
export async function settle(): Promise<void> {
  for (let round = 0; round < 5; round++) await turn();
}

/** An API whose answers the test gives; what it does not expect is an error. */
export function fakeApi(answers: Partial<DeskApi>): DeskApi {
  // Every thread asks for remarks beside its messages; most tests have none.
  return new Proxy({ remarks: () => Promise.resolve([]), ...answers } as DeskApi, {
    get(target, name: keyof DeskApi) {
      const answer = target[name];
      if (answer !== undefined) return answer;
      return () => Promise.reject(new Error(`Nobody expected ${name}.`));
    },
  });
}

/** A line of live updates that the test writes on. */
export class Line {
  readonly stream: ReadableStream<Uint8Array>;
  #controller!: ReadableStreamDefaultController<Uint8Array>;
  closed = false;

  constructor() {
    this.stream = new ReadableStream({
      start: (controller) => {
        this.#controller = controller;
      },
      cancel: () => {
        this.closed = true;
      },
    });
  }

  write(text: string): void {
    this.#controller.enqueue(new TextEncoder().encode(text));
  }

  tell(told: CenterEvent): void {
    this.write(`id: ${told.seq}\nevent: center\ndata: ${JSON.stringify(told)}\n\n`);
  }

  end(): void {
    this.#controller.close();
  }
}
