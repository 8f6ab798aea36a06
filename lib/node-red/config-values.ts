/**
 * Reading configuration values. A property that came from an environment variable is always a text, and an unset
 * variable leaves `${NAME}` empty or standing, so every value is narrowed here, once.
 */

const UNSET_VARIABLE = /^\$\{[^}]+\}$/;

/** A trimmed text; "" when there is none. */
export function textOf(value: unknown): string {
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'string') return '';
  const text = value.trim();
  return UNSET_VARIABLE.test(text) ? '' : text;
}

/** A number within bounds; the default when it is none. */
export function numberOf(value: unknown, { fallback, min, max }: { fallback: number; min: number; max: number }): number {
  const text = textOf(value);
  const number = text === '' ? Number.NaN : Number(text);
  return Number.isFinite(number) ? Math.min(max, Math.max(min, number)) : fallback;
}

export function booleanOf(value: unknown): boolean {
  return value === true || (typeof value === 'string' && ['true', '1', 'yes', 'on'].includes(value.trim().toLowerCase()));
}

/** One of some words; the first is the default. */
export function choiceOf<Choice extends string>(value: unknown, choices: readonly [Choice, ...Choice[]]): Choice {
  const text = textOf(value);
  return choices.find((choice) => choice === text) ?? choices[0];
}

/** "/path" without a slash at the end; null when it is no path that can be served. */
export function pathOf(value: unknown, fallback: string): string | null {
  const text = textOf(value) || fallback;
  const path = `/${text.replace(/^\/+|\/+$/g, '')}`;
  return /^(\/[A-Za-z0-9._~-]+)+$/.test(path) && !/\/\.{1,2}(\/|$)/.test(path) ? path : null;
}

/** An http(s) address without a slash at the end; "" when there is none or it is malformed. */
export function urlOf(value: unknown): string {
  const text = textOf(value).replace(/\/+$/, '');
  if (!URL.canParse(text)) return '';
  const { protocol, search, hash } = new URL(text);
  return (protocol === 'https:' || protocol === 'http:') && search === '' && hash === '' ? text : '';
}
