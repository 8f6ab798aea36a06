import { CenterError } from '../../domain/errors.ts';
import type { WebhookParams } from '../../domain/message.ts';
import { messageSid, optionalParam, param } from './params.ts';

/** What a status callback says. */
export interface StatusCallback {
  sid: string;
  /** Twilio's word as it came; one we do not know changes nothing. */
  status: string;
  /** Twilio's number, only for a failure. */
  errorCode: number | null;
  errorMessage: string | null;
  from: string;
  to: string;
}

/** `SmsStatus` of a message that came in, and of one still coming in. */
const INBOUND: ReadonlySet<string> = new Set(['received', 'receiving']);

/**
 * Tells a delivery status from a customer's message, because both may reach the same address: `MessageStatus` is only in
 * callbacks, and an inbound message says `received` or nothing. (`From` is in both.)
 */
export function isStatusCallback(params: WebhookParams): boolean {
  if (param(params, 'MessageStatus') !== '') return true;
  const smsStatus = param(params, 'SmsStatus').toLowerCase();
  return smsStatus !== '' && !INBOUND.has(smsStatus);
}

/**
 * Reads a status callback.
 * @throws CenterError `INVALID_REQUEST` without a message SID or a status
 */
export function parseStatusCallback(params: WebhookParams): StatusCallback {
  // SmsSid is the older name; where the two differ, MessageSid is the message.
  const sid = messageSid(params);
  const status = param(params, 'MessageStatus') || param(params, 'SmsStatus');
  if (sid === '' || status === '') {
    throw new CenterError('INVALID_REQUEST', 'This request is no delivery status: MessageSid or MessageStatus is missing.');
  }
  return {
    sid,
    status,
    errorCode: errorNumber(param(params, 'ErrorCode')),
    errorMessage: optionalParam(params, 'ErrorMessage') ?? optionalParam(params, 'ChannelStatusMessage') ?? null,
    from: param(params, 'From'),
    to: param(params, 'To'),
  };
}

function errorNumber(text: string): number | null {
  const code = Number(text);
  return Number.isInteger(code) && code > 0 ? code : null;
}
