import type { Center } from '../center/center.ts';
import type { ClaimArgs, ClaimResult, Fallback, PostponedRow } from '../center/sending-contract.ts';
import { fullAddress } from '../domain/address.ts';
import { partsOf, type Attachment } from '../domain/attachment.ts';
import { isFailure, type DeliveryStatus } from '../domain/delivery-status.ts';
import type { CenterError } from '../domain/errors.ts';
import { isCenterError, isStoreTrouble } from '../domain/errors.ts';
import type { ConversationSnapshot, TemplateRef, WhatsAppMessage } from '../domain/message.ts';
import { checkContent } from '../domain/outbound-content.ts';
import { checkRecipient } from '../domain/recipient.ts';
import { callsAtOnce, DEFAULT_RATE } from '../domain/send-rate.ts';
import { isOutsideSession, sessionWindow } from '../domain/session-window.ts';
import { cleanVariables, type FilledTemplate } from '../domain/template.ts';
import type { Account } from './account.ts';
import { Lanes } from './lanes.ts';
import { Paces } from './pace.ts';
import { mayRepeat, toSendError } from './api/send-error.ts';
import { createCalling } from './calling.ts';
import { Records } from './records.ts';
import { resolveOne } from './resolve-unknown.ts';
import type { Sender, Taken } from './sender.ts';
import type { Templates } from './templates.ts';
import { WaitingRoom, type Asked, type Waiting } from './waiting/waiting-room.ts';

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
  /**
   * Sends a message at most once; expected failures are an outcome, anything thrown is unexpected (the store is gone). While
   * Twilio cannot be reached that takes as long as it takes.
   * @param onWaiting called when the message is safe in the store and waits for Twilio
   */
  submit(submission: Submission, onWaiting?: () => void): Promise<Outcome>;
  /** Goes on with what an earlier process could not give to Twilio, in that order; to be called before anything new is submitted. */
  resume(left: readonly PostponedRow[]): void;
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
  /** Where messages wait while Twilio cannot be reached, when it outlives the outbox. */
  room?: WaitingRoom;
  /** What keeps the order, when it outlives the outbox. */
  lanes?: Lanes;
  /** What writes down what Twilio said, when it outlives the outbox. */
  records?: Records;
  /** How long one message waits, claimed, for a Twilio that has too much to do, in milliseconds; after that it is put off. */
  patienceMs?: number;
}

/** Under the 30 s after which the desk says that the flow has sent nothing. */
const PATIENCE_MS = 20_000;

/** A mailing, as opposed to an answer: a template that a flow sends of its own accord. Whatever else there is comes first. */
export function isUrgent({ author, template, answer }: Pick<ClaimArgs, 'author' | 'template' | 'answer'>): boolean {
  return !(author.kind === 'flow' && template !== null && answer === null);
}

/** How a claimed message is sent, and by which node. */
interface How {
  urgent: boolean;
  nodeId: string | null;
  mayTry: boolean;
}

/** By what a message's lane is known. */
interface LaneFacts {
  from: string;
  to: string;
  conversationId: string | null;
  urgent: boolean;
}

/** A message that waits, and what becomes of it. */
interface Put {
  waiting: Waiting;
  outcome: Promise<Outcome>;
}

/**
 * The one road out: checks, claims, sends, records. A message is claimed before the call and never sent twice: only calls
 * that Twilio certainly did not process are repeated, for as long as that is of use; everything doubtful is recorded as unknown.
 * One line for each customer keeps the order; the sender's pace keeps to its rate.
 */
export function createOutbox(options: OutboxOptions): Outbox {
  const { center, account, sender, templates, patienceMs = PATIENCE_MS } = options;
  const { paces = new Paces(), room = new WaitingRoom(), records = new Records() } = options;
  const width = callsAtOnce(account.rate ?? DEFAULT_RATE);
  const { lanes = new Lanes(width) } = options;
  lanes.width = width;
  const call = createCalling({ center, account, sender, paces, room, patienceMs });

  /** Calls for what is claimed; `again` when it waits for Twilio from now on. */
  async function sendClaimed(claimed: ClaimResult, how: How): Promise<Outcome | 'again'> {
    const { message, conversation } = claimed;
    let taken: Taken;
    try {
      taken = await call(claimed, how);
    } catch (error) {
      const refused = toSendError(error);
      // Where the store was in trouble, no call was made.
      if (mayRepeat(refused) || isStoreTrouble(refused)) {
        await records.run(center, 'postponeOutbound', { messageId: message.id, nodeId: how.nodeId });
        return 'again';
      }
      const view = await recordFailure(message.id, refused);
      return { kind: 'refused', error: refused, message: view.message };
    }
    const view = await records.run(center, 'recordSent', { messageId: message.id, ...taken });
    return { kind: 'sent', message: view.message, conversation };
  }

  function recordFailure(messageId: string, error: CenterError) {
    const { code, message: text, twilioCode } = error;
    if (code === 'SEND_UNKNOWN') return records.run(center, 'recordUnknown', { messageId, text });
    const failure = { messageId, code, text, ...(twilioCode === undefined ? {} : { twilioCode }) };
    return records.run(center, 'recordFailed', failure);
  }

  /** @param follows the part before this one, where that waits */
  async function process(claim: ClaimArgs, lane: string, follows: Waiting | null = null): Promise<Outcome | Put> {
    let claimed: ClaimResult;
    try {
      claimed = await center.run('claimOutbound', { ...claim, wait: room.mustWait(lane) });
    } catch (error) {
      if (isCenterError(error)) return { kind: 'refused', error };
      throw error;
    }
    const { verdict, message } = claimed;
    if (verdict === 'already') return { kind: 'already', message };
    const nodeId = claim.nodeId ?? null;
    const urgent = isUrgent(claim);
    const outcome = verdict === 'wait' ? 'again' : await sendClaimed(claimed, { urgent, nodeId, mayTry: false });
    if (outcome !== 'again') return outcome;
    const fallback = claim.fallback ?? null;
    const place = lanes.hold(lane);
    const waiting: Waiting = { messageId: message.id, place, urgent, nodeId, fallback, follows, outcome: null };
    return { waiting, outcome: room.add(waiting) };
  }

  /** A long text, or several files, leave as several messages; when one does not get through, those after it would make no sense. */
  async function processAll({ attachments = [], ...claim }: Submission, lane: string): Promise<Outcome | Put> {
    const whole = [{ text: claim.text, attachment: null }];
    const parts = claim.template === null ? partsOf(claim.text, attachments) : whole;
    const more = (index: number): boolean => index < parts.length - 1;
    const all: (Outcome | Put)[] = [await process({ ...claim, ...parts[0]!, more: more(0) }, lane)];
    for (const [index, part] of parts.entries()) {
      if (index === 0) continue;
      const before = all.at(-1)!;
      const further = { ...partOf(claim, index + 1, part.text), attachment: part.attachment, more: more(index) };
      if ('waiting' in before) {
        all.push(await process({ ...further, fallback: null }, lane, before.waiting));
      } else {
        // A template went instead of the first part, and with it of all. What failed before failed on an earlier run.
        if (before.kind === 'refused' || before.message.template !== undefined || hasFailed(before.message)) break;
        all.push(await process(further, lane));
      }
    }
    const waits = all.find((one) => 'waiting' in one);
    if (waits === undefined) return combine(all as Outcome[]);
    const outcomes = all.map((one) => ('waiting' in one ? one.outcome : one));
    return { waiting: waits.waiting, outcome: Promise.all(outcomes).then(combine) };
  }

  /** What waits for Twilio has another try. */
  async function attempt({ messageId, urgent, nodeId, fallback, follows }: Waiting): Promise<Outcome | 'again'> {
    try {
      if (follows?.outcome?.kind === 'refused') {
        const { error } = follows.outcome;
        await center.run('refuseOutbound', { messageId, code: error.code, text: error.message });
        return { kind: 'refused', error };
      }
      const claimed = await center.run('claimPostponed', { messageId, fallback: await refilled(fallback) });
      return await sendClaimed(claimed, { urgent, nodeId, mayTry: true });
    } catch (error) {
      // Where the store is not there, the message is not either; both come back.
      if (!isCenterError(error) || isStoreTrouble(error)) return 'again';
      return { kind: 'refused', error };
    }
  }

  /** It may not have been needed when the message came, and then nobody has looked at it. */
  async function refilled(fallback: Fallback | null): Promise<Fallback | null> {
    if (fallback === null || templates === undefined || fallback.text !== '') return fallback;
    try {
      return await templates.prepare(fallback.template, () => Promise.resolve(false));
    } catch {
      return null;
    }
  }

  async function ask(row: Parameters<typeof resolveOne>[3]): Promise<Asked> {
    try {
      return await resolveOne(center, account, sender, row);
    } catch (error) {
      // Erased meanwhile: there is nothing left to find out, and others must not wait for it.
      return isCenterError(error) && error.code === 'UNKNOWN_MESSAGE' ? 'found' : 'not-asked';
    }
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

  async function run(asked: Submission, lane: string): Promise<Outcome | Put> {
    let ready: Awaited<ReturnType<typeof prepared>>;
    try {
      ready = await prepared(asked);
    } catch (error) {
      if (!isCenterError(error)) throw error;
      return refuseUnclaimed(asked, error);
    }
    const outcome = await processAll(ready.claim, lane);
    if ('waiting' in outcome || outcome.kind !== 'refused' || ready.fallbackError === null) return outcome;
    return isOutsideSession(outcome.error.code) ? { ...outcome, error: ready.fallbackError } : outcome;
  }

  /** An agent's message waits in the store under its id; the desk must say why it does not leave. */
  async function refuseUnclaimed(claim: Submission, error: CenterError): Promise<Outcome> {
    if (claim.messageId !== null)
      await center.run('refuseOutbound', { messageId: claim.messageId, code: error.code, text: error.message });
    return { kind: 'refused', error };
  }

  room.serve({ lanes, attempt, ask, sendAway: () => paces.sendAway() });
  return {
    async submit(claim, onWaiting) {
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
      const whole = { ...claim, template, to, from };
      const { lane, leave } = lanes.hold(lanesOf(whole));
      const result = await lanes.run(lane, () => run(whole, lane), { urgent: isUrgent(claim) }).finally(leave);
      if (!('waiting' in result)) return result;
      onWaiting?.();
      return result.outcome;
    },
    resume(left) {
      const common = { fallback: null, follows: null, outcome: null };
      room.resume(
        left
          .filter(({ id }) => !room.has(id))
          .map(({ id, from, to, conversationId, nodeId, mailing }) => {
            const place = lanes.hold(names({ from, to, conversationId, urgent: !mailing }));
            return { ...common, messageId: id, place, urgent: !mailing, nodeId };
          }),
      );
    },
    idle: () => lanes.idle(),
  };
}

/**
 * The lane of a message: one for each customer and sender. Before the claim a customer is known by an address, and they may have two, a
 * number and a user id; the conversation tells that both are the same customer. A mailing goes by its address alone, because a flow
 * that writes to many may do so on behalf of one conversation.
 */
export function lanesOf(claim: Pick<ClaimArgs, 'from' | 'to' | 'conversationId' | 'author' | 'template' | 'answer'>): string[] {
  return names({ ...claim, urgent: isUrgent(claim) });
}

function names({ from, to, conversationId, urgent }: LaneFacts): string[] {
  return urgent && conversationId !== null ? [`${from} ${to}`, conversationId] : [`${from} ${to}`];
}

function hasFailed({ status }: WhatsAppMessage): boolean {
  return isFailure(status as DeliveryStatus);
}

/** The outcome of a text or answer whose parts ended so, in order; the last one stands for the whole. */
function combine(outcomes: readonly Outcome[]): Outcome {
  const earlier: WhatsAppMessage[] = [];
  let outcome = outcomes[0]!;
  for (const next of outcomes.slice(1)) {
    if (outcome.kind === 'refused' || outcome.message.template !== undefined) break;
    if (outcome.kind === 'sent') earlier.push(outcome.message);
    outcome = next;
  }
  return earlier.length === 0 ? outcome : { ...outcome, earlier };
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
