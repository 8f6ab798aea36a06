import type { Outcome } from '../../twilio/outbox.ts';
import type { Registry } from '../registry.ts';
import type { FlowMessage } from '../runtime-api.ts';
import type { AccountSlot } from './account-slot.ts';
import { askedFor, ATTACHMENT_REFUSALS, attachmentsOf } from './attachments.ts';
import { chooseSender } from './choose-sender.ts';
import type { MakeFallback } from './fallback.ts';
import { outboxOf } from './outboxes.ts';
import type { Draft } from './outgoing.ts';

export interface SubmitOptions {
  registry: Registry;
  /** The `whatsapp-out`. */
  nodeId: string;
  /** The account that the node names; null where the conversation decides. */
  account: (() => AccountSlot | null) | null;
  fallbackOf: MakeFallback;
}

/** What is wrong with a message, as opposed to what is wrong with the installation. */
export const SUBMIT_REFUSALS: ReadonlySet<string> = new Set([
  'NO_RECIPIENT',
  'INVALID_RECIPIENT',
  'SENDER_AMBIGUOUS',
  'ACCOUNT_MISMATCH',
  ...ATTACHMENT_REFUSALS,
]);

/** Gives a message of a flow to the outbox; `later` when it is safe and waits for Twilio, so that others may go past it. */
export type Submit = (message: FlowMessage, to: string, draft: Draft) => Promise<Outcome | { later: Promise<Outcome> }>;

/** @throws CenterError as `chooseSender` and `attachmentsOf`, and what keeps the account from working */
export function createSubmit({ registry, nodeId, account, fallbackOf }: SubmitOptions): Submit {
  return async (message, to, draft) => {
    const { slot, accountId, from } = await chooseSender(registry, message, to, account === null ? null : account());
    const outbox = await outboxOf(slot);
    const fallback = draft.template === null ? await fallbackOf(message) : null;
    const attachments = draft.template === null ? await attachmentsOf(askedFor(message), slot) : [];
    const whole = { ...draft, accountId, from, to, fallback, attachments, nodeId };
    return new Promise((resolve, reject) => {
      const outcome = outbox.submit(whole, () => resolve({ later: outcome }));
      outcome.then(resolve, reject);
    });
  };
}
