/**
 * How long sign-in attempts are held back (threat T9: of 1,000 guesses at most 20 are tried). Two counters run for
 * each attempt: one for the account, whether it exists or not, and one for the address the attempt comes from, so that
 * neither many passwords for one person nor one password for many people get far.
 */
export type BackoffKind = 'account' | 'address';

/** Failures are forgotten after this many milliseconds without another one. */
export const FORGET_FAILURES_AFTER = 3_600_000;

const RULES: Record<BackoffKind, { free: number; longest: number }> = {
  account: { free: 5, longest: 900_000 },
  // More free tries and a shorter block than for an account: many people can share one address.
  address: { free: 8, longest: 300_000 },
};

/** The counter's key in the store: the kind and a hash, because people type passwords into the wrong field. */
export function backoffKey(kind: BackoffKind, hashedName: string): string {
  return `${kind}:${hashedName}`;
}

export function kindOfKey(key: string): BackoffKind {
  return key.startsWith('address:') ? 'address' : 'account';
}

/** Milliseconds to wait after the `count`th failure in a row: nothing at first, then 1 s, doubling up to the longest. */
export function backoffAfter(kind: BackoffKind, count: number): number {
  const { free, longest } = RULES[kind];
  if (count < free) return 0;
  return Math.min(longest, 1000 * 2 ** Math.min(count - free, 30));
}
