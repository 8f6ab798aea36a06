import type { AgentView, ConversationView, HomeView, MessagePage, MessageView } from '../../../lib/center/views.ts';
import type { MediaView } from '../../../lib/center/media-contract.ts';
import { DELIVERY_STATUSES } from '../../../lib/domain/delivery-status.ts';
import type { WhatsAppMessage } from '../../../lib/domain/message.ts';
import { anyObject, described, flag, integer, list, named, nullable, object, oneOf, optional, text } from '../http/schema.ts';
import type { Schema } from '../http/schema.ts';
import { author, milliseconds, namedRef, presenceView, workView } from './engine-views.ts';

/** The shapes of answers, for the OpenAPI document and for tests that hold real answers against them. */

export const agentView: Schema<AgentView> = named(
  'Agent',
  object({
    id: text(),
    username: text(),
    name: text(),
    role: oneOf(['agent', 'supervisor']),
    disabled: flag(),
    configured: described(flag(), 'Comes from the node’s configuration and is changed there'),
    live: described(flag(), 'Has a live desk'),
  }),
);

/** The fields of a conversation; supervision shows more beside them. */
export const conversationFields = {
  id: text(),
  accountId: text(),
  state: oneOf(['open', 'active', 'waiting', 'wrap-up', 'closed']),
  handledBy: oneOf(['flow', 'queue', 'agent']),
  queue: nullable(namedRef()),
  agent: nullable(namedRef()),
  customer: object({
    id: text(),
    address: described(text(), 'Masked for people who have not accepted the conversation'),
    hasNumber: flag(),
    name: nullable(text()),
    profileName: nullable(text()),
    authenticated: flag(),
    username: nullable(text()),
    identifiedBy: nullable(text()),
    records: list(object({ type: oneOf(['contact', 'account', 'case']), id: text(), title: text(), url: optional(text()) })),
    optedOut: described(
      nullable(object({ at: milliseconds(), reason: oneOf(['stop', 'blocked']) })),
      'Since when nothing may be sent: "stop" until START, "blocked" until the customer writes at all',
    ),
  }),
  session: described(
    object({
      lastCustomerMessageAt: nullable(text()),
      expiresAt: nullable(text()),
      open: flag(),
      remainingMs: integer({ min: 0 }),
    }),
    'The session window: 24 hours from the customer’s last message',
  ),
  openedAt: milliseconds(),
  queuedAt: nullable(milliseconds()),
  acceptedAt: nullable(milliseconds()),
  endedAt: nullable(milliseconds()),
  closedAt: nullable(milliseconds()),
  closeReason: nullable(text()),
  lastMessageAt: milliseconds(),
  lastMessage: nullable(
    object({
      text: text(),
      type: text(),
      direction: oneOf(['inbound', 'outbound']),
      status: described(oneOf([...DELIVERY_STATUSES, 'received']), 'How far it is on its way; "received" for a customer’s'),
      durationMs: described(nullable(integer({ min: 0 })), 'How long a voice note plays, where known'),
    }),
  ),
  firstMessage: nullable(text()),
  unread: integer({ min: 0 }),
  attributes: anyObject(),
  tags: list(text()),
  language: nullable(text()),
  priority: integer(),
  work: optional(workView),
  draft: optional(text()),
  internalDraft: optional(text()),
  earlier: optional(
    list(
      object({
        id: text(),
        openedAt: milliseconds(),
        closedAt: nullable(milliseconds()),
        agent: nullable(text()),
        queue: nullable(text()),
        messages: integer({ min: 0 }),
        preview: nullable(text()),
        previewType: described(nullable(text()), 'The kind of that message; null where its content was not kept'),
        previewDurationMs: described(nullable(integer({ min: 0 })), 'How long a voice note plays, where known'),
      }),
    ),
  ),
};

export const conversationView: Schema<ConversationView> = named('Conversation', object(conversationFields));

export const mediaView: Schema<MediaView> = named(
  'Media',
  object({
    id: text(),
    kind: oneOf(['image', 'audio', 'video', 'document', 'sticker', 'contacts']),
    contentType: described(text(), 'By the file’s own bytes once it is stored'),
    size: nullable(integer({ min: 0 })),
    name: text(),
    state: oneOf(['waiting', 'fetching', 'stored', 'failed', 'linked']),
    error: nullable(object({ code: text(), text: text() })),
    inline: described(flag(), 'Whether a page may show it; anything else is a download'),
    durationMs: described(
      nullable(integer({ min: 0 })),
      'How long a voice note plays, in milliseconds; null for other files and where its bytes do not say',
    ),
    contacts: optional(
      list(
        object({
          name: text(),
          phones: list(object({ number: text(), label: optional(text()) })),
          emails: list(text()),
          organisation: optional(text()),
        }),
      ),
    ),
  }),
);

export const messageView: Schema<MessageView> = named(
  'Message',
  object({
    seq: integer(),
    id: text(),
    conversationId: nullable(text()),
    message: described(anyObject() as Schema<unknown> as Schema<WhatsAppMessage>, '`msg.whatsapp` of the message contract'),
    media: described(list(mediaView), 'Each one’s content is at /api/media/{id}'),
    contentKept: flag(),
    error: nullable(object({ code: text(), text: text(), twilioCode: nullable(integer()) })),
    retryOf: described(nullable(text()), 'The failed message that this one repeats'),
    retry: described(oneOf(['now', 'when-open', 'if-lost', 'never']), 'Whether it may be sent again'),
    handedAt: nullable(milliseconds()),
    flowRunning: flag(),
    waitsForTwilio: described(flag(), 'Pending because Twilio cannot be reached; sent by itself as soon as it can be'),
  }),
);

const eventView = named(
  'Event',
  object({
    seq: integer(),
    id: text(),
    type: text() as Schema<MessagePage['events'][number]['type']>,
    at: milliseconds(),
    actor: author(),
    conversationId: nullable(text()),
    queueId: nullable(text()),
    agentId: nullable(text()),
    messageId: nullable(text()),
    accountId: nullable(text()),
    reason: nullable(text()),
    data: anyObject(),
  }),
);

export const messagePage: Schema<MessagePage> = named(
  'MessagePage',
  object({
    messages: list(messageView),
    events: list(eventView),
    names: described(
      anyObject() as Schema<unknown> as Schema<Record<string, string>>,
      'What the agents and queues that the events name by id are called',
    ),
    before: described(nullable(integer()), 'Pass as `before` for older messages; null at the beginning'),
  }),
);

export const homeView: Schema<HomeView> = named(
  'Home',
  object({
    agent: agentView,
    presence: presenceView,
    offers: list(
      object({
        id: text(),
        kind: oneOf(['incoming', 'transfer', 'consult']),
        from: nullable(namedRef()),
        note: nullable(text()),
        conversation: conversationView,
        createdAt: milliseconds(),
        expiresAt: milliseconds(),
      }),
    ),
    attending: described(list(conversationView), 'Conversations of others that this agent advises in, monitors or has joined'),
    mine: list(conversationView),
    open: list(conversationView),
    queues: list(
      object({
        id: text(),
        name: text(),
        served: flag(),
        open: integer({ min: 0 }),
        isOpen: flag(),
        opensAt: described(nullable(milliseconds()), 'When its hours begin again; null while they last'),
      }),
    ),
    returned: described(
      list(object({ conversationId: text(), at: milliseconds(), queue: nullable(namedRef()), waits: flag() })),
      'What went back to its queue while this agent was disconnected',
    ),
    now: milliseconds(),
    clockMoved: flag(),
    lastSeq: described(integer(), 'Where `/api/events` goes on from'),
  }),
);
