import type { StoredMessage } from '../records.ts';
import { messageResource } from './message-view.ts';
import { pageOf } from './page-of.ts';
import { TwilioRefusal } from './twilio-error.ts';

/**
 * Answers `GET Messages.json`: filters To, From, DateSent (a day), `DateSent<` and `DateSent>` (a day or a moment,
 * both inclusive, because they are written `DateSent<=` in the address), newest first, in pages.
 * @throws TwilioRefusal for a date or a page that cannot be read
 */
export function listMessages(
  messages: readonly StoredMessage[],
  query: URLSearchParams,
  accountSid: string,
): Record<string, unknown> {
  const found = messages.filter(filterOf(query));
  const { page, size, start } = pageOf(query);
  const shown = found.slice(start, start + size);
  const address = (number: number): string => pageUri(query, accountSid, size, number);
  return {
    messages: shown.map((message) => messageResource(message, accountSid)),
    first_page_uri: address(0),
    next_page_uri: start + size < found.length ? address(page + 1) : null,
    previous_page_uri: page > 0 ? address(page - 1) : null,
    uri: address(page),
    page,
    page_size: size,
    start,
    end: shown.length === 0 ? start : start + shown.length - 1,
  };
}

function filterOf(query: URLSearchParams): (message: StoredMessage) => boolean {
  const to = query.get('To');
  const from = query.get('From');
  const day = readDate(query.get('DateSent'));
  const until = readDate(query.get('DateSent<'));
  const since = readDate(query.get('DateSent>'));
  return (message) => {
    // An inbound message has no date_sent of its own; Twilio lists it under the time it arrived.
    const at = message.sentAt ?? message.createdAt;
    if (to && message.to !== to) return false;
    if (from && message.from !== from) return false;
    if (day && (at < day.first || at > day.last)) return false;
    if (until && at > until.last) return false;
    return !(since && at < since.first);
  };
}

/** A day covers its 24 hours in UTC; a moment covers its second. */
function readDate(text: string | null): { first: number; last: number } | null {
  if (text === null || text === '') return null;
  const first = Date.parse(text);
  if (Number.isNaN(first)) throw new TwilioRefusal(400, 20001, `Invalid date: ${text}`);
  return { first, last: first + (/^\d{4}-\d{2}-\d{2}$/.test(text) ? 86_400_000 : 1000) - 1 };
}

function pageUri(query: URLSearchParams, accountSid: string, size: number, page: number): string {
  const parameters = new URLSearchParams(query);
  parameters.set('PageSize', String(size));
  parameters.set('Page', String(page));
  return `/2010-04-01/Accounts/${accountSid}/Messages.json?${parameters}`;
}
