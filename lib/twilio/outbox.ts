import { setTimeout as delay } from 'node:timers/promises';
import type { Center } from '../center/center.ts';
import type { ClaimArgs, ClaimResult } from '../center/contract.ts';
import { fullAddress } from '../domain/address.ts';
import { CenterError, isCenterError } from '../domain/errors.ts';
import type { ConversationSnapshot, WhatsAppMessage } from '../domain/message.ts';
import { checkContent } from '../domain/outbound-content.ts';
import { checkRecipient } from '../domain/recipient.ts';
import { LIMIT_TEXT } from '../domain/session-window.ts';
import type { Account } from './account.ts';
import { Lanes } from './lanes.ts';
import { mayRepeat, toSendError } from './api/send-error.ts';
import type { Sender, Taken } from './sender.ts';

/** What became of a message that was handed to the outbox. */
export type Outcome =
  | { kind: 'sent'; message: WhatsAppMessage; conversation: ConversationSnapshot | null }
  /** A redelivered message found its answer: nothing was sent, nothing is wrong. */
  | { kind: 'already'; message: WhatsAppMessage }
  /** `message` is there once it was claimed. */
  | { kind: 'refused'; error: CenterError; message?: WhatsAppMessage };

export interface Outbox {
  /** Sends a message at most once; expected failures are an outcome, anything thrown is unexpected (the store is gone). */
  submit(claim: ClaimArgs): Promise<Outcome>;
  /** Resolves when nothing is under way. */
  idle(): Promise<void>;
}

export interface OutboxOptions {
  center: Center;
  account: Account;
  sender: Sender;
  /** Pauses before the same call is made again where that is safe, in milliseconds; each is varied by half. */
  repeatAfterMs?: readonly number[];
}

/** Together well under the 30 s after which the desk says that nothing was sent. */
const REPEAT_AFTER_MS = [500, 1000, 2000, 4000];

/** As many calls at once as the connection pool has room for. */
const WIDTH = 20;

/**
 * The one road out: checks, claims, sends, records. A message is claimed before the call and never sent twice: only calls
 * that Twilio certainly did not process are repeated, everything doubtful is recorded as unknown.
 */
export function createOutbox({ center, account, sender, repeatAfterMs = REPEAT_AFTER_MS }: OutboxOptions): Outbox {
  const lanes = new Lanes(WIDTH);

  async function sendClaimed(claim: ClaimArgs, claimed: ClaimResult): Promise<Outcome> {
    const { message, conversation } = claimed;
    let taken: Taken;
    try {
      taken = await callTwilio(claim, claimed);
    } catch (error) {
      const refused = toSendError(error);
      const view = await recordFailure(message.id, refused);
      return { kind: 'refused', error: refused, message: view.message };
    }
    const view = await center.run('recordSent', { messageId: message.id, ...taken });
    return { kind: 'sent', message: view.message, conversation };
  }

  async function callTwilio(claim: ClaimArgs, { message, conversation }: ClaimResult): Promise<Taken> {
    const request = {
      from: claim.from,
      to: claim.to,
      text: message.text,
      template: claim.template,
      messageId: message.id,
      statusCallback: statusCallbackOf(account, message.id),
    };
    const expiresAt = conversation?.session.expiresAt ?? null;
    for (const pause of repeatAfterMs) {
      try {
        return await sender.send(request);
      } catch (error) {
        if (!isCenterError(error) || !mayRepeat(error)) throw error;
      }
      await delay(pause * (0.5 + Math.random()));
      // The window was open when the message was claimed; a pause must not carry it over the end.
      if (claim.template === null && expiresAt !== null && center.now() > Date.parse(expiresAt)) {
        throw new CenterError('SESSION_EXPIRED', LIMIT_TEXT);
      }
    }
    return sender.send(request);
  }

  function recordFailure(messageId: string, error: CenterError) {
    const { code, message: text, twilioCode } = error;
    if (code === 'SEND_UNKNOWN') return center.run('recordUnknown', { messageId, text });
    return center.run('recordFailed', { messageId, code, text, ...(twilioCode === undefined ? {} : { twilioCode }) });
  }

  async function process(claim: ClaimArgs): Promise<Outcome> {
    let claimed: ClaimResult;
    try {
      claimed = await center.run('claimOutbound', claim);
    } catch (error) {
      if (isCenterError(error)) return { kind: 'refused', error };
      throw error;
    }
    if (claimed.verdict === 'already') return { kind: 'already', message: claimed.message };
    return sendClaimed(claim, claimed);
  }

  return {
    async submit(claim) {
      let to: string;
      try {
        to = checkRecipient(claim.to);
        checkContent(claim.text, claim.template);
      } catch (error) {
        if (!isCenterError(error)) throw error;
        // An agent's message waits in the store under this id; the desk must say why it does not leave.
        if (claim.messageId !== null)
          await center.run('refuseOutbound', { messageId: claim.messageId, code: error.code, text: error.message });
        return { kind: 'refused', error };
      }
      const from = claim.from === '' ? '' : fullAddress(claim.from);
      return lanes.run(`${from} ${to}`, () => process({ ...claim, to, from }));
    },
    idle: () => lanes.idle(),
  };
}

/** Where Twilio reports a message's fate: our own id in it finds the message even before its SID is known. */
export function statusCallbackOf(account: Account, messageId: string): string {
  return account.publicUrl === '' ? '' : `${account.publicUrl}${account.path}/status?id=${encodeURIComponent(messageId)}`;
}
