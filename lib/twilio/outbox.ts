import { setTimeout as delay } from 'node:timers/promises';
import type { Center } from '../center/center.ts';
import type { ClaimArgs, ClaimResult } from '../center/contract.ts';
import { fullAddress } from '../domain/address.ts';
import { partsOf, type Attachment } from '../domain/attachment.ts';
import { CenterError, isCenterError } from '../domain/errors.ts';
import type { ConversationSnapshot, TemplateRef, WhatsAppMessage } from '../domain/message.ts';
import { checkContent } from '../domain/outbound-content.ts';
import { checkRecipient } from '../domain/recipient.ts';
import { callsAtOnce, DEFAULT_RATE } from '../domain/send-rate.ts';
import { LIMIT_TEXT, sessionWindow } from '../domain/session-window.ts';
import { cleanVariables, type FilledTemplate } from '../domain/template.ts';
import type { Account } from './account.ts';
import { mediaLink } from './media/media-link.ts';
import { Lanes } from './lanes.ts';
import { Paces } from './pace.ts';
import { isBusy, mayRepeat, toSendError } from './api/send-error.ts';
import type { Sender, Taken } from './sender.ts';
import type { Templates } from './templates.ts';

/** What became of a message that was handed to the outbox. */
export type Outcome = (
  | { kind: 'sent'; message: WhatsAppMessage; conversation: ConversationSnapshot | null }
  /** A redelivered message found its answer: nothing was sent, nothing is wrong. */
  | { kind: 'already'; message: WhatsAppMessage }
  /** `message` is there once it was claimed. */
  | { kind: 'refused'; error: CenterError; message?: WhatsAppMessage }
) & {
  /** Of a long text, or of several files: the messages that were sent before this one, in order. */
  earlier?: WhatsAppMessage[];
};

/** What is to be sent. Several attachments become several messages. */
export type Submission = Omit<ClaimArgs, 'attachment'> & { attachments?: readonly Attachment[] };

export interface Outbox {
  /** Sends a message at most once; expected failures are an outcome, anything thrown is unexpected (the store is gone). */
  submit(submission: Submission): Promise<Outcome>;
  /** Resolves when nothing is under way. */
  idle(): Promise<void>;
}

export interface OutboxOptions {
  center: Center;
  account: Account;
  sender: Sender;
  /** To look at templates before they are sent; without it Twilio alone judges them. */
  templates?: Templates;
  /** The senders' paces, when they outlive the outbox. */
  paces?: Paces;
  /** Pauses before the same call is made again where Twilio could not be reached, in milliseconds; each is varied by half. */
  repeatAfterMs?: readonly number[];
  /** How long one message waits for a Twilio that has too much to do, in milliseconds. */
  patienceMs?: number;
}

/** Together well under the 30 s after which the desk says that nothing was sent. */
const REPEAT_AFTER_MS = [500, 1000, 2000, 4000];

/** Long enough for Twilio's storms, short enough that the looking up of an interrupted message still finds it. */
const PATIENCE_MS = 120_000;

/** A mailing, as opposed to an answer: a template that a flow sends of its own accord. Whatever else there is comes first. */
export function isUrgent({ author, template, answer }: Pick<ClaimArgs, 'author' | 'template' | 'answer'>): boolean {
  return !(author.kind === 'flow' && template !== null && answer === null);
}

/**
 * The one road out: checks, claims, sends, records. A message is claimed before the call and never sent twice: only calls
 * that Twilio certainly did not process are repeated, everything doubtful is recorded as unknown. One line for each customer
 * keeps the order; the sender's pace keeps to its rate.
 */
export function createOutbox(options: OutboxOptions): Outbox {
  const { center, account, sender, templates, repeatAfterMs = REPEAT_AFTER_MS, patienceMs = PATIENCE_MS } = options;
  const { paces = new Paces() } = options;
  const rate = account.rate ?? DEFAULT_RATE;
  const lanes = new Lanes(callsAtOnce(rate));

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
    const template = message.template ?? null;
    const request = {
      from: claim.from,
      to: claim.to,
      text: message.text,
      template,
      messageId: message.id,
      statusCallback: statusCallbackOf(account, message.id),
      ...(message.media === undefined ? {} : { mediaUrls: await linksOf(message) }),
      ...(message.location === undefined ? {} : { location: message.location }),
    };
    const expiresAt = template === null ? (conversation?.session.expiresAt ?? null) : null;
    const pace = paces.of(claim.from, rate);
    const urgent = isUrgent(claim);
    const pauses = [...repeatAfterMs];
    await sender.ready();
    const since = performance.now();
    for (let again = false; ; again = true) {
      const turn = await pace.turn({ urgent, again });
      // The window was open when the message was claimed; waiting must not carry it over the end.
      if (expiresAt !== null && center.now() > Date.parse(expiresAt)) {
        pace.ended(turn, 'failed');
        throw new CenterError('SESSION_EXPIRED', LIMIT_TEXT);
      }
      try {
        const taken = await sender.send(request);
        pace.ended(turn, 'taken');
        return taken;
      } catch (error) {
        const busy = isCenterError(error) && isBusy(error);
        pace.ended(turn, busy ? 'busy' : 'failed');
        if (busy && performance.now() - since < patienceMs) continue;
        const pause = !busy && isCenterError(error) && mayRepeat(error) ? pauses.shift() : undefined;
        if (pause === undefined) throw error;
        await delay(pause * (0.5 + Math.random()));
      }
    }
  }

  /** Where Twilio finds the message's files. @throws CenterError `MEDIA_UNAVAILABLE` */
  async function linksOf({ media = [], template }: WhatsAppMessage): Promise<string[]> {
    const links: string[] = [];
    for (const { id, url } of template === undefined ? media : []) {
      const file = url === '' && id !== undefined ? await center.query('outgoingFile', { mediaId: id }) : null;
      if (url === '' && file === null)
        throw new CenterError('MEDIA_UNAVAILABLE', 'The file of this message is not there any more.');
      links.push(file === null ? url : await mediaLink(center, account, file));
    }
    return links;
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

  /** A long text, or several files, leave as several messages; when one does not get through, those after it would make no sense. */
  async function processAll({ attachments = [], ...claim }: Submission): Promise<Outcome> {
    const whole = [{ text: claim.text, attachment: null }];
    const parts = claim.template === null ? partsOf(claim.text, attachments) : whole;
    const earlier: WhatsAppMessage[] = [];
    let outcome: Outcome = await process({ ...claim, ...parts[0]! });
    for (const [index, part] of parts.entries()) {
      if (index === 0) continue;
      if (outcome.kind === 'refused') break;
      if (outcome.kind === 'sent') earlier.push(outcome.message);
      // A template went instead of the first part, and with it of all.
      if (outcome.message.template !== undefined) return outcome;
      outcome = await process({ ...partOf(claim, index + 1, part.text), attachment: part.attachment });
    }
    return earlier.length === 0 ? outcome : { ...outcome, earlier };
  }

  /** @throws CenterError `TEMPLATE_VARIABLES`, `TEMPLATE_NOT_APPROVED` */
  async function prepare(template: TemplateRef, claim: Submission): Promise<FilledTemplate> {
    if (templates === undefined) return { template, text: '' };
    return templates.prepare(template, async () => {
      const facts = await center.query('sessionOf', { address: claim.to, sender: claim.from === '' ? null : claim.from });
      return sessionWindow(facts, center.now(), center.sessionHours).open;
    });
  }

  /** The claim with its template filled in, and what is wrong with the fallback, which matters only when it is needed. */
  async function prepared(claim: Submission): Promise<{ claim: Submission; fallbackError: CenterError | null }> {
    if (claim.template !== null) {
      const { template, text } = await prepare(claim.template, claim);
      return { claim: { ...claim, template, text: text || claim.text }, fallbackError: null };
    }
    if (!claim.fallback || center.knownOpenUntil(claim.to, claim.from) > center.now()) return { claim, fallbackError: null };
    try {
      const { template, text } = await prepare(claim.fallback.template, claim);
      return { claim: { ...claim, fallback: { template, text: text || claim.fallback.text } }, fallbackError: null };
    } catch (error) {
      if (!isCenterError(error)) throw error;
      return { claim: { ...claim, fallback: null }, fallbackError: error };
    }
  }

  async function run(asked: Submission): Promise<Outcome> {
    let ready: Awaited<ReturnType<typeof prepared>>;
    try {
      ready = await prepared(asked);
    } catch (error) {
      if (!isCenterError(error)) throw error;
      return refuseUnclaimed(asked, error);
    }
    const outcome = await processAll(ready.claim);
    if (outcome.kind !== 'refused' || ready.fallbackError === null) return outcome;
    const tooLate = outcome.error.code === 'SESSION_EXPIRED' || outcome.error.code === 'SESSION_NONE';
    return tooLate ? { ...outcome, error: ready.fallbackError } : outcome;
  }

  /** An agent's message waits in the store under its id; the desk must say why it does not leave. */
  async function refuseUnclaimed(claim: Submission, error: CenterError): Promise<Outcome> {
    if (claim.messageId !== null)
      await center.run('refuseOutbound', { messageId: claim.messageId, code: error.code, text: error.message });
    return { kind: 'refused', error };
  }

  return {
    async submit(claim) {
      let to: string;
      let template = claim.template;
      try {
        to = checkRecipient(claim.to);
        if (template !== null) template = cleaned(template);
        if (template !== null || claim.text !== '' || (claim.attachments ?? []).length === 0) checkContent(claim.text, template);
      } catch (error) {
        if (!isCenterError(error)) throw error;
        return refuseUnclaimed(claim, error);
      }
      const from = claim.from === '' ? '' : fullAddress(claim.from);
      return lanes.run(`${from} ${to}`, () => run({ ...claim, template, to, from }), { urgent: isUrgent(claim) });
    },
    idle: () => lanes.idle(),
  };
}

/** Values on one line; what has no shape of a template is left to the check. */
function cleaned(template: TemplateRef): TemplateRef {
  const { variables } = template as { variables: unknown };
  const texts =
    typeof variables === 'object' && variables !== null && Object.values(variables).every((one) => typeof one === 'string');
  return texts && !Array.isArray(variables) ? { ...template, variables: cleanVariables(template.variables) } : template;
}

/**
 * A further message of a long text, with a key of its own that is the same on every run of the flow. Its text is cut as the
 * first one's is, so that a redelivered message finds all of its parts.
 */
function partOf(claim: ClaimArgs, part: number, text: string): ClaimArgs {
  return {
    ...claim,
    text,
    messageId: claim.messageId === null ? null : `${claim.messageId}+${part}`,
    answer: claim.answer === null ? null : { ...claim.answer, part },
  };
}

/** Where Twilio reports a message's fate: our own id in it finds the message even before its SID is known. */
export function statusCallbackOf(account: Account, messageId: string): string {
  return account.publicUrl === '' ? '' : `${account.publicUrl}${account.path}/status?id=${encodeURIComponent(messageId)}`;
}
