import { described, flag, integerText, object, optional, text } from '../http/schema.ts';
import { agentOf, newThing, route } from './route.ts';
import { conversationView, homeView, messagePage, messageView } from './views.ts';

/** Generous: the center knows WhatsApp's limit and refuses with a code of its own. */
const LONGEST_TEXT = 20_000;

export const conversationRoutes = [
  route({
    method: 'GET',
    path: '/api/home',
    access: 'agent',
    summary: 'What waits for the agent: offers, own and open conversations',
    answer: homeView,
    handle: (call, { center }) => center.query('home', { agentId: agentOf(call) }),
  }),
  route({
    method: 'DELETE',
    path: '/api/returned',
    access: 'agent',
    summary: 'The agent has read what went back to its queue while they were disconnected',
    answer: null,
    async handle(call, { center }) {
      await center.run('dismissReturned', { agentId: agentOf(call) });
    },
  }),
  route({
    method: 'GET',
    path: '/api/conversations/:id',
    access: 'agent',
    summary: 'A conversation: in full when it is the agent’s, masked while it waits in a queue',
    answer: conversationView,
    errors: ['UNKNOWN_CONVERSATION', 'NOT_YOUR_CONVERSATION'],
    handle: (call, { center }) =>
      center.query('conversationView', { conversationId: call.params['id']!, agentId: agentOf(call) }),
  }),
  route({
    method: 'GET',
    path: '/api/conversations/:id/messages',
    access: 'agent',
    summary: 'A page of messages with the events between them, the newest first page',
    query: object({ before: optional(integerText({ min: 0 })), limit: optional(integerText({ min: 1, max: 200 })) }),
    answer: messagePage,
    errors: ['UNKNOWN_CONVERSATION', 'NOT_YOUR_CONVERSATION'],
    handle: (call, { center }) =>
      center.query('messages', {
        conversationId: call.params['id']!,
        agentId: agentOf(call),
        before: call.query.before,
        limit: call.query.limit ?? 50,
      }),
  }),
  route({
    method: 'POST',
    path: '/api/conversations/:id/accept',
    access: 'agent',
    summary: 'Accepts a conversation; exactly one agent wins',
    body: object({}),
    answer: conversationView,
    errors: ['ALREADY_ACCEPTED', 'UNKNOWN_CONVERSATION', 'CONVERSATION_CLOSED', 'ILLEGAL_TRANSITION'],
    handle: (call, { center }) => center.run('accept', { conversationId: call.params['id']!, agentId: agentOf(call) }),
  }),
  route({
    method: 'POST',
    path: '/api/conversations/:id/end',
    access: 'agent',
    summary: 'End: from active to wrap-up',
    body: object({}),
    answer: conversationView,
    errors: ['UNKNOWN_CONVERSATION', 'NOT_YOUR_CONVERSATION', 'CONVERSATION_CLOSED', 'ILLEGAL_TRANSITION'],
    handle: (call, { center }) => center.run('endConversation', { conversationId: call.params['id']!, agentId: agentOf(call) }),
  }),
  route({
    method: 'POST',
    path: '/api/conversations/:id/close',
    access: 'agent',
    summary: 'Closes the session: after End the conversation is closed, without End it waits',
    body: object({}),
    answer: conversationView,
    errors: ['UNKNOWN_CONVERSATION', 'NOT_YOUR_CONVERSATION', 'ILLEGAL_TRANSITION'],
    handle: (call, { center }) => center.run('closeConversation', { conversationId: call.params['id']!, agentId: agentOf(call) }),
  }),
  route({
    method: 'POST',
    path: '/api/conversations/:id/seen',
    access: 'agent',
    summary: 'The agent has looked at the newest message',
    body: object({}),
    answer: null,
    errors: ['UNKNOWN_CONVERSATION', 'NOT_YOUR_CONVERSATION'],
    async handle(call, { center }) {
      await center.run('markSeen', { conversationId: call.params['id']!, agentId: agentOf(call) });
    },
  }),
  route({
    method: 'POST',
    path: '/api/conversations/:id/messages',
    access: 'agent',
    summary: 'Answers the customer; a request repeated with the same id is one message',
    body: object({
      id: newThing(),
      text: described(text({ max: LONGEST_TEXT }), 'With a picture its caption; empty with any other file'),
      mediaId: described(optional(text({ max: 64 })), 'A file uploaded with POST /api/conversations/{id}/files'),
      hold: described(optional(flag()), 'When the window is closed: sent by itself when the customer writes again'),
    }),
    answer: messageView,
    status: 201,
    errors: [
      'UNKNOWN_CONVERSATION',
      'NOT_YOUR_CONVERSATION',
      'CONVERSATION_CLOSED',
      'ILLEGAL_TRANSITION',
      'EMPTY_TEXT',
      'TEXT_TOO_LONG',
      'UNKNOWN_MEDIA',
      'OPTED_OUT',
    ],
    handle: (call, { center }) =>
      center.run('reply', {
        conversationId: call.params['id']!,
        agentId: agentOf(call),
        messageId: call.body.id,
        text: call.body.text,
        ...(call.body.mediaId === undefined ? {} : { mediaId: call.body.mediaId }),
        ...(call.body.hold === undefined ? {} : { hold: call.body.hold }),
      }),
  }),
  route({
    method: 'PUT',
    path: '/api/conversations/:id/draft',
    access: 'agent',
    summary: 'Keeps what the agent has typed and not sent',
    body: object({ text: text({ max: LONGEST_TEXT }) }),
    answer: null,
    errors: ['UNKNOWN_CONVERSATION', 'NOT_YOUR_CONVERSATION'],
    async handle(call, { center }) {
      await center.run('saveDraft', { conversationId: call.params['id']!, agentId: agentOf(call), text: call.body.text });
    },
  }),
  route({
    method: 'POST',
    path: '/api/offers/:id/reject',
    access: 'agent',
    summary: 'Rejects an incoming notification',
    body: object({}),
    answer: null,
    errors: ['NOT_FOUND', 'OFFER_ENDED'],
    async handle(call, { center }) {
      await center.run('rejectOffer', { offerId: call.params['id']!, agentId: agentOf(call) });
    },
  }),
];
