import type { Generated, Kysely } from 'kysely';

/**
 * The tables, as Kysely sees them. Columns hold what both SQLite and PostgreSQL have: text, 64-bit integers
 * (times are milliseconds since 1970, UTC; booleans are 0 or 1) and JSON as text.
 */
export interface Schema {
  settings: { key: string; value: string };
  customers: CustomersTable;
  windows: WindowsTable;
  conversations: ConversationsTable;
  messages: MessagesTable;
  /** A kept message whose text is not in the full-text index yet. */
  texts_to_index: { seq: number };
  /** A customer's message that is not in its conversation yet: the arguments of `receive` as JSON, and why it could not be entered. */
  arrivals: { seq: Generated<number>; account_id: string; arrival: string; problem: string | null };
  early_statuses: {
    seq: Generated<number>;
    sid: string;
    status: string;
    error_code: number | null;
    error_text: string | null;
    at: number;
  };
  queues: QueuesTable;
  offers: OffersTable;
  offer_agents: {
    offer_id: string;
    agent_id: string;
    state: OfferState;
    /** 1 where nobody else is asked. */
    alone: Generated<number>;
  };
  agents: AgentsTable;
  sessions: { token_hash: string; id: string; agent_id: string; created_at: number; seen_at: number };
  sign_in_failures: { key: string; count: number; last_at: number; blocked_until: number };
  desks: { id: string; agent_id: string; opened_at: number };
  /** What was typed and not sent: to the customer, and `internal` to colleagues. */
  drafts: { conversation_id: string; agent_id: string; text: string; internal: Generated<string>; saved_at: number };
  /** What went back to its queue because its agent stayed away, until the agent has read of it. */
  returned: { agent_id: string; conversation_id: string; at: number };
  events: EventsTable;
  cursors: { name: string; seq: number };
  queue_members: { queue_id: string; agent_id: string };
  participants: { conversation_id: string; agent_id: string; role: 'consult' | 'monitor' | 'join'; since: number };
  remarks: RemarksTable;
  statuses: { id: string; label: string; base: string };
  media: MediaTable;
  files_to_delete: { file: string };
  /** Every address a customer is known by; {@link CustomersTable.address} is the one they wrote from last. */
  customer_addresses: { address: string; customer_id: string };
}

/** A database or a transaction in it: what every command and query is given. */
export type Database = Kysely<Schema>;

export interface CustomersTable {
  id: string;
  /** Full address, "whatsapp:…"; opaque. The one they wrote from last, among those in `customer_addresses`. */
  address: string;
  name: string | null;
  profile_name: string | null;
  wa_id: string | null;
  external_user_id: string | null;
  username: string | null;
  created_at: number;
  /** Since when nothing may be sent to them; "stop" until they write START, "blocked" until they write at all. */
  opted_out_at: number | null;
  opt_out_reason: 'stop' | 'blocked' | null;
  opted_in_at: number | null;
}

/** The session window belongs to a customer and a sender, not to a conversation: it outlives each of them. */
export interface WindowsTable {
  customer_id: string;
  sender: string;
  last_customer_at: number | null;
  refused_at: number | null;
  /** 1 once `session.closing` and `session.closed` were said of this window. */
  closing_said: Generated<number>;
  closed_said: Generated<number>;
}

export interface ConversationsTable {
  id: string;
  customer_id: string;
  account_id: string;
  /** Our side, "whatsapp:+1…". */
  sender: string;
  state: 'open' | 'active' | 'waiting' | 'wrap-up' | 'closed';
  handled_by: 'flow' | 'queue' | 'agent';
  queue_id: string | null;
  agent_id: string | null;
  authenticated: number;
  identified_by: string | null;
  records: string;
  attributes: string;
  tags: string;
  language: string | null;
  sentiment: string | null;
  opened_at: number;
  queued_at: number | null;
  accepted_at: number | null;
  ended_at: number | null;
  closed_at: number | null;
  close_reason: string | null;
  last_message_at: number;
  last_seq: number | null;
  first_text: string | null;
  unread: number;
  content_released: number;
  priority: Generated<number>;
  /** Skills an agent needs for it, as JSON. */
  skills: Generated<string>;
  /** Whom a flow asked for, or who had it before; with `preferred_only` nobody else will do. */
  preferred_agent: string | null;
  preferred_only: Generated<number>;
  last_agent: string | null;
  /** 1 while an offer to take it is out. */
  offered: Generated<number>;
  /** 1 once "unclaimed" was said, until it is offered again. */
  unclaimed: Generated<number>;
  dispositions: Generated<string>;
  customer_wrote_at: number | null;
  agent_wrote_at: number | null;
  /** Time-out rules that have acted in the silence that is on, as JSON. */
  timeouts_acted: Generated<string>;
}

export interface MessagesTable {
  /** Order of arrival; flows, the desk and exports follow it. */
  seq: Generated<number>;
  id: string;
  sid: string | null;
  conversation_id: string | null;
  customer_id: string | null;
  account_id: string;
  direction: 'inbound' | 'outbound';
  type: string;
  text: string;
  /** The rest of the message contract as JSON. */
  content: string;
  author_kind: string;
  author_id: string | null;
  author_name: string | null;
  status: string;
  error_code: string | null;
  error_text: string | null;
  twilio_code: number | null;
  created_at: number;
  submitted_at: number | null;
  opens: number;
  /** Whose hands it has to pass through: "in:<account>", "out:<queue>", or null when nobody's. */
  feed: string | null;
  feed_state: FeedState;
  handed_at: number | null;
  handed_by: string | null;
  handovers: Generated<number>;
  /** (inbound id, node, nth arrival) of a flow's answer. */
  answer_key: string | null;
  kept: Generated<number>;
  kept_text: string | null;
  /** The failed message that this one repeats. */
  retry_of: string | null;
  /** Since when it could not be given to Twilio; it waits while it is pending. */
  postponed_at: number | null;
  /** The `whatsapp-out` node that it leaves by. */
  postponed_by: string | null;
}

/** 0 waits, 1 handed over, 2 taken up. */
export type FeedState = number;
export const FEED_WAITING = 0;
export const FEED_HANDED = 1;
export const FEED_TAKEN = 2;

export interface QueuesTable {
  id: string;
  name: string;
  offer_seconds: number;
  /** The running `notify-agent` that serves it; null when none does. */
  node_id: string | null;
  created_at: number;
  strategy: Generated<'all' | 'round-robin' | 'least-active'>;
  keep_agent: Generated<number>;
  /** 1: everybody in the team; 0: those in `queue_members`. */
  everyone: Generated<number>;
  units: Generated<number>;
  /** "block", "free", or seconds. */
  wrap_up: Generated<string>;
  waiting_close_hours: Generated<number>;
  hours: string | null;
  dispositions: Generated<string>;
  disposition_mandatory: Generated<number>;
  timeouts: Generated<string>;
  missed_makes_inactive: Generated<number>;
  reject_makes_busy: Generated<number>;
  was_open: Generated<number>;
}

export type OfferState = 'pending' | 'accepted' | 'rejected' | 'expired' | 'withdrawn';

export interface OffersTable {
  id: string;
  conversation_id: string;
  queue_id: string;
  state: OfferState;
  created_at: number;
  expires_at: number;
  ended_at: number | null;
  kind: Generated<OfferKind>;
  from_agent: string | null;
  note: string | null;
}

/** To take a waiting conversation, to take it over from a colleague, or to be consulted. */
export type OfferKind = 'incoming' | 'transfer' | 'consult';

export interface AgentsTable {
  id: string;
  username: string;
  name: string;
  role: 'agent' | 'supervisor';
  password_hash: string;
  disabled: number;
  configured: number;
  created_at: number;
  capacity: Generated<number>;
  skills: Generated<string>;
  presence: Generated<'available' | 'busy' | 'dnd' | 'away' | 'offline' | 'inactive'>;
  presence_status: string | null;
  presence_by: Generated<'agent' | 'system'>;
  presence_since: Generated<number>;
  presence_before: string | null;
  lost_at: number | null;
  usual: string | null;
  last_offered_at: number | null;
}

export interface RemarksTable {
  seq: Generated<number>;
  id: string;
  conversation_id: string;
  kind: 'internal' | 'note';
  text: string;
  author_kind: string;
  author_id: string | null;
  author_name: string | null;
  at: number;
}

export interface EventsTable {
  seq: Generated<number>;
  id: string;
  type: string;
  at: number;
  actor_kind: string;
  actor_id: string | null;
  actor_name: string | null;
  conversation_id: string | null;
  queue_id: string | null;
  agent_id: string | null;
  message_id: string | null;
  account_id: string | null;
  reason: string | null;
  data: string;
}

/** A file of a message, or one that is not part of a message yet. */
export interface MediaTable {
  id: string;
  message_id: string | null;
  position: Generated<number>;
  conversation_id: string | null;
  customer_id: string | null;
  account_id: string;
  direction: 'inbound' | 'outbound';
  state: 'waiting' | 'fetching' | 'stored' | 'failed' | 'linked';
  kind: string;
  /** By content once it is stored, until then as the sender said. */
  content_type: string;
  size: number | null;
  name: Generated<string>;
  /** In the media folder; random. */
  file: string | null;
  /** Where it is fetched from, or lies for good when it is linked. */
  url: string | null;
  /** What a shared contact says, as JSON. */
  contacts: string | null;
  /** How long a voice note plays; null where its bytes do not say. */
  duration_ms: number | null;
  error_code: string | null;
  error_text: string | null;
  tries: Generated<number>;
  due_at: number | null;
  /** The agent who uploaded it. */
  uploaded_by: string | null;
  created_at: number;
  stored_at: number | null;
}
