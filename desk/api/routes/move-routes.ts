import type { ErrorCode } from '../../../lib/domain/errors.ts';
import { either, object, oneOf, optional, text } from '../http/schema.ts';
import { transferTargets } from './engine-views.ts';
import { agentOf, route, type Call } from './route.ts';
import { conversationView } from './views.ts';

/** A note is a remark to colleagues; the center knows how long it may be. */
const LONGEST_NOTE = 20_000;

export const id = () => text({ min: 1, max: 128 });
export const note = () => optional(text({ max: LONGEST_NOTE }));

const MOVING: ErrorCode[] = ['UNKNOWN_CONVERSATION', 'NOT_YOUR_CONVERSATION', 'CONVERSATION_CLOSED', 'ILLEGAL_TRANSITION'];

/** The conversation of the path and who asks, as commands for agents and flows alike take them. */
const asked = (call: Call<unknown, unknown>) => ({
  conversationId: call.params['id']!,
  by: { agentId: agentOf(call) },
});

const own = (call: Call<unknown, unknown>) => ({ conversationId: call.params['id']!, agentId: agentOf(call) });

/** How a conversation goes from hand to hand. */
export const moveRoutes = [
  route({
    method: 'GET',
    path: '/api/conversations/:id/transfer-targets',
    access: 'agent',
    summary: 'Colleagues and queues the conversation can go to',
    answer: transferTargets,
    errors: ['UNKNOWN_CONVERSATION'],
    handle: (call, { center }) => center.query('transferTargets', own(call)),
  }),
  route({
    method: 'POST',
    path: '/api/conversations/:id/transfer',
    access: 'agent',
    summary: 'To a colleague, who must accept before the first one leaves, or to a queue at once',
    body: either(
      'an object with toAgentId or queueId, and perhaps a note',
      object({ toAgentId: id(), note: note() }),
      object({ queueId: id(), note: note() }),
    ),
    answer: conversationView,
    errors: [
      ...MOVING,
      'UNKNOWN_AGENT',
      'AGENT_UNAVAILABLE',
      'AGENT_FULL',
      'INVITATION_PENDING',
      'UNKNOWN_QUEUE',
      'TEXT_TOO_LONG',
    ],
    handle: (call, { center }) =>
      'queueId' in call.body
        ? center.run('transferToQueue', { ...asked(call), ...call.body })
        : center.run('transferToAgent', { ...asked(call), ...call.body }),
  }),
  route({
    method: 'POST',
    path: '/api/conversations/:id/cancel-invitation',
    access: 'agent',
    summary: 'Takes back a transfer or consult that nobody has accepted yet',
    body: object({}),
    answer: null,
    errors: ['UNKNOWN_CONVERSATION', 'NOT_YOUR_CONVERSATION', 'CONVERSATION_CLOSED'],
    async handle(call, { center }) {
      await center.run('cancelInvitation', own(call));
    },
  }),
  route({
    method: 'POST',
    path: '/api/conversations/:id/release',
    access: 'agent',
    summary: 'Back to its queue, as open as before',
    body: object({}),
    answer: conversationView,
    errors: MOVING,
    handle: (call, { center }) => center.run('release', asked(call)),
  }),
  route({
    method: 'POST',
    path: '/api/conversations/:id/hand-back',
    access: 'agent',
    summary: 'Back to the flow: the bot goes on',
    body: object({ note: note() }),
    answer: conversationView,
    errors: [...MOVING, 'TEXT_TOO_LONG'],
    handle: (call, { center }) => center.run('handBack', { ...asked(call), ...call.body }),
  }),
  route({
    method: 'POST',
    path: '/api/conversations/:id/consult',
    access: 'agent',
    summary: 'Asks a colleague in for advice',
    body: object({ toAgentId: id(), note: note() }),
    answer: conversationView,
    errors: [...MOVING, 'UNKNOWN_AGENT', 'AGENT_UNAVAILABLE', 'INVITATION_PENDING', 'TEXT_TOO_LONG'],
    handle: (call, { center }) => center.run('consult', { ...own(call), ...call.body }),
  }),
  route({
    method: 'POST',
    path: '/api/conversations/:id/leave',
    access: 'agent',
    summary: 'A colleague who advises, or a supervisor who reads along, leaves; the owner stays',
    body: object({}),
    answer: null,
    async handle(call, { center }) {
      await center.run('leave', own(call));
    },
  }),
  route({
    method: 'POST',
    path: '/api/conversations/:id/assign',
    access: 'agent',
    summary: 'Gives it to somebody at once: an agent to themselves from the list, a supervisor to anybody',
    body: object({ toAgentId: id() }),
    answer: conversationView,
    errors: [...MOVING, 'ALREADY_ACCEPTED', 'UNKNOWN_AGENT'],
    handle: (call, { center }) => center.run('assign', { ...asked(call), ...call.body }),
  }),
  route({
    method: 'POST',
    path: '/api/conversations/:id/force-close',
    access: 'supervisor',
    summary: 'Closes it from any live state',
    body: object({}),
    answer: conversationView,
    errors: ['UNKNOWN_CONVERSATION', 'CONVERSATION_CLOSED'],
    handle: (call, { center }) => center.run('forceClose', asked(call)),
  }),
  route({
    method: 'POST',
    path: '/api/conversations/:id/attend',
    access: 'supervisor',
    summary: 'Reads along, or takes part',
    body: object({ as: oneOf(['monitor', 'join']) }),
    answer: conversationView,
    errors: ['UNKNOWN_CONVERSATION', 'CONVERSATION_CLOSED', 'ILLEGAL_TRANSITION'],
    handle: (call, { center }) => center.run('attend', { ...own(call), ...call.body }),
  }),
];
