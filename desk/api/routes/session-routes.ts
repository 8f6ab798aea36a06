import { CenterError } from '../../../lib/domain/errors.ts';
import { RefusalWithFacts } from '../http/errors.ts';
import { described, flag, object, text } from '../http/schema.ts';
import { LONGEST_PASSWORD } from '../people/password.ts';
import { route, type DeskParts } from './route.ts';
import { agentView } from './views.ts';
import type { IncomingMessage } from 'node:http';
import type { AgentView } from '../../../lib/center/views.ts';

/** What a new username may look like; the same rule for the Team page. */
export const username = text({ min: 2, max: 64, pattern: /^[\p{L}\p{N}._@+-]+$/u, hint: 'letters, digits and . _ @ + - only' });
export const personName = text({ min: 1, max: 80, pattern: /\S/, hint: 'a name' });
export const newPassword = text({ max: LONGEST_PASSWORD });

const signedIn = object({
  agent: agentView,
  setupNeeded: flag(),
  plainHttp: described(flag(), 'The desk runs without encryption over a network; the page says so'),
});

const facts = (agent: AgentView, request: IncomingMessage, { guard }: DeskParts) => ({
  agent,
  setupNeeded: false,
  plainHttp: guard.transportOf(request) === 'plain',
});

export const sessionRoutes = [
  route({
    method: 'GET',
    path: '/api/session',
    access: 'public',
    summary: 'Who is signed in; 401 with `setupNeeded` beside the error when nobody is',
    answer: signedIn,
    errors: ['SIGNED_OUT'],
    async handle({ session, request }, parts) {
      if (session !== null) return facts(session.agent, request, parts);
      throw new RefusalWithFacts('SIGNED_OUT', 'Sign in first.', {
        setupNeeded: await parts.signIn.setupNeeded(),
        plainHttp: parts.guard.transportOf(request) === 'plain',
      });
    },
  }),
  route({
    method: 'POST',
    path: '/api/session',
    access: 'public',
    summary: 'Signs in; the session is in an HttpOnly cookie',
    // Longer than any real one, so that a password of any length gets the same answer.
    body: object({ username: text({ min: 1, max: 200 }), password: text({ min: 1, max: 1000 }) }),
    answer: signedIn,
    errors: ['SIGN_IN_FAILED', 'SIGN_IN_BLOCKED'],
    async handle({ request, response, body }, parts) {
      const { agent, cookie } = await parts.signIn.signIn(request, body.username, body.password);
      response.setHeader('set-cookie', cookie);
      return facts(agent, request, parts);
    },
  }),
  route({
    method: 'DELETE',
    path: '/api/session',
    access: 'public',
    summary: 'Signs out: the session and its live updates end at once',
    answer: null,
    async handle({ request, response }, { signIn }) {
      response.setHeader('set-cookie', await signIn.signOut(request));
    },
  }),
  route({
    method: 'POST',
    path: '/api/setup',
    access: 'public',
    summary: 'Adds the first supervisor with the one-time code printed in the log, and signs them in',
    body: object({ code: text({ min: 1, max: 100 }), username, name: personName, password: newPassword }),
    answer: signedIn,
    errors: ['SETUP_CODE_WRONG', 'WEAK_PASSWORD', 'SIGN_IN_BLOCKED'],
    async handle({ request, response, body }, parts) {
      if (body.name.trim() === '') throw new CenterError('INVALID_REQUEST', 'A name is needed.');
      const { agent, cookie } = await parts.signIn.setUp(request, body);
      response.setHeader('set-cookie', cookie);
      return facts(agent, request, parts);
    },
  }),
];
