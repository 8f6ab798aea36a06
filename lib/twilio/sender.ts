import type { OutboundRow } from '../center/contract.ts';
import { fullAddress } from '../domain/address.ts';
import { parseStatus, type DeliveryStatus } from '../domain/delivery-status.ts';
import { geoAction, placeName } from '../domain/attachment.ts';
import type { Location, TemplateRef } from '../domain/message.ts';
import type { Account } from './account.ts';
import { createClient } from './api/client.ts';
import { toLookUpError, toSendError } from './api/send-error.ts';

/** A message as Twilio is asked to send it. */
export interface SendRequest {
  /** Full or bare addresses; `from` is "" when the Messaging Service chooses. */
  from: string;
  to: string;
  text: string;
  /** Sent instead of the text. */
  template: TemplateRef | null;
  /** Where Twilio fetches the files that go with it. */
  mediaUrls?: readonly string[];
  location?: Location | null;
  /** Our id, for the record of failures. */
  messageId: string;
  /** Where Twilio reports the message's fate; "" for nowhere. */
  statusCallback: string;
}

/** Twilio has it. */
export interface Taken {
  sid: string;
  status: DeliveryStatus;
}

/** A message found at Twilio, with Twilio's number if it failed there. */
export interface Found extends Taken {
  errorCode: number | null;
}

export interface Sender {
  /** Loads what the first call needs, so that a message leaves the moment its sender's pace lets it. Throws `ACCOUNT_MISSING`. */
  ready(): Promise<void>;
  /**
   * Sends once.
   * @throws CenterError `TWILIO_REFUSED` or `SESSION_EXPIRED` with Twilio's number, `TWILIO_UNREACHABLE` when nothing left this
   * machine, `SEND_UNKNOWN` when Twilio may have taken it, `ACCOUNT_MISSING` without usable credentials
   */
  send(request: SendRequest): Promise<Taken>;
  /**
   * Looks for a message whose fate is not known. Without its SID it is recognised by recipient, sender, text and time; `null`
   * when that finds none or several, and for a template, whose text only Twilio knows.
   * @throws CenterError as `send`; `TWILIO_REFUSED` also for an answer that cannot be read
   */
  lookUp(row: OutboundRow): Promise<Found | null>;
  /** Drops idle connections. */
  close(): void;
}

/** Twilio rounds to seconds and clocks differ a little; an equal text earlier than this is another message. */
const EARLIER_MS = 10_000;
/** The longest a claimed message is on its way to Twilio, repeated calls included. */
const LATER_MS = 180_000;
const LOOK_UP_LIMIT = 50;

/** Sends an account's messages through the `twilio` package. */
export function createSender(account: Account, options: { timeoutMs?: number } = {}): Sender {
  const client = createClient(account, options.timeoutMs);

  return {
    async ready() {
      await client.api();
    },

    async send(request) {
      try {
        const api = await client.api();
        const { sid, status } = await api.messages.create({
          to: fullAddress(request.to),
          ...senderOf(account, request.from),
          ...contentOf(request),
          ...(request.statusCallback === '' ? {} : { statusCallback: request.statusCallback }),
        });
        if (typeof sid !== 'string' || sid === '') throw new Error('The answer has no SID.');
        return { sid, status: parseStatus(String(status)) ?? 'queued' };
      } catch (error) {
        throw toSendError(error);
      }
    },

    async lookUp(row) {
      try {
        const api = await client.api();
        if (row.sid !== null) return found(await api.messages(row.sid).fetch());
        if (row.text === '') return null;
        const filter = { to: fullAddress(row.to), ...(row.from === '' ? {} : { from: fullAddress(row.from) }) };
        const listed = await api.messages.list({ ...filter, limit: LOOK_UP_LIMIT, pageSize: LOOK_UP_LIMIT });
        const matching = listed.filter((one) => one.body === row.text && isFromThen(one.dateCreated, row.submittedAt));
        return matching.length === 1 ? found(matching[0]!) : null;
      } catch (error) {
        throw toLookUpError(error);
      }
    },

    close: () => client.close(),
  };
}

/** With a Messaging Service the sender is named too: the answer must come from the address the customer wrote to. */
function senderOf(account: Account, from: string): { from?: string; messagingServiceSid?: string } {
  return {
    ...(from === '' ? {} : { from: fullAddress(from) }),
    ...(account.messagingServiceSid === '' ? {} : { messagingServiceSid: account.messagingServiceSid }),
  };
}

interface Content {
  body?: string;
  mediaUrl?: string[];
  persistentAction?: string[];
  contentSid?: string;
  contentVariables?: string;
}

function contentOf({ text, template, mediaUrls = [], location = null }: SendRequest): Content {
  if (template !== null) {
    const variables = JSON.stringify(template.variables);
    return { contentSid: template.contentSid, ...(variables === '{}' ? {} : { contentVariables: variables }) };
  }
  // Twilio wants a body with a place, too.
  const body = text === '' && location !== null ? placeName(location) : text;
  return {
    ...(body === '' ? {} : { body }),
    ...(mediaUrls.length === 0 ? {} : { mediaUrl: [...mediaUrls] }),
    ...(location === null ? {} : { persistentAction: [geoAction(location)] }),
  };
}

function found(message: { sid: string; status: string; errorCode: number | null }): Found {
  return { sid: message.sid, status: parseStatus(String(message.status)) ?? 'queued', errorCode: message.errorCode ?? null };
}

function isFromThen(created: Date | null | undefined, submittedAt: number): boolean {
  const at = created?.getTime() ?? Number.NaN;
  return at >= submittedAt - EARLIER_MS && at <= submittedAt + LATER_MS;
}
