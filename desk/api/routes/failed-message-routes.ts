import { described, flag, object, optional } from '../http/schema.ts';
import { agentOf, newThing, route } from './route.ts';
import { messageView } from './views.ts';

/** What an agent does about a message that failed, or of which nobody knows. */
export const failedMessageRoutes = [
  route({
    method: 'POST',
    path: '/api/messages/:id/retry',
    access: 'agent',
    summary: 'Sends a failed message again, as a new one; a request repeated with the same id is one message',
    body: object({
      id: newThing(),
      sureItIsLost: described(optional(flag()), 'Needed for a message whose fate is not known: somebody is sure about it'),
    }),
    answer: messageView,
    status: 201,
    errors: [
      'UNKNOWN_MESSAGE',
      'NOT_YOUR_CONVERSATION',
      'CONVERSATION_CLOSED',
      'ILLEGAL_TRANSITION',
      'NOT_REPEATABLE',
      'SESSION_EXPIRED',
      'OPTED_OUT',
    ],
    handle: (call, { center }) =>
      center.run('retryMessage', {
        messageId: call.params['id']!,
        agentId: agentOf(call),
        newMessageId: call.body.id,
        ...(call.body.sureItIsLost === undefined ? {} : { sureItIsLost: call.body.sureItIsLost }),
      }),
  }),
  route({
    method: 'POST',
    path: '/api/messages/:id/arrived',
    access: 'agent',
    summary: 'Says that a message whose fate is not known is with the customer; it counts as sent',
    body: object({}),
    answer: messageView,
    errors: ['UNKNOWN_MESSAGE', 'NOT_YOUR_CONVERSATION', 'ILLEGAL_TRANSITION'],
    handle: (call, { center }) => center.run('confirmArrival', { messageId: call.params['id']!, agentId: agentOf(call) }),
  }),
];
