import { setTimeout as delay } from 'node:timers/promises';
import type { SimulatorContext } from '../context.ts';
import { fetchOutgoing } from '../media/fetch-outgoing.ts';
import { calledIn, newSid } from '../state.ts';
import type { StoredMessage, TwilioStatus } from '../records.ts';
import { windowEnd } from '../views.ts';
import { findTemplate } from '../rest/templates.ts';
import { statusForm } from './status-form.ts';

const LIFE: readonly TwilioStatus[] = ['accepted', 'queued', 'sending', 'sent', 'delivered', 'read'];
const OUTSIDE_WINDOW = 63016;
/** What fails today and may get through tomorrow. */
const PROVIDER_FAULT = { code: 63012, text: 'Channel provider returned an internal service error' };
const TEMPLATE_REFUSED = { rejected: 63040, paused: 63041, disabled: 63042 } as const;
const OUTSIDE_WINDOW_TEXT =
  'Failed to send freeform message because you are outside the allowed window. If you are using WhatsApp, please use a Message Template.';
/** Timers of Node.js hold at most 2^31 − 1 ms. */
const LONGEST_TIMER_MS = 2_147_483_647;

/** What happens to a message after Twilio took it over: its statuses, and the callbacks about them. */
export class OutboundLife {
  readonly #context: SimulatorContext;
  /** One queue per message, so that its callbacks leave in order unless a fault asks otherwise. */
  readonly #queues = new Map<string, Promise<void>>();
  #scheduled: NodeJS.Timeout | undefined;

  constructor(context: SimulatorContext) {
    this.#context = context;
  }

  /** Starts, or after a restart goes on with, the life of an outbound message. */
  begin(message: StoredMessage): void {
    if (message.status === 'scheduled') this.checkSchedule();
    else this.#enqueue(message, () => this.#live(message));
  }

  /** The customer has the thread before their eyes. */
  read(address: string): void {
    for (const message of this.#context.state.thread(address)) {
      if (message.direction === 'inbound' || message.status !== 'delivered') continue;
      this.#context.state.changeMessage(message, { status: 'read' });
      this.#enqueue(message, () => this.#call(message, ['read']));
    }
  }

  cancel(message: StoredMessage): void {
    this.#context.state.changeMessage(message, { status: 'canceled' });
    this.#enqueue(message, () => this.#call(message, ['canceled']));
    this.checkSchedule();
  }

  /** Sends scheduled messages that are due, also after the clock was moved. */
  checkSchedule(): void {
    clearTimeout(this.#scheduled);
    const { state, now } = this.#context;
    let next = Infinity;
    for (const message of state.messages()) {
      if (message.status !== 'scheduled' || message.sendAt === null) continue;
      if (message.sendAt > now()) {
        next = Math.min(next, message.sendAt);
        continue;
      }
      state.changeMessage(message, { status: 'accepted' });
      this.begin(message);
    }
    if (next !== Infinity) this.#scheduled = setTimeout(() => this.checkSchedule(), Math.min(next - now(), LONGEST_TIMER_MS));
  }

  /** Resolves when nothing is under way any more; the context's signal has cut the waiting short. */
  async close(): Promise<void> {
    clearTimeout(this.#scheduled);
    await Promise.allSettled(this.#queues.values());
  }

  async #live(message: StoredMessage): Promise<void> {
    const { state, faults, log } = this.#context;
    const disorder = faults.take('callback-disorder');
    const held: TwilioStatus[] = [];
    const steps = LIFE.slice(LIFE.indexOf(message.status) + 1, LIFE.indexOf('delivered') + 1);
    for (const status of steps) {
      await this.#pause();
      const refusal = status === 'sending' ? (this.#refusal(message) ?? (await this.#fetchFile(message))) : null;
      if (refusal !== null) {
        state.changeMessage(message, { status: 'failed', errorCode: refusal.code, errorMessage: refusal.text });
        log('warn', `Message to ${calledIn(state, message.address)} refused with ${refusal.code}: ${refusal.why}`);
        await this.#call(message, ['failed']);
        return;
      }
      const reached = status === 'sent' ? { sentAt: this.#context.now() } : {};
      state.changeMessage(message, { status, ...(message.from === null ? { from: this.#context.sender } : {}), ...reached });
      if (disorder) held.unshift(status);
      else await this.#call(message, [status]);
    }
    if (disorder) log('warn', `Callbacks out of order on purpose: ${held.join(', ')}`);
    await this.#call(message, held);
  }

  /**
   * Judged when WhatsApp would hand it over, by the simulator's own clock. An approved template may always go, a rejected, paused or
   * disabled one never; any other is free text to WhatsApp.
   */
  #refusal(message: StoredMessage): Refusal | null {
    if (this.#context.faults.take('callback-failed')) return { ...PROVIDER_FAULT, why: 'a fault of WhatsApp, on purpose' };
    const approval = message.contentSid === null ? null : (findTemplate(message.contentSid)?.status ?? 'unsubmitted');
    if (approval === 'approved') return null;
    if (approval === 'rejected' || approval === 'paused' || approval === 'disabled') {
      return { code: TEMPLATE_REFUSED[approval], text: `Template ${approval}`, why: `the template is ${approval}` };
    }
    const end = windowEnd(this.#context.state.customer(message.address));
    if (end !== null && this.#context.now() <= end) return null;
    return { code: OUTSIDE_WINDOW, text: OUTSIDE_WINDOW_TEXT, why: 'outside the 24 hours' };
  }

  /** Gets the message's file, if it names one; says why not when it cannot be had or is none that WhatsApp takes. */
  async #fetchFile(message: StoredMessage): Promise<Refusal | null> {
    if (message.mediaUrl === null || message.media !== null) return null;
    const { state, files, signal } = this.#context;
    const fetched = await fetchOutgoing(message.mediaUrl, signal);
    signal.throwIfAborted();
    if (!fetched.ok) return { code: fetched.code, text: fetched.text, why: fetched.text };
    const { bytes, file } = fetched;
    const media = { sid: newSid('ME'), contentType: file.contentType, name: nameIn(message.mediaUrl), size: bytes.length };
    await files.put(media.sid, bytes);
    const kind = file.kind === 'audio' ? 'voice' : file.kind;
    // WhatsApp drops a text with anything but a picture.
    state.changeMessage(message, { media, kind, ...(kind === 'image' ? {} : { body: '' }) });
    return null;
  }

  async #call(message: StoredMessage, statuses: readonly TwilioStatus[]): Promise<void> {
    const { account, state, faults, caller, log, sender, webhooks } = this.#context;
    const address = message.statusCallback ?? webhooks.current.status_callback_url;
    if (address === null) return;
    for (const status of statuses) {
      const form = statusForm(message, status, account.accountSid, sender);
      const times = faults.take('callback-twice') ? 2 : 1;
      for (let time = 0; time < times; time += 1) {
        const delivery = await caller.post(address, form);
        if (this.#context.signal.aborted) return;
        const what = `${calledIn(state, message.address)}: ${status}${time > 0 ? ' once more' : ''}`;
        log(delivery.problem ? 'warn' : 'info', `${what} → ${delivery.problem ?? delivery.status}`);
      }
    }
  }

  async #pause(): Promise<void> {
    await delay(this.#context.pace.stepMs, undefined, { signal: this.#context.signal });
  }

  #enqueue(message: StoredMessage, work: () => Promise<void>): void {
    const before = this.#queues.get(message.sid) ?? Promise.resolve();
    const after: Promise<void> = before.then(work).catch((error: unknown) => this.#context.unexpected(error));
    this.#queues.set(message.sid, after);
    void after.then(() => {
      if (this.#queues.get(message.sid) === after) this.#queues.delete(message.sid);
    });
  }
}

/** Why a message fails before it reaches the phone. */
interface Refusal {
  code: number;
  text: string;
  why: string;
}

/** WhatsApp shows a document under the last part of its address. */
function nameIn(url: string): string {
  const last = new URL(url).pathname.split('/').pop() ?? '';
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}
