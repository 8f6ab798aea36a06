import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Reader } from '../../lib/center/arrivals.ts';
import type { Center } from '../../lib/center/center.ts';
import type { ReceiveArgs, ReceiveResult } from '../../lib/center/contract.ts';
import { openCenter } from '../../lib/center/open-center.ts';
import type { CenterEvent } from '../../lib/domain/events.ts';
import type { WhatsAppMessage } from '../../lib/domain/message.ts';
import { addAgent, queueUp } from './work.ts';

export const SENDER = 'whatsapp:+15550100000';
export const CUSTOMER = 'whatsapp:+15551230001';
export const ACCOUNT = 'account';
export const HOUR = 3_600_000;

/** A center over a file of its own, with a clock that the test moves and a record of all events. */
export class TestCenter {
  center!: Center;
  readonly events: CenterEvent[] = [];
  /** Of each commit, whether it left something for a flow to take. */
  readonly toTake: boolean[] = [];
  /** Messages that a defect kept out of their conversations. */
  readonly unentered: (string | null)[] = [];
  /** Flows that read the accounts' messages. */
  readonly readers = new Map<string, Reader>();
  time = Date.parse('2026-03-28T12:00:00.000Z');
  #folder = '';
  #next = 1;

  static async open(): Promise<TestCenter> {
    const test = new TestCenter();
    test.#folder = await mkdtemp(join(tmpdir(), 'center-'));
    await test.start();
    return test;
  }

  get file(): string {
    return join(this.#folder, 'center.sqlite');
  }

  async start(): Promise<void> {
    const onUnentered = (_error: unknown, messageId: string | null) => void this.unentered.push(messageId);
    this.center = await openCenter({ file: this.file, clock: { now: () => this.time }, readers: this.readers, onUnentered });
    this.center.subscribe((events, toTake) => {
      this.events.push(...events);
      this.toTake.push(toTake);
    });
  }

  /** As after a new start of the process. */
  async restart(): Promise<void> {
    await this.center.close();
    await this.start();
  }

  async close(): Promise<void> {
    await this.center.close();
    await rm(this.#folder, { recursive: true });
  }

  types(): string[] {
    return this.events.map((event) => event.type);
  }

  /** A customer's text is received. */
  receive(text = 'Hello', change: Partial<WhatsAppMessage> = {}): Promise<ReceiveResult> {
    return this.center.run('receive', this.arrival(text, change));
  }

  /** A customer's text, as a webhook brings it. */
  arrival(text = 'Hello', change: Partial<WhatsAppMessage> = {}): ReceiveArgs {
    const id = `SM${String(this.#next++).padStart(32, '0')}`;
    const message: WhatsAppMessage = {
      id,
      sid: id,
      direction: 'inbound',
      type: 'text',
      text,
      from: CUSTOMER,
      to: SENDER,
      author: { kind: 'customer' },
      status: 'received',
      timestamp: new Date(this.time).toISOString(),
      ...change,
    };
    return { accountId: ACCOUNT, message, routed: true };
  }

  /** An agent, with a live desk unless told otherwise; the first one is a supervisor. */
  agent(username: string, options: { live?: boolean } = {}): Promise<string> {
    return addAgent(this.center, username, options);
  }

  async queue(name = 'Support', offerSeconds = 120): Promise<string> {
    return (await this.center.run('serveQueue', { name, nodeId: `node-${name}`, offerSeconds })).queueId;
  }

  /** A customer's message in the queue. */
  async queued(queueId: string, change: Partial<WhatsAppMessage> = {}): Promise<string> {
    const { conversationId, messageId } = await this.receive('Hello', change);
    await queueUp(this.center, queueId, conversationId!, messageId);
    return conversationId!;
  }
}

/** The code with which a promise fails; the test fails when it does not. */
export async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    return String((error as { code?: string }).code ?? error);
  }
  throw new Error('It did not fail.');
}
