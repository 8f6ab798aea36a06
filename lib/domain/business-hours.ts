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

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** How far ahead an opening is looked for: further than anybody's holidays. */
const DAYS_AHEAD = 400;

/**
 * The instant (milliseconds) at which the hours begin again, by the clocks of the place: a time that summer time leaves
 * out begins when the clocks have jumped over it. Null while they last, and where every day ahead is closed.
 */
export function opensAt(hours: BusinessHours | null, at: number): number | null {
  if (hours === null || isOpen(hours, at)) return null;
  const today = Date.parse(`${localTime(hours.timeZone, at).date}T00:00:00Z`);
  // A day of the place begins up to 14 hours before or 12 after the one of UTC; two days together hold the next opening.
  let found: number | null = null;
  for (let day = -1; day <= DAYS_AHEAD; day++) {
    const before = found;
    for (const start of openingsOn(hours, today + day * DAY_MS)) {
      if (start > at && (found === null || start < found)) found = start;
    }
    if (before !== null) return found;
  }
  return found;
}

/** The instants of one day of the place, given as its midnight in UTC, at which the queue turns from closed to open. */
function openingsOn(hours: BusinessHours, midnight: number): number[] {
  const date = new Date(midnight).toISOString().slice(0, 10);
  const day = ((new Date(midnight).getUTCDay() + 6) % 7) + 1;
  const spans = hours.closedOn.includes(date) ? [] : hours.spans.filter((span) => span.day === day);
  if (spans.length === 0) return [];
  const [before, after] = [offsetAt(hours.timeZone, midnight - DAY_MS), offsetAt(hours.timeZone, midnight + 2 * DAY_MS)];
  const starts = spans.flatMap(({ from }) => {
    const wall = Date.parse(`${date}T${from}:00Z`);
    return [wall - before, wall - after];
  });
  if (before !== after) starts.push(changeOfClocks(hours.timeZone, midnight - DAY_MS, midnight + 2 * DAY_MS));
  return starts.filter((start) => isOpen(hours, start) && !isOpen(hours, start - MINUTE_MS));
}

/** How far the clocks of a place are ahead of UTC at an instant, in milliseconds. */
function offsetAt(timeZone: string, at: number): number {
  const { date, time } = localTime(timeZone, at);
  return Date.parse(`${date}T${time}:00Z`) - Math.floor(at / MINUTE_MS) * MINUTE_MS;
}

/** The minute between two instants from which the clocks go differently. */
function changeOfClocks(timeZone: string, from: number, to: number): number {
  const before = offsetAt(timeZone, from);
  let [low, high] = [from / MINUTE_MS, to / MINUTE_MS];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(timeZone, middle * MINUTE_MS) === before) low = middle;
    else high = middle;
  }
  return high * MINUTE_MS;
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
