import { integerText, list, object, oneOf, optional, text } from '../http/schema.ts';
import { remarkView } from './engine-views.ts';
import { agentOf, newThing, route } from './route.ts';
import { conversationView } from './views.ts';

/** Generous, as for messages: the center knows the limits and refuses with a code of its own. */
const LONGEST_REMARK = 20_000;

/** What colleagues write to each other about a conversation, and how they label it. */
export const noteRoutes = [
  route({
    method: 'GET',
    path: '/api/conversations/:id/remarks',
    access: 'agent',
    summary: 'Internal messages and notes, oldest first; none of them ever reaches the customer',
    answer: list(remarkView),
    errors: ['UNKNOWN_CONVERSATION'],
    handle: (call, { center }) => center.query('remarks', { conversationId: call.params['id']!, agentId: agentOf(call) }),
  }),
  route({
    method: 'POST',
    path: '/api/conversations/:id/remarks',
    access: 'agent',
    summary: 'Writes to colleagues; a note stays with the conversation. A request repeated with the same id is one remark',
    body: object({ id: optional(newThing()), kind: oneOf(['internal', 'note']), text: text({ max: LONGEST_REMARK }) }),
    answer: remarkView,
    status: 201,
    errors: ['UNKNOWN_CONVERSATION', 'EMPTY_TEXT', 'TEXT_TOO_LONG'],
    handle: (call, { center }) => {
      const { id: remarkId, ...written } = call.body;
      return center.run('remark', { conversationId: call.params['id']!, by: { agentId: agentOf(call) }, remarkId, ...written });
    },
  }),
  route({
    method: 'PUT',
    path: '/api/conversations/:id/internal-draft',
    access: 'agent',
    summary: 'Keeps what the agent has typed to colleagues and not sent',
    body: object({ text: text({ max: LONGEST_REMARK }) }),
    answer: null,
    errors: ['UNKNOWN_CONVERSATION'],
    async handle(call, { center }) {
      const { text } = call.body;
      await center.run('saveInternalDraft', { conversationId: call.params['id']!, agentId: agentOf(call), text });
    },
  }),
  route({
    method: 'PUT',
    path: '/api/conversations/:id/tags',
    access: 'agent',
    summary: 'Sets the tags',
    body: object({ tags: list(text({ max: 200 }), { max: 100 }) }),
    answer: conversationView,
    errors: ['UNKNOWN_CONVERSATION', 'NOT_YOUR_CONVERSATION', 'CONVERSATION_CLOSED'],
    handle: (call, { center }) =>
      center.run('setTags', { conversationId: call.params['id']!, by: { agentId: agentOf(call) }, ...call.body }),
  }),
  route({
    method: 'PUT',
    path: '/api/conversations/:id/dispositions',
    access: 'agent',
    summary: 'Says how the conversation ended, in the queue’s codes',
    body: object({ codes: list(text({ max: 40 }), { max: 100 }) }),
    answer: conversationView,
    errors: ['UNKNOWN_CONVERSATION', 'NOT_YOUR_CONVERSATION', 'CONVERSATION_CLOSED'],
    handle: (call, { center }) =>
      center.run('setDispositions', { conversationId: call.params['id']!, agentId: agentOf(call), ...call.body }),
  }),
  route({
    method: 'GET',
    path: '/api/closed-today',
    access: 'agent',
    summary: 'What the agent has closed since the day began, newest first',
    query: object({ since: integerText({ min: 0 }) }),
    answer: list(conversationView),
    handle: (call, { center }) => center.query('closedToday', { agentId: agentOf(call), since: call.query.since }),
  }),
];
