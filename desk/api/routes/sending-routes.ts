import { CenterError, type ErrorCode } from '../../../lib/domain/errors.ts';
import type { Channel } from '../../../lib/twilio/channel.ts';
import { described, list, object, oneOf, optional, text, textMap } from '../http/schema.ts';
import { agentOf, newThing, route, type DeskParts } from './route.ts';
import { accountChoice, knownCustomer, recipientView, templateCatalogue } from './sending-views.ts';
import { conversationView, messageView } from './views.ts';

/** A number has at most 16 characters; a user id of WhatsApp at most 140. */
const LONGEST_ADDRESS = 160;
const LONGEST_SEARCH = 200;
const FOUND_AT_MOST = 8;

/** What can go wrong with a template before Twilio is asked to send it, and with asking Twilio. */
const FILLING: ErrorCode[] = [
  'ACCOUNT_MISSING',
  'TWILIO_REFUSED',
  'TWILIO_UNREACHABLE',
  'INVALID_TEMPLATE',
  'TEMPLATE_NOT_APPROVED',
  'TEMPLATE_VARIABLES',
  'OPTED_OUT',
];

const templateFields = () => ({
  contentSid: described(text({ min: 1, max: 64 }), 'Twilio’s id of the template'),
  variables: described(textMap({ name: 64, value: 10_000, entries: 200 }), 'A value for each placeholder'),
});

/** @throws CenterError `ACCOUNT_MISSING` */
function channelOf({ channel }: DeskParts): Channel {
  if (channel === null) throw new CenterError('ACCOUNT_MISSING', 'There is no WhatsApp account that can be used now.');
  return channel;
}

export const sendingRoutes = [
  route({
    method: 'GET',
    path: '/api/accounts',
    access: 'agent',
    summary: 'The WhatsApp accounts that can be written from now',
    answer: list(accountChoice),
    handle: async (_call, { channel }) => (channel === null ? [] : channel.accounts()),
  }),
  route({
    method: 'GET',
    path: '/api/accounts/:id/templates',
    access: 'agent',
    summary: 'The templates of an account in every state of approval; the last known ones while Twilio cannot be asked',
    query: object({ fresh: described(optional(oneOf(['1'])), 'Asks Twilio in any case') }),
    answer: templateCatalogue,
    errors: ['ACCOUNT_MISSING', 'TWILIO_REFUSED', 'TWILIO_UNREACHABLE'],
    handle: async (call, parts) => channelOf(parts).catalogue(call.params['id']!, call.query.fresh === '1'),
  }),
  route({
    method: 'POST',
    path: '/api/conversations/:id/templates',
    access: 'agent',
    summary: 'Sends a template, in the window and outside of it; a request repeated with the same id is one message',
    body: object({ id: newThing(), ...templateFields() }),
    answer: messageView,
    status: 201,
    errors: ['UNKNOWN_CONVERSATION', 'NOT_YOUR_CONVERSATION', 'CONVERSATION_CLOSED', 'ILLEGAL_TRANSITION', ...FILLING],
    handle: async (call, parts) =>
      channelOf(parts).sendTemplate({
        conversationId: call.params['id']!,
        agentId: agentOf(call),
        messageId: call.body.id,
        template: { contentSid: call.body.contentSid, variables: call.body.variables },
      }),
  }),
  route({
    method: 'POST',
    path: '/api/messages/:id/cancel',
    access: 'agent',
    summary: 'Takes back an answer that is held until the customer writes',
    body: object({}),
    answer: messageView,
    errors: ['UNKNOWN_MESSAGE', 'NOT_YOUR_CONVERSATION', 'ILLEGAL_TRANSITION'],
    handle: (call, { center }) => center.run('cancelHeld', { messageId: call.params['id']!, agentId: agentOf(call) }),
  }),
  route({
    method: 'POST',
    path: '/api/conversations/:id/typing',
    access: 'agent',
    summary: 'Shows the customer that the agent is typing, where that is possible; more often than every 20 seconds does nothing',
    body: object({}),
    answer: null,
    errors: ['UNKNOWN_CONVERSATION', 'NOT_YOUR_CONVERSATION'],
    async handle(call, parts) {
      await parts.channel?.typing({ conversationId: call.params['id']!, agentId: agentOf(call) });
    },
  }),
  route({
    method: 'GET',
    path: '/api/recipients',
    access: 'agent',
    summary: 'Whom an address belongs to, and whether they may be written to',
    query: object({
      address: text({ min: 1, max: LONGEST_ADDRESS }),
      account: described(optional(text({ max: 128 })), 'Only a live conversation with this account counts'),
    }),
    answer: recipientView,
    errors: ['INVALID_RECIPIENT'],
    handle: (call, { center }) =>
      center.query('recipient', {
        agentId: agentOf(call),
        address: call.query.address,
        accountId: call.query.account ?? null,
      }),
  }),
  route({
    method: 'GET',
    path: '/api/customers',
    access: 'agent',
    summary: 'Customers of the agent’s own conversations, by name, user name or address, the latest first',
    query: object({ text: text({ max: LONGEST_SEARCH }) }),
    answer: list(knownCustomer),
    handle: (call, { center }) =>
      center.query('knownCustomers', { agentId: agentOf(call), text: call.query.text, limit: FOUND_AT_MOST }),
  }),
  route({
    method: 'POST',
    path: '/api/conversations',
    access: 'agent',
    summary: 'Writes to a customer first; the conversation is then active with the agent. The same id twice is one message',
    body: object({
      id: newThing(),
      address: described(text({ min: 1, max: LONGEST_ADDRESS }), 'A number such as +15551234567, or a WhatsApp user id'),
      accountId: described(optional(text({ max: 128 })), 'Needed where there are several'),
      queueId: described(optional(text({ max: 128 })), 'Without it the first queue of the agent’s that is running'),
      ...templateFields(),
    }),
    answer: object({ conversation: conversationView, message: messageView }),
    status: 201,
    errors: [
      'INVALID_RECIPIENT',
      'SENDER_AMBIGUOUS',
      'UNKNOWN_QUEUE',
      'FORBIDDEN',
      'ALREADY_ACCEPTED',
      'ILLEGAL_TRANSITION',
      ...FILLING,
    ],
    handle: async (call, parts) => {
      const { id, address, accountId = null, queueId = null, contentSid, variables } = call.body;
      const template = { contentSid, variables };
      return channelOf(parts).start({ agentId: agentOf(call), address, accountId, queueId, messageId: id, template });
    },
  }),
];
