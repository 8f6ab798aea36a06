import type { SupervisionView } from '../../../../lib/center/engine-contract.ts';
import { windowEnd } from '../../../../lib/page/session-window.ts';
import { filterConversations } from '../../sessions/filter.ts';

export type LiveConversation = SupervisionView['conversations'][number];

/** The states as a supervisor tells them apart: what the bot has is no agent's work. */
export const LIVE_STATES = ['bot', 'open', 'active', 'waiting', 'wrap-up'] as const;
export type LiveState = (typeof LIVE_STATES)[number];

export function liveState({ state, handledBy }: LiveConversation): LiveState {
  if (state === 'open' && handledBy === 'flow') return 'bot';
  return LIVE_STATES.find((one) => one === state) ?? 'open';
}

export interface LiveFilter {
  text: string;
  queueId: string | null;
  state: LiveState | null;
  agentId: string | null;
}

export function filterLive(rows: readonly LiveConversation[], filter: LiveFilter): LiveConversation[] {
  return filterConversations(rows, filter).filter(
    (row) =>
      (filter.state === null || liveState(row) === filter.state) && (filter.agentId === null || row.agent?.id === filter.agentId),
  );
}

/** Since when somebody has been waiting for an agent; how long it was, once one came. Null where nobody waits. */
export function waitOf({ state, handledBy, queuedAt, acceptedAt }: LiveConversation, now: number): number | null {
  if (queuedAt === null || handledBy === 'flow') return null;
  if (state === 'open') return Math.max(0, now - queuedAt);
  return acceptedAt === null ? null : Math.max(0, acceptedAt - queuedAt);
}

/** How long the agent has had it. */
export function handleOf({ acceptedAt, endedAt }: LiveConversation, now: number): number | null {
  return acceptedAt === null ? null : Math.max(0, (endedAt ?? now) - acceptedAt);
}

export const LIVE_COLUMNS = ['customer', 'state', 'queue', 'agent', 'waiting', 'handle', 'window'] as const;
export type LiveColumn = (typeof LIVE_COLUMNS)[number];

export interface LiveOrder {
  column: LiveColumn;
  /** 1: smallest first. */
  direction: 1 | -1;
}

/** A row without a value comes last whichever way it is sorted: it is what nobody looks for. */
export function sortLive(
  rows: readonly LiveConversation[],
  { column, direction }: LiveOrder,
  now: number,
  nameOf: (row: LiveConversation) => string,
): LiveConversation[] {
  const value: Record<LiveColumn, (row: LiveConversation) => string | number | null> = {
    customer: nameOf,
    state: (row) => LIVE_STATES.indexOf(liveState(row)),
    queue: ({ queue }) => queue?.name ?? null,
    agent: ({ agent }) => agent?.name ?? null,
    waiting: (row) => waitOf(row, now),
    handle: (row) => handleOf(row, now),
    window: ({ session }) => windowEnd(session, now),
  };
  const keyed = rows.map((row) => ({ row, key: value[column](row) }));
  keyed.sort((a, b) => compare(a.key, b.key, direction) || (a.row.id < b.row.id ? -1 : 1));
  return keyed.map(({ row }) => row);
}

function compare(a: string | number | null, b: string | number | null, direction: 1 | -1): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  const order = typeof a === 'string' && typeof b === 'string' ? a.localeCompare(b) : Number(a) - Number(b);
  return order * direction;
}
