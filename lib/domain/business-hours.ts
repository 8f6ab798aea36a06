/** Open times of a week in one time zone; no entries at all means always open. */
export interface BusinessHours {
  /** IANA name, such as "Europe/Bucharest". */
  timeZone: string;
  /** Monday is 1, Sunday 7; times are "HH:MM", "24:00" for midnight at the end. A span may not cross midnight. */
  spans: { day: number; from: string; to: string }[];
  /** Days that are closed whatever the week says, "YYYY-MM-DD". */
  closedOn: string[];
}

const TIME = /^(?:([01]\d|2[0-3]):([0-5]\d)|24:00)$/;

/** What is wrong with hours that somebody typed; null when nothing is. */
export function problemOf(hours: BusinessHours): string | null {
  try {
    new Intl.DateTimeFormat('en', { timeZone: hours.timeZone });
  } catch {
    return `"${hours.timeZone}" is not a time zone.`;
  }
  for (const { day, from, to } of hours.spans) {
    if (!Number.isInteger(day) || day < 1 || day > 7) return 'A day is a number from 1 (Monday) to 7 (Sunday).';
    if (!TIME.test(from) || !TIME.test(to)) return 'A time is written as HH:MM.';
    if (from >= to) return 'A span ends after it begins; over midnight, use two.';
  }
  const wrong = hours.closedOn.find((date) => !isDate(date));
  return wrong === undefined ? null : `"${wrong}" is not a date: use YYYY-MM-DD.`;
}

/** A day that there is, as "YYYY-MM-DD". */
function isDate(text: string): boolean {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : NaN;
  // 30 February is read as a day in March.
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}

/** Is the queue open at this instant (milliseconds)? Summer time is the time zone's business. */
export function isOpen(hours: BusinessHours | null, at: number): boolean {
  if (hours === null || hours.spans.length === 0) return true;
  const { date, day, time } = localTime(hours.timeZone, at);
  if (hours.closedOn.includes(date)) return false;
  return hours.spans.some((span) => span.day === day && span.from <= time && time < span.to);
}

const formats = new Map<string, Intl.DateTimeFormat>();
const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

function localTime(timeZone: string, at: number): { date: string; day: number; time: string } {
  let format = formats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      weekday: 'short',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
    formats.set(timeZone, format);
  }
  const parts = Object.fromEntries(format.formatToParts(at).map((part) => [part.type, part.value]));
  return {
    date: `${parts['year']}-${parts['month']}-${parts['day']}`,
    day: DAYS.indexOf(parts['weekday']!) + 1,
    time: `${parts['hour']}:${parts['minute']}`,
  };
}
