/** What a configured URL says behind its `#` about how Twilio connects. All times in ms. */
export interface ConnectionOverrides {
  connectMs: number;
  readMs: number;
  totalMs: number;
  retries: number;
  /** What is tried again: `4xx`, `5xx`, `ct` (no connection), `rt` (no answer in time). */
  retryOn: ReadonlySet<RetryReason>;
}

export type RetryReason = '4xx' | '5xx' | 'ct' | 'rt';

const REASONS: readonly RetryReason[] = ['4xx', '5xx', 'ct', 'rt'];

/**
 * Splits a configured webhook address into the URL that is called and signed, and Twilio's connection overrides.
 * What is out of range or unknown keeps its default, as at Twilio.
 */
export function splitOverrides(configured: string): { url: string; overrides: ConnectionOverrides } {
  const [url = '', fragment = ''] = configured.split('#', 2);
  const given = new URLSearchParams(fragment);
  return {
    url,
    overrides: {
      connectMs: within(given.get('ct'), 100, 10_000, 5000),
      readMs: within(given.get('rt'), 100, 15_000, 15_000),
      totalMs: within(given.get('tt'), 100, 15_000, 15_000),
      retries: within(given.get('rc'), 0, 5, 1),
      retryOn: readReasons(given.get('rp') ?? 'ct'),
    },
  };
}

function within(text: string | null, least: number, most: number, otherwise: number): number {
  if (text === null || !/^\d+$/.test(text)) return otherwise;
  const value = Number(text);
  return value >= least && value <= most ? value : otherwise;
}

function readReasons(text: string): ReadonlySet<RetryReason> {
  const words = text.split(',').map((word) => word.trim());
  if (words.includes('all')) return new Set(REASONS);
  return new Set(REASONS.filter((reason) => words.includes(reason)));
}
