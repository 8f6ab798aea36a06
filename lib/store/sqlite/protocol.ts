import type { CenterEvent } from '../../domain/events.ts';

/** One call on its way to the worker. `now` is the center's clock, because the store has none. */
export interface Call {
  id: number;
  kind: 'command' | 'query';
  name: string;
  args: unknown;
  now: number;
}

export interface Reply {
  id: number;
  value?: unknown;
  /** `code` is absent for a defect, present for an expected failure. */
  error?: { message: string; code?: string; twilioCode?: number; details?: Record<string, string | number>; stack?: string };
}

/** To the worker: batches travel as one JSON text, which is cheaper than cloning many small objects. */
export type ToWorker = { type: 'calls'; json: string } | { type: 'close' };

/** From the worker. */
export type FromWorker =
  | { type: 'open' }
  | { type: 'failed'; error: NonNullable<Reply['error']> }
  | { type: 'replies'; json: string }
  | { type: 'closed' };

export interface Replies {
  replies: Reply[];
  /** What was appended by this commit, in order. */
  events: CenterEvent[];
  /** How long the disk took for the commit, in milliseconds; 0 when nothing was written. */
  commitMs: number;
}
