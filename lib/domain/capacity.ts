import type { ConversationState } from './message.ts';

/** What wrap-up costs: as much as the conversation did, nothing, or as much for so many seconds after End. */
export type WrapUpCapacity = { kind: 'block' } | { kind: 'free' } | { kind: 'timed'; seconds: number };

/** A conversation as far as it takes up an agent. */
export interface Burden {
  state: ConversationState;
  /** What a conversation of its queue costs. */
  units: number;
  wrapUp: WrapUpCapacity;
  /** When End was pressed, in milliseconds. */
  endedAt: number | null;
}

/** The units that a conversation takes at `now`. A waiting one costs nothing; consulting and monitoring never do. */
export function unitsOf({ state, units, wrapUp, endedAt }: Burden, now: number): number {
  if (state === 'active') return units;
  if (state !== 'wrap-up') return 0;
  if (wrapUp.kind === 'block') return units;
  if (wrapUp.kind === 'free' || endedAt === null) return 0;
  return now < endedAt + wrapUp.seconds * 1000 ? units : 0;
}

/** All the units that an agent's conversations take. */
export function usedUnits(burdens: Burden[], now: number): number {
  return burdens.reduce((sum, burden) => sum + unitsOf(burden, now), 0);
}

/** Reads a queue's setting: "block", "free", or seconds from 30 to 3600. */
export function wrapUpCapacity(setting: string | number | null): WrapUpCapacity {
  if (setting === null || setting === 'block') return { kind: 'block' };
  if (setting === 'free') return { kind: 'free' };
  return { kind: 'timed', seconds: Math.min(3600, Math.max(30, Number(setting) || 30)) };
}
