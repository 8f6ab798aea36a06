/** A text of the catalogue and what goes into it; the caller translates. */
export interface Phrase {
  key: string;
  values: Record<string, string | number>;
}

const two = (value: number): string => String(value).padStart(2, '0');

/** A time left or passed, in the two greatest units that matter: "3 d 4 h", "21 h 14 m", "38 min", "42 s". */
export function durationPhrase(ms: number): Phrase {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  if (days >= 2) return { key: 'duration.days', values: { days, hours: hours % 24 } };
  if (hours >= 1) return { key: 'duration.hours', values: { hours, minutes: two(minutes % 60) } };
  if (minutes >= 1) return { key: 'duration.minutes', values: { minutes } };
  return { key: 'duration.seconds', values: { seconds } };
}

/** A countdown on a ring: "1:26"; at 59.2 s it shows "1:00", so that 0:00 is the end and not the last second. */
export function countdown(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  return `${Math.floor(seconds / 60)}:${two(seconds % 60)}`;
}
