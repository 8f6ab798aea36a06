import { setTimeout as delay } from 'node:timers/promises';
import type { SimulatorContext } from '../context.ts';
import { calledIn } from '../state.ts';
import type { StoredMessage } from '../records.ts';
import { inboundForm } from './inbound-form.ts';
import type { Delivery } from './webhook-caller.ts';

/** Brings customers' messages to the inbound webhook. */
export class InboundDelivery {
  readonly #context: SimulatorContext;
  readonly #running = new Set<Promise<void>>();

  constructor(context: SimulatorContext) {
    this.#context = context;
  }

  /** Starts the delivery of a message that is in the state already. */
  begin(message: StoredMessage): void {
    const running = this.#deliver(message).catch((error: unknown) => this.#context.unexpected(error));
    this.#running.add(running);
    void running.then(() => this.#running.delete(running));
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#running);
  }

  async #deliver(message: StoredMessage): Promise<void> {
    const { state, faults, pace, signal, log } = this.#context;
    if (faults.take('webhook-lost')) {
      log('warn', `${calledIn(state, message.address)} wrote; webhook lost on purpose, the message is in Twilio's list`);
      state.changeMessage(message, { webhook: { ok: false, problem: 'lost on the way' } });
      return;
    }
    if (faults.take('webhook-delayed')) {
      log('warn', `${calledIn(state, message.address)} wrote; webhook ${pace.webhookDelayMs / 1000} s late on purpose`);
      await delay(pace.webhookDelayMs, undefined, { signal });
    }
    const deliveries = faults.take('webhook-twice') ? [this.#post(message), this.#post(message)] : [this.#post(message)];
    const [delivery] = await Promise.all(deliveries);
    if (signal.aborted || !delivery) return;
    state.changeMessage(message, { webhook: { ok: delivery.ok, problem: delivery.problem } });
  }

  async #post(message: StoredMessage): Promise<Delivery> {
    const { account, state, faults, caller, log, sender, apiBase, webhooks, signal } = this.#context;
    const address = webhooks.current.callback_url;
    if (address === null) {
      log('warn', `${calledIn(state, message.address)} wrote; no webhook is written at the sender`);
      return { ok: false, status: null, attempts: 0, problem: 'no webhook is written at the sender' };
    }
    const customer = state.customer(message.address)!;
    const form = inboundForm(message, customer, {
      accountSid: account.accountSid,
      messagingServiceSid: account.messagingServiceSid,
      sender,
      apiBase: apiBase(),
      quotedIsTheirs: message.quotedSid !== null && state.message(message.quotedSid)?.direction === 'inbound',
    });
    const delivery = await caller.post(address, form, faults.take('webhook-wrong-signature'));
    const times = delivery.attempts > 1 ? ` after ${delivery.attempts} attempts` : '';
    if (!signal.aborted)
      log(
        delivery.problem ? 'warn' : 'info',
        `${calledIn(state, message.address)} wrote → ${delivery.problem ?? delivery.status}${times}`,
      );
    return delivery;
  }
}
