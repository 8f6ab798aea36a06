import type { Center } from '../center/center.ts';
import type { ClaimResult } from '../center/sending-contract.ts';
import { CenterError, isCenterError } from '../domain/errors.ts';
import type { WhatsAppMessage } from '../domain/message.ts';
import { DEFAULT_RATE } from '../domain/send-rate.ts';
import type { Account } from './account.ts';
import { isBusy, toSendError } from './api/send-error.ts';
import { mediaLink } from './media/media-link.ts';
import type { Paces, Turn } from './pace.ts';
import type { Sender, Taken } from './sender.ts';
import type { WaitingRoom } from './waiting/waiting-room.ts';

export interface CallingOptions {
  center: Center;
  account: Account;
  sender: Sender;
  paces: Paces;
  room: WaitingRoom;
  /** How long one message waits, claimed, for a Twilio that has too much to do, in milliseconds; after that it is put off. */
  patienceMs: number;
}

/**
 * Makes the call for a claimed message, at its sender's pace. With `mayTry` also while it is not known whether Twilio is there.
 */
export type Call = (claimed: ClaimResult, how: { urgent: boolean; mayTry: boolean }) => Promise<Taken>;

/** For so long what was judged at the claim holds, in milliseconds. */
const FRESH_MS = 1000;

/**
 * @throws CenterError from the call, as `Sender.send`: `TWILIO_UNREACHABLE` and a busy `TWILIO_REFUSED` only where Twilio has
 * certainly not processed it; and `OPTED_OUT`, `SESSION_EXPIRED`, `SESSION_NONE`, `MEDIA_UNAVAILABLE`
 */
export function createCalling({ center, account, sender, paces, room, patienceMs }: CallingOptions): Call {
  const rate = account.rate ?? DEFAULT_RATE;

  return async ({ message, conversation }, { urgent, mayTry }) => {
    const template = message.template ?? null;
    const request = {
      from: message.from,
      to: message.to,
      text: message.text,
      template,
      messageId: message.id,
      statusCallback: statusCallbackOf(account, message.id),
      ...(message.media === undefined ? {} : { mediaUrls: await linksOf(message) }),
      ...(message.location === undefined ? {} : { location: message.location }),
    };
    const expiresAt = template === null ? (conversation?.session.expiresAt ?? null) : null;
    const pace = paces.of(message.from, rate);
    await sender.ready();
    const since = paces.now();
    for (let again = false; ; again = true) {
      const turn: Turn | null = await pace.turn({ urgent, again });
      if (turn === null) throw notNow();
      if (!room.line.open && !(mayTry && room.line.trying)) {
        pace.ended(turn, 'failed');
        throw notNow();
      }
      // It was judged when it was claimed; what has waited since is judged by what has happened since.
      const past = expiresAt !== null && center.now() > Date.parse(expiresAt);
      if (again || past || paces.now() - since > FRESH_MS) {
        try {
          await center.query('stillSendable', { from: message.from, to: message.to, template });
        } catch (error) {
          pace.ended(turn, 'failed');
          throw error;
        }
      }
      const submittedAt = center.now();
      try {
        const taken = await sender.send(request);
        pace.ended(turn, 'taken');
        room.line.reached();
        return taken;
      } catch (error) {
        const refused = isCenterError(error) ? error : toSendError(error);
        const busy = isBusy(refused);
        pace.ended(turn, busy ? 'busy' : 'failed');
        if (busy && paces.now() - since < patienceMs) continue;
        if (refused.code === 'SEND_UNKNOWN') {
          const { id, from, to, text } = message;
          room.doubt({ id, sid: null, accountId: account.id, from, to, text, submittedAt });
        } else if (busy || refused.code === 'TWILIO_UNREACHABLE') room.line.lost();
        else if (refused.code !== 'ACCOUNT_MISSING') room.line.reached();
        throw refused;
      }
    }
  };

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
}

/** Twilio was lost while this message waited for its turn: no call was made for it. */
function notNow(): CenterError {
  return new CenterError('TWILIO_UNREACHABLE', 'Twilio cannot be reached, so this message was not sent.');
}

/** Where Twilio reports a message's fate: our own id in it finds the message even before its SID is known. */
export function statusCallbackOf(account: Account, messageId: string): string {
  return account.publicUrl === '' ? '' : `${account.publicUrl}${account.path}/status?id=${encodeURIComponent(messageId)}`;
}
