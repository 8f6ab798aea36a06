/**
 * Dates and times as the agent's own machine writes them, when it speaks the page's language; else in the page's language,
 * so that no line mixes two.
 */
export function timeLocale(pageLocale: string, machineLocales: readonly string[]): string {
  const speaks = (locale: string): boolean => locale.split('-')[0] === pageLocale.split('-')[0];
  return machineLocales.find((locale) => speaks(locale) && isTag(locale)) ?? pageLocale;
}

/** Browsers name what the system calls its language, "en-US@posix" as well, which no formatter takes. */
function isTag(locale: string): boolean {
  try {
    return Intl.getCanonicalLocales(locale).length === 1;
  } catch {
    return false;
  }
}

/** Whole days of the local calendar from `at` to `now`; 0 is today, 1 yesterday, whatever the daylight saving does. */
export function daysAgo(at: number, now: number): number {
  const day = (ms: number): number => {
    const date = new Date(ms);
    return Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
  };
  return Math.round((day(now) - day(at)) / 86_400_000);
}

export function sameDay(a: number, b: number): boolean {
  return daysAgo(a, b) === 0;
}
