import type { Account } from '../../twilio/account.ts';
import type { PhoneLocation } from '../phone-contract.ts';
import { findTemplate } from './templates.ts';
import type { ContentTemplate } from './templates.ts';
import { TwilioRefusal } from './twilio-error.ts';

/** A create request that Twilio would take over. */
export interface CreateRequest {
  /** Full addresses; `from` is null when a Messaging Service chooses. */
  to: string;
  from: string | null;
  messagingServiceSid: string | null;
  body: string;
  mediaUrl: string | null;
  location: PhoneLocation | null;
  template: ContentTemplate | null;
  variables: Record<string, string>;
  statusCallback: string | null;
  /** ms, for a scheduled message. */
  sendAt: number | null;
}

const PREFIX = 'whatsapp:';
const CUSTOMER = /^whatsapp:(\+\d{5,15}|[A-Z]{2}\.[A-Za-z0-9.]+)$/;
const MAX_ADDRESS = 140;
const MAX_TEXT = 1600;
const MAX_VARIABLES = 100;
const MINUTE_MS = 60_000;

/**
 * Checks the parameters of a create as Twilio does, in Twilio's order as far as it is known.
 * @param now ms, to judge SendAt
 * @throws TwilioRefusal with Twilio's number
 */
export function readCreate(form: URLSearchParams, account: Account, now: number): CreateRequest {
  const to = form.get('To') ?? '';
  if (to === '') throw refuse(21604, "A 'To' phone number is required.");
  if (!CUSTOMER.test(to) || to.length > MAX_ADDRESS) throw refuse(21211, `Invalid 'To' Phone Number: ${to}`);

  const messagingServiceSid = readService(form, account);
  const from = readFrom(form, account, messagingServiceSid);
  const statusCallback = readCallback(form);
  const template = readTemplate(form);
  const variables = readVariables(form.get('ContentVariables'));
  const body = form.get('Body') ?? '';
  const mediaUrl = readMedia(form);
  const location = readLocation(form);
  if (!template && body === '' && mediaUrl === null && location === null) throw refuse(21602, 'Message body is required.');
  if ([...body].length > MAX_TEXT) throw refuse(21617, 'The concatenated message body exceeds the 1600 character limit.');
  const sendAt = readSchedule(form, messagingServiceSid, now);
  return { to, from, messagingServiceSid, body, mediaUrl, location, template, variables, statusCallback, sendAt };
}

function readService(form: URLSearchParams, account: Account): string | null {
  const sid = form.get('MessagingServiceSid') ?? '';
  if (sid === '') return null;
  if (sid !== account.messagingServiceSid) throw refuse(21701, `The Messaging Service ${sid} does not exist.`);
  return sid;
}

function readFrom(form: URLSearchParams, account: Account, service: string | null): string | null {
  const from = form.get('From') ?? '';
  if (from === '') {
    if (service === null) throw refuse(21603, "A 'From' phone number is required.");
    return null;
  }
  if (!from.startsWith(PREFIX)) throw refuse(21212, `Invalid 'From' Phone Number: ${from}`);
  const known = account.sender === '' ? /^whatsapp:\+\d{5,15}$/.test(from) : from === account.sender;
  if (!known) throw refuse(63007, 'Twilio could not find a Channel with the specified From address.');
  return from;
}

/** Twilio refuses localhost, too; a stand-in that runs beside the flow cannot. */
function readCallback(form: URLSearchParams): string | null {
  const callback = form.get('StatusCallback') ?? '';
  if (callback === '') return null;
  const url = URL.canParse(callback) ? new URL(callback) : null;
  const usable = url !== null && /^https?:$/.test(url.protocol) && !url.hostname.includes('_');
  if (!usable) throw refuse(21609, `The StatusCallback URL ${callback} is not a valid URL.`);
  return callback;
}

function readTemplate(form: URLSearchParams): ContentTemplate | null {
  const contentSid = form.get('ContentSid') ?? '';
  if (contentSid === '') return null;
  const template = findTemplate(contentSid);
  if (!template) throw refuse(21655, `The ContentSid ${contentSid} is invalid.`);
  return template;
}

function readVariables(json: string | null): Record<string, string> {
  if (json === null || json === '') return {};
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw refuse(92007, 'The ContentVariables parameter is not valid JSON.');
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    throw refuse(21656, 'The ContentVariables parameter is invalid.');
  const entries = Object.entries(value);
  if (entries.length > MAX_VARIABLES) throw refuse(21656, 'The ContentVariables parameter has more than 100 variables.');
  for (const [key, text] of entries) {
    if (key.length > 16 || typeof text !== 'string') throw refuse(21656, 'The ContentVariables parameter is invalid.');
    if (text === '' || /[\r\n]/.test(text)) throw refuse(92007, `The content variable ${key} is empty or has a line break.`);
    if ([...text].length > MAX_TEXT) throw refuse(21658, `The content variable ${key} exceeds the 1600 character limit.`);
  }
  return Object.fromEntries(entries) as Record<string, string>;
}

function readMedia(form: URLSearchParams): string | null {
  const urls = form.getAll('MediaUrl').filter((url) => url !== '');
  if (urls.length === 0) return null;
  const first = urls[0]!;
  if (urls.length > 1 || !URL.canParse(first) || !/^https?:$/.test(new URL(first).protocol))
    throw refuse(21620, 'Invalid media URL(s).');
  return first;
}

/** `geo:<lat>,<lng>|<label>` is how a location is sent. */
function readLocation(form: URLSearchParams): PhoneLocation | null {
  for (const action of form.getAll('PersistentAction')) {
    const match = /^geo:(-?\d+(?:\.\d+)?),(-?\d+(?:\.\d+)?)(?:\|(.*))?$/s.exec(action);
    if (match) return { latitude: Number(match[1]), longitude: Number(match[2]), ...(match[3] ? { label: match[3] } : {}) };
  }
  return null;
}

function readSchedule(form: URLSearchParams, service: string | null, now: number): number | null {
  if ((form.get('ScheduleType') ?? '') === '' && (form.get('SendAt') ?? '') === '') return null;
  const sendAt = Date.parse(form.get('SendAt') ?? '');
  if (form.get('ScheduleType') !== 'fixed' || Number.isNaN(sendAt))
    throw refuse(35111, 'SendAt and ScheduleType=fixed are needed to schedule a message.');
  if (service === null) throw refuse(35118, 'MessagingServiceSid is required to schedule a message.');
  if (sendAt < now + 5 * MINUTE_MS || sendAt > now + 35 * 24 * 60 * MINUTE_MS)
    throw refuse(35114, 'SendAt is out of range: 300 seconds to 35 days.');
  return sendAt;
}

function refuse(code: number, message: string): TwilioRefusal {
  return new TwilioRefusal(400, code, message);
}
