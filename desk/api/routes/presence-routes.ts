import { list, object, optional, text } from '../http/schema.ts';
import { basePresence, presenceView, statusView } from './engine-views.ts';
import { agentOf, newThing, route } from './route.ts';

const statusFields = () => ({ label: text({ min: 1, max: 40, pattern: /\S/, hint: 'a label' }), base: basePresence() });

export const presenceRoutes = [
  route({
    method: 'GET',
    path: '/api/presence',
    access: 'agent',
    summary: 'The agent’s own status, how much they have to do, and the statuses to choose from',
    answer: presenceView,
    handle: (call, { center }) => center.query('presence', { agentId: agentOf(call) }),
  }),
  route({
    method: 'PUT',
    path: '/api/presence',
    access: 'agent',
    summary: 'Chooses a status; with `statusId` a custom one, whose base counts',
    body: object({ presence: basePresence(), statusId: optional(text({ min: 1, max: 128 })) }),
    answer: presenceView,
    handle: (call, { center }) => center.run('setPresence', { agentId: agentOf(call), ...call.body }),
  }),
  route({
    method: 'GET',
    path: '/api/statuses',
    access: 'supervisor',
    summary: 'The custom statuses',
    answer: list(statusView),
    handle: (_call, { center }) => center.query('statuses', {}),
  }),
  route({
    method: 'POST',
    path: '/api/statuses',
    access: 'supervisor',
    summary: 'Adds a custom status',
    body: object({ id: optional(newThing()), ...statusFields() }),
    answer: statusView,
    status: 201,
    handle: (call, { center }) => {
      const { id: newId, ...status } = call.body;
      return center.run('saveStatus', { actorId: agentOf(call), id: null, newId, ...status });
    },
  }),
  route({
    method: 'PUT',
    path: '/api/statuses/:id',
    access: 'supervisor',
    summary: 'Changes a custom status',
    body: object(statusFields()),
    answer: statusView,
    errors: ['NOT_FOUND'],
    handle: (call, { center }) => center.run('saveStatus', { actorId: agentOf(call), id: call.params['id']!, ...call.body }),
  }),
  route({
    method: 'DELETE',
    path: '/api/statuses/:id',
    access: 'supervisor',
    summary: 'Removes a custom status; who has chosen it keeps the base one',
    answer: null,
    errors: ['NOT_FOUND'],
    async handle(call, { center }) {
      await center.run('removeStatus', { actorId: agentOf(call), id: call.params['id']! });
    },
  }),
];
