import type { Center } from '../center/center.ts';
import type { OutboundRow } from '../center/contract.ts';
import { isCenterError } from '../domain/errors.ts';
import type { Account } from './account.ts';
import { plainWords } from './error-catalogue.ts';
import type { Found, Sender } from './sender.ts';
import type { Asked } from './waiting/waiting-room.ts';

/** How many messages of an interrupted process were found at Twilio, stay unknown, or could not be asked about. */
export interface Resolved {
  found: number;
  unknown: number;
  left: number;
}

const BATCH = 500;

const UNKNOWN_TEXT =
  'Sending was interrupted, and Twilio cannot tell whether it has this message. Ask the customer before writing it again.';

/**
 * Looks up at Twilio what an earlier process claimed and did not record: the process died between the call and its answer.
 * Found ones get their status; the others become `unknown`, and an agent decides. Nothing is ever sent again from here.
 *
 * @param before claims before this moment (milliseconds by the center's clock); the default is now, so call it before sending
 */
export async function resolveUnknown(center: Center, account: Account, sender: Sender, before = center.now()): Promise<Resolved> {
  const resolved: Resolved = { found: 0, unknown: 0, left: 0 };
  const rows = await center.query('unresolved', { before, limit: BATCH, accountId: account.id });
  for (const row of rows) {
    const said = await resolveOne(center, account, sender, row);
    if (said === 'not-asked' || said === 'refused') {
      resolved.left++;
    } else if (said === 'found') {
      resolved.found++;
    } else {
      await center.run('recordUnknown', { messageId: row.id, text: UNKNOWN_TEXT });
      resolved.unknown++;
    }
  }
  return resolved;
}

/** Asks Twilio about one message whose fate is not known, and records what it says. */
export async function resolveOne(center: Center, account: Account, sender: Sender, row: OutboundRow): Promise<Asked> {
  const found = await lookUp(sender, row);
  if (found === 'not-asked' || found === 'refused') return found;
  return found !== null && (await recordFound(center, account, row, found)) ? 'found' : 'not-found';
}

/** Twilio not being there now says nothing about the message; the caller asks again, or a callback tells. */
async function lookUp(sender: Sender, row: OutboundRow): Promise<Found | null | 'not-asked' | 'refused'> {
  try {
    return await sender.lookUp(row);
  } catch (error) {
    if (isCenterError(error)) return error.code === 'TWILIO_REFUSED' ? 'refused' : 'not-asked';
    throw error;
  }
}

/** False when what was found is another message of ours: an equal text to the same customer, with a SID that is taken. */
async function recordFound(center: Center, account: Account, row: OutboundRow, found: Found): Promise<boolean> {
  const { sid, status, errorCode } = found;
  try {
    if (errorCode === null) {
      await center.run('recordSent', { messageId: row.id, sid, status });
      return true;
    }
    const errorMessage = plainWords(errorCode);
    await center.run('receiveStatus', { accountId: account.id, sid, messageId: row.id, status, errorCode, errorMessage });
    return true;
  } catch (error) {
    if (isCenterError(error)) throw error;
    return false;
  }
}
