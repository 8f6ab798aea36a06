import type { SupervisionView } from '../../../lib/center/engine-contract.ts';
import { described, flag, integer, list, named, nullable, object, text } from '../http/schema.ts';
import type { Schema } from '../http/schema.ts';
import { agentWorkView, milliseconds } from './engine-views.ts';
import { conversationFields } from './views.ts';

const figures = () =>
  object({
    id: text(),
    name: text(),
    served: flag(),
    open: flag(),
    opensAt: nullable(milliseconds()),
    waiting: integer({ min: 0 }),
    longestWaitMs: integer({ min: 0 }),
    active: integer({ min: 0 }),
    wrapUp: integer({ min: 0 }),
    closingSoon: integer({ min: 0 }),
    available: integer({ min: 0 }),
    busy: integer({ min: 0 }),
    averageHandleMs: nullable(integer()),
  });

export const supervisionView: Schema<SupervisionView> = named(
  'Supervision',
  object({
    now: milliseconds(),
    total: described(integer({ min: 0 }), 'Live conversations; `conversations` has at most 1,000 of them'),
    conversations: list(
      object({ ...conversationFields, waitingMs: integer({ min: 0 }), handleMs: integer({ min: 0 }), attending: list(text()) }),
    ),
    queues: list(figures()),
    agents: list(agentWorkView),
  }),
);

/** What became of each conversation of a step for several at once. */
export interface ActionResults {
  results: { conversationId: string; error: { code: string; message: string } | null }[];
}

export const actionResults: Schema<ActionResults> = named(
  'ActionResults',
  object({
    results: list(object({ conversationId: text(), error: nullable(object({ code: text(), message: text() })) })),
  }),
);
