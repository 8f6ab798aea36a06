import { CenterError } from '../../../lib/domain/errors.ts';
import { anyObject, integerText, object, optional, text } from '../http/schema.ts';
import { route } from './route.ts';

export const liveRoutes = [
  route({
    method: 'GET',
    path: '/api/events',
    access: 'agent',
    summary:
      'Live updates as server-sent events. `center` carries an event whose id is its place in the log, `reset` asks to load ' +
      'everything anew, `signed-out` ends the stream. Goes on behind `Last-Event-ID`, else behind `after`, else from now.',
    query: object({ after: optional(integerText({ min: 0 })) }),
    answer: 'events',
    async handle({ request, response, session, query }, { hub }) {
      const last = request.headers['last-event-id'];
      if (last !== undefined && (typeof last !== 'string' || !/^\d{1,15}$/.test(last))) {
        throw new CenterError('INVALID_REQUEST', 'Last-Event-ID is no place in the log.');
      }
      await hub.open(request, response, session!, last === undefined ? (query.after ?? null) : Number(last));
    },
  }),
  route({
    method: 'POST',
    path: '/api/events/alive',
    access: 'agent',
    summary:
      'The page has its live updates: sent at each heartbeat with the `deskId` of the `desk` event. Whoever has begun to say so and ' +
      'stops is taken for disconnected after three heartbeats',
    body: object({ deskId: text({ min: 1, max: 64 }) }),
    answer: null,
    async handle({ session, body }, { hub }) {
      hub.confirm(body.deskId, session!);
    },
  }),
  route({
    method: 'GET',
    path: '/api/openapi.json',
    access: 'public',
    summary: 'This document',
    answer: anyObject(),
    handle: async (_call, { openApi }) => openApi() as Record<string, unknown>,
  }),
];
