import { CenterError, isCenterError } from '../../../lib/domain/errors.ts';
import { described, either, flag, integer, integerText, list, nullable, object, oneOf, optional, text } from '../http/schema.ts';
import type { ValueOf } from '../http/schema.ts';
import { auditPage, businessHours, dispositionCodes, queueSettings, timeoutRules } from './engine-views.ts';
import { id, note } from './move-routes.ts';
import { agentOf, route, type DeskParts } from './route.ts';
import { actionResults, supervisionView } from './supervision-views.ts';

const MOST_AT_ONCE = 200;

const several = () => ({
  conversationIds: list(id(), { min: 1, max: MOST_AT_ONCE }),
  seenWith: described(
    optional(list(nullable(id()), { max: MOST_AT_ONCE })),
    'Who had each of them when it was decided; one that is with somebody else by now is refused',
  ),
});

const action = either(
  'conversationIds with the action assign (toAgentId), transfer (toAgentId or queueId, and perhaps a note) or force-close',
  object({ ...several(), action: oneOf(['assign']), toAgentId: id() }),
  object({ ...several(), action: oneOf(['transfer']), toAgentId: id(), note: note() }),
  object({ ...several(), action: oneOf(['transfer']), queueId: id(), note: note() }),
  object({ ...several(), action: oneOf(['force-close']) }),
);

type Wanted = ValueOf<typeof action>;

/** Each conversation once, with who had it when it was decided; undefined where that was not said. */
function targetsOf({ conversationIds, seenWith }: Wanted): [string, string | null | undefined][] {
  if (seenWith !== undefined && seenWith.length !== conversationIds.length) {
    throw new CenterError('INVALID_REQUEST', 'seenWith has one entry for each conversation.');
  }
  return [...new Map(conversationIds.map((one, index) => [one, seenWith?.[index]]))];
}

/** The command that an action is for one conversation. */
function act(
  center: DeskParts['center'],
  agentId: string,
  [conversationId, seenWith]: [string, string | null | undefined],
  wanted: Wanted,
) {
  const asked = { conversationId, by: { agentId } };
  if (wanted.action === 'force-close') return center.run('forceClose', asked);
  if (wanted.action === 'assign') return center.run('assign', { ...asked, seenWith, toAgentId: wanted.toAgentId });
  const { note } = wanted;
  if ('queueId' in wanted) return center.run('transferToQueue', { ...asked, seenWith, queueId: wanted.queueId, note });
  return center.run('transferToAgent', { ...asked, seenWith, toAgentId: wanted.toAgentId, note });
}

export const supervisionRoutes = [
  route({
    method: 'GET',
    path: '/api/supervision',
    access: 'supervisor',
    summary: 'Every live conversation, the figures of each queue, and the team’s work',
    answer: supervisionView,
    handle: (call, { center }) => center.query('supervision', { actorId: agentOf(call) }),
  }),
  route({
    method: 'POST',
    path: '/api/supervision/actions',
    access: 'supervisor',
    summary: 'One step for several conversations, each by itself: some may succeed while others are refused',
    body: action,
    answer: actionResults,
    async handle(call, { center }) {
      const actorId = agentOf(call);
      const targets = targetsOf(call.body);
      const outcomes = await Promise.allSettled(targets.map((one) => act(center, actorId, one, call.body)));
      const defect = outcomes.find((one) => one.status === 'rejected' && !isCenterError(one.reason));
      if (defect?.status === 'rejected') throw defect.reason;
      return {
        results: outcomes.map((outcome, index) => {
          const refusal = outcome.status === 'rejected' ? (outcome.reason as CenterError) : null;
          const error = refusal === null ? null : { code: refusal.code, message: refusal.message };
          return { conversationId: targets[index]![0], error };
        }),
      };
    },
  }),
  route({
    method: 'GET',
    path: '/api/audit',
    access: 'supervisor',
    summary: 'Who did what, newest first',
    query: object({
      before: optional(integerText({ min: 0 })),
      limit: optional(integerText({ min: 1, max: 200 })),
      by: described(optional(oneOf(['agent'])), 'What people did, and nothing of flows and the system'),
      actor: optional(id()),
      type: optional(text({ min: 1, max: 64 })),
      conversation: optional(id()),
    }),
    answer: auditPage,
    handle: (call, { center }) => {
      const { conversation, limit = 50, ...filter } = call.query;
      return center.query('audit', { actorId: agentOf(call), limit, conversationId: conversation, ...filter });
    },
  }),
  route({
    method: 'GET',
    path: '/api/queues',
    access: 'supervisor',
    summary: 'Every queue with its settings',
    answer: list(queueSettings),
    handle: (call, { center }) => center.query('queueSettings', { actorId: agentOf(call) }),
  }),
  route({
    method: 'GET',
    path: '/api/queues/:id',
    access: 'supervisor',
    summary: 'A queue with its settings',
    answer: queueSettings,
    errors: ['UNKNOWN_QUEUE'],
    async handle(call, { center }) {
      const queues = await center.query('queueSettings', { actorId: agentOf(call) });
      const queue = queues.find((one) => one.id === call.params['id']);
      if (queue === undefined) throw new CenterError('UNKNOWN_QUEUE', 'There is no such queue.');
      return queue;
    },
  }),
  route({
    method: 'PATCH',
    path: '/api/queues/:id',
    access: 'supervisor',
    summary: 'Changes who is in a queue, when it is open, its codes, what it costs and its time-outs',
    body: object({
      everyone: optional(flag()),
      members: optional(list(id(), { max: 1000 })),
      hours: optional(nullable(businessHours())),
      units: optional(integer()),
      dispositions: optional(dispositionCodes()),
      dispositionMandatory: optional(flag()),
      timeouts: optional(timeoutRules()),
      missedMakesInactive: optional(flag()),
      rejectMakesBusy: optional(flag()),
    }),
    answer: queueSettings,
    errors: ['UNKNOWN_QUEUE', 'UNKNOWN_AGENT'],
    handle: (call, { center }) =>
      center.run('changeQueue', { actorId: agentOf(call), queueId: call.params['id']!, change: call.body }),
  }),
  route({
    method: 'DELETE',
    path: '/api/queues/:id',
    access: 'supervisor',
    summary: 'Removes a queue that no node serves and that no live conversation belongs to',
    answer: null,
    errors: ['UNKNOWN_QUEUE', 'QUEUE_IN_USE'],
    async handle(call, { center }) {
      await center.run('removeQueue', { actorId: agentOf(call), queueId: call.params['id']! });
    },
  }),
];
