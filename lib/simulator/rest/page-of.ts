import { TwilioRefusal } from './twilio-error.ts';

const DEFAULT_SIZE = 50;
const LARGEST_SIZE = 1000;

/** Which part of a list the address asks for. */
export interface Page {
  /** From 0. */
  page: number;
  size: number;
  /** The place in the list of the first on this page. */
  start: number;
}

/** @throws TwilioRefusal for a page that cannot be read */
export function pageOf(query: URLSearchParams): Page {
  const size = Math.min(wholeNumber(query.get('PageSize'), DEFAULT_SIZE), LARGEST_SIZE) || DEFAULT_SIZE;
  const page = wholeNumber(query.get('Page'), 0);
  return { page, size, start: page * size };
}

function wholeNumber(text: string | null, otherwise: number): number {
  if (text === null || text === '') return otherwise;
  if (!/^\d{1,6}$/.test(text)) throw new TwilioRefusal(400, 20001, `Invalid page: ${text}`);
  return Number(text);
}
