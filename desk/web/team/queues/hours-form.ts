import type { BusinessHours } from '../../../../lib/domain/business-hours.ts';

export interface Span {
  from: string;
  to: string;
}

/** Monday is 1. */
export const DAYS = [1, 2, 3, 4, 5, 6, 7] as const;

/** A day's open times in their order. */
export function spansOf(hours: BusinessHours, day: number): Span[] {
  return hours.spans
    .filter((span) => span.day === day)
    .map(({ from, to }) => ({ from, to }))
    .sort((a, b) => (a.from < b.from ? -1 : 1));
}

/** The hours with a day's times replaced; those of other days stay as they are. */
export function withDay(hours: BusinessHours, day: number, spans: readonly Span[]): BusinessHours {
  const others = hours.spans.filter((span) => span.day !== day);
  const all = [...others, ...spans.map((span) => ({ day, ...span }))];
  return { ...hours, spans: all.sort((a, b) => a.day - b.day || (a.from < b.from ? -1 : a.from > b.from ? 1 : 0)) };
}

/** A further span behind the day's last one, where there is room; a first one is a working day. */
export function nextSpan(spans: readonly Span[]): Span | null {
  const last = spans.at(-1);
  if (last === undefined) return { from: '09:00', to: '17:00' };
  if (last.to >= '23:00') return null;
  const hour = Number(last.to.slice(0, 2)) + 1;
  return { from: `${two(hour)}:00`, to: hour >= 22 ? '24:00' : `${two(hour + 2)}:00` };
}

/** A browser's time box knows no 24:00; at the end of a span it is midnight. */
export const toBox = (time: string): string => (time === '24:00' ? '00:00' : time);
export const endFromBox = (time: string): string => (time === '00:00' ? '24:00' : time);

/** New hours, for a queue that was always open: the working week in the supervisor's own time zone. */
export function workingWeek(timeZone: string): BusinessHours {
  return { timeZone, spans: [1, 2, 3, 4, 5].map((day) => ({ day, from: '09:00', to: '17:00' })), closedOn: [] };
}

const two = (value: number): string => String(value).padStart(2, '0');
