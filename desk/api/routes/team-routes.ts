import { flag, integer, list, object, oneOf, optional, text } from '../http/schema.ts';
import { hashPassword, requireGoodPassword } from '../people/password.ts';
import { agentWorkView, usualStatus } from './engine-views.ts';
import { agentOf, newThing, route } from './route.ts';
import { newPassword, personName, username } from './session-routes.ts';
import { agentView } from './views.ts';

const role = () => oneOf(['agent', 'supervisor']);

export const teamRoutes = [
  route({
    method: 'GET',
    path: '/api/team',
    access: 'supervisor',
    summary: 'Everybody on the team',
    answer: list(agentView),
    handle: (_call, { center }) => center.query('team', {}),
  }),
  route({
    method: 'POST',
    path: '/api/team',
    access: 'supervisor',
    summary: 'Adds somebody to the team',
    body: object({ id: optional(newThing()), username, name: personName, role: role(), password: newPassword }),
    answer: agentView,
    status: 201,
    errors: ['USERNAME_TAKEN', 'WEAK_PASSWORD'],
    async handle(call, { center }) {
      const { password, ...person } = call.body;
      requireGoodPassword(password, person.username);
      const passwordHash = await hashPassword(password);
      return center.run('addAgent', { actorId: agentOf(call), agent: { ...person, passwordHash } });
    },
  }),
  route({
    method: 'PATCH',
    path: '/api/team/:id',
    access: 'supervisor',
    summary: 'Renames, disables, enables, promotes or resets somebody; what takes rights away signs them out at once',
    body: object({
      name: optional(personName),
      role: optional(role()),
      disabled: optional(flag()),
      password: optional(newPassword),
    }),
    answer: agentView,
    errors: ['UNKNOWN_AGENT', 'WEAK_PASSWORD', 'LAST_SUPERVISOR', 'AGENT_CONFIGURED'],
    async handle(call, { center }) {
      const { password, ...change } = call.body;
      const agentId = call.params['id']!;
      let passwordHash: string | undefined;
      if (password !== undefined) {
        const person = (await center.query('team', {})).find((agent) => agent.id === agentId);
        requireGoodPassword(password, person?.username ?? '');
        passwordHash = await hashPassword(password);
      }
      return center.run('changeAgent', {
        actorId: agentOf(call),
        agentId,
        change: { ...change, ...(passwordHash === undefined ? {} : { passwordHash }) },
      });
    },
  }),
  route({
    method: 'DELETE',
    path: '/api/team/:id',
    access: 'supervisor',
    summary: 'Removes somebody for good; what they had goes back to open',
    answer: null,
    errors: ['UNKNOWN_AGENT', 'LAST_SUPERVISOR', 'AGENT_CONFIGURED'],
    async handle(call, { center }) {
      await center.run('removeAgent', { actorId: agentOf(call), agentId: call.params['id']! });
    },
  }),
  route({
    method: 'GET',
    path: '/api/team-work',
    access: 'supervisor',
    summary: 'Everybody with status, load, capacity, skills and queues',
    answer: list(agentWorkView),
    handle: (call, { center }) => center.query('teamWork', { actorId: agentOf(call) }),
  }),
  route({
    method: 'PATCH',
    path: '/api/team/:id/work',
    access: 'supervisor',
    summary: 'Changes somebody’s capacity, skills and usual status',
    body: object({
      capacity: optional(integer()),
      skills: optional(list(text({ min: 1, max: 64 }), { max: 200 })),
      usual: optional(usualStatus()),
    }),
    answer: agentWorkView,
    errors: ['UNKNOWN_AGENT'],
    handle: (call, { center }) =>
      center.run('changeWork', { actorId: agentOf(call), agentId: call.params['id']!, change: call.body }),
  }),
];
