import type { Figure } from './rounds.ts';

/** One line of the table. */
export interface Measurement {
  id: string;
  what: string;
  peer: string;
  /** "messages/s", "ms" or "MB" */
  unit: string;
  ours: Figure;
  against: Figure;
  /** Ours divided by the peer's, of medians; of times and memory, what ours adds. */
  result: { kind: 'ratio' | 'added'; value: number };
  target: string;
  met: boolean;
  /** What else is worth knowing, in short. */
  notes: string[];
}

interface Comparison {
  id: string;
  what: string;
  peer: string;
  unit: string;
  ours: Figure;
  against: Figure;
  notes: string[];
}

/** Ours as a multiple of the peer's. Requests that failed spoil the result, however quick the rest was. */
export function againstPeer({
  atLeast,
  failures,
  ...comparison
}: Comparison & { atLeast: number; failures: number }): Measurement {
  const value = comparison.ours.median / comparison.against.median;
  return {
    ...comparison,
    result: { kind: 'ratio', value },
    target: `≥ ${atLeast.toFixed(1)}×`,
    met: value >= atLeast && failures === 0,
    notes: failures === 0 ? comparison.notes : [`${failures} requests were not answered with 2xx`, ...comparison.notes],
  };
}

/** What ours adds to the peer's. */
export function onTopOf({ atMost, ...comparison }: Comparison & { atMost: number }): Measurement {
  const value = comparison.ours.median - comparison.against.median;
  return { ...comparison, result: { kind: 'added', value }, target: `≤ ${atMost} ${comparison.unit}`, met: value <= atMost };
}

/** A time that is judged by itself; the peer shows what of it nobody could save. */
export function atMost({ atMost: limit, ...comparison }: Comparison & { atMost: number }): Measurement {
  const { ours, against, unit } = comparison;
  return {
    ...comparison,
    result: { kind: 'added', value: ours.median - against.median },
    target: `≤ ${limit} ${unit}`,
    met: ours.median <= limit,
  };
}
