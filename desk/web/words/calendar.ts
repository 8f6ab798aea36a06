/**
 * Dates and times as the agent's own machine writes them, when it speaks the page's language; else in the page's language,
 * so that no line mixes two.
 */
export function timeLocale(pageLocale: string, machineLocales: readonly string[]): string {
  return machineLocales.find((locale) => locale.split('-')[0] === pageLocale.split('-')[0]) ?? pageLocale;
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
