import type { Command } from './command.ts';
import type { CenterEvent } from '../domain/events.ts';
import type { ErrorCode } from '../domain/errors.ts';
import type { DeliveryStatus } from '../domain/delivery-status.ts';
import type { EngineCommands, EngineQueries, RoutingWish } from './engine-contract.ts';
import type { ClaimArgs, ClaimResult, ReplyTemplate, SendingCommands, SendingQueries } from './sending-contract.ts';
import type { MediaCommands, MediaQueries } from './media-contract.ts';
import type { Strategy } from '../domain/routing.ts';
import type { ConversationSnapshot, CustomerIdentity, HandledBy, WhatsAppMessage } from '../domain/message.ts';
import type {
  MessageView,
  MessagePage,
  ConversationView,
  QueueView,
  HomeView,
  TranscriptMessage,
  SearchPage,
  Role,
  AgentView,
} from './views.ts';

/**
 * The commands of the center: what may be asked of it, from the webhook, a node, the desk or a test. Each is one
 * transaction that checks, writes and appends events. Times in arguments and results are milliseconds unless a
 * type of the message contract (ISO 8601) is used. Every command may throw a CenterError.
 */
export interface Commands extends EngineCommands, MediaCommands, SendingCommands {
  /** Keeps a customer's message; `duplicate` when its SID is known already, and then nothing has changed. */
  receive: Command<ReceiveArgs, ReceiveResult>;
  /** Keeps a customer's message for later: `arrival` is {@link ReceiveArgs} as JSON. It is on disk and in no conversation yet. */
  keepArrival: Command<{ accountId: string; arrival: string }, null>;
  /** Receives the oldest of those that were kept for later; `more` when there may be others. */
  enterArrivals: Command<{ most: number }, { more: boolean }>;
  /** The oldest of them cannot be received because of a defect: it stays kept and no longer stands in the way. */
  setArrivalAside: Command<{ problem: string }, { messageId: string | null }>;
  /** A new process: what was set aside is tried `again`; `waiting` when there is anything to enter. */
  resumeArrivals: Command<Record<string, never>, { waiting: boolean; again: number }>;
  /** Applies a delivery status; `messageId` is null when it is not (yet) about a message we know. */
  receiveStatus: Command<StatusArgs, { messageId: string | null; status: DeliveryStatus | null; changed: boolean }>;

  /**
   * The next messages for a flow, oldest first; marks them handed over by this process. With `quiet`, those of conversations
   * that are in a queue or with an agent are left out and count as taken up.
   */
  takeInbound: Command<{ accountIds: string[]; instance: string; limit: number; quiet?: boolean }, HandedMessage[]>;
  /** The next agents' messages of a queue for its `notify-agent`, oldest first; marks them handed over. */
  takeReplies: Command<{ queueId: string; instance: string; limit: number }, HandedMessage[]>;
  /** Counts as taken up what was handed over at or before `before` by this process. */
  settleHandovers: Command<{ instance: string; before: number }, { settled: number }>;
  /** Makes ready to be handed over again whatever was handed over and not taken up, or that of these messages. */
  reclaimHandovers: Command<{ messageIds?: string[] }, { reclaimed: number }>;

  /** Claims an outbound message before it is sent: after this it is never sent by anybody else. */
  claimOutbound: Command<ClaimArgs, ClaimResult>;
  /** Twilio took it over. */
  recordSent: Command<{ messageId: string; sid: string; status: DeliveryStatus }, MessageView>;
  /** Twilio (or a check before it) refused it. */
  recordFailed: Command<{ messageId: string; code: ErrorCode; text: string; twilioCode?: number }, MessageView>;
  /** Whether Twilio has it cannot be told; a callback or a person decides. */
  recordUnknown: Command<{ messageId: string; text: string }, MessageView>;
  /** `session-guard` stops an agent's message: it is failed with the limit text and never sent. */
  refuseOutbound: Command<{ messageId: string; code: ErrorCode; text: string }, { refused: boolean }>;

  /** Makes a queue known and says which node serves it. Throws `QUEUE_TAKEN`. */
  serveQueue: Command<{ name: string; nodeId: string } & QueueOffering, { queueId: string }>;
  stopServingQueue: Command<{ nodeId: string }, null>;
  /** A new process: the nodes of earlier ones serve nothing any more. */
  forgetServing: Command<Record<string, never>, null>;
  /** Queues the conversation of a message and offers it to every live desk; silent when it is queued or active already. */
  queueConversation: Command<QueueArgs, { conversation: ConversationSnapshot; queued: boolean }>;
  accept: Command<{ conversationId: string; agentId: string }, ConversationView>;
  rejectOffer: Command<{ offerId: string; agentId: string }, { ended: boolean }>;
  reply: Command<ReplyArgs, MessageView>;
  /** End: active → wrap-up. */
  endConversation: Command<{ conversationId: string; agentId: string }, ConversationView>;
  /** Closes the session: wrap-up → closed, active → waiting. */
  closeConversation: Command<{ conversationId: string; agentId: string }, ConversationView>;
  markSeen: Command<{ conversationId: string; agentId: string }, null>;
  saveDraft: Command<{ conversationId: string; agentId: string; text: string }, null>;
  /** The same for what is meant for colleagues; the two never mix. */
  saveInternalDraft: Command<{ conversationId: string; agentId: string; text: string }, null>;

  /** A desk's live connection opened; an agent who was not there is offered what waits. */
  openDesk: Command<{ deskId: string; agentId: string }, null>;
  closeDesk: Command<{ deskId: string }, null>;
  /** A new process: connections of earlier ones are gone. */
  closeAllDesks: Command<Record<string, never>, null>;
  /** What time brings: offers expire, flow-handled conversations end with their window, content is released. */
  sweep: Command<{ closingMinutes?: number; disconnectedMinutes?: number }, { changed: boolean }>;

  /** Without a text, as it was written. */
  keepMessage: Command<{ messageId: string; text?: string }, { kept: boolean }>;
  /** Makes kept texts searchable; `more` when some are left. */
  indexTexts: Command<Record<string, never>, { more: boolean }>;
  erase: Command<{ customer?: string; conversation?: string }, { conversations: number; messages: number }>;

  /**
   * Counts an attempt to sign in as failed before the password is looked at, so that attempts made at the same time
   * cannot outrun the counter; `signIn` takes it back. `blockedUntil` is set when it may not be tried, and then nothing was counted.
   */
  admitSignIn: Command<{ keys: string[]; at: number }, { blockedUntil: number | null }>;
  signIn: Command<SignInArgs, { agent: AgentView; sessionId: string }>;
  signOut: Command<{ tokenHash: string }, null>;
  /** The session behind a token, `null` when it has ended; `at` is the machine's time, and counts as activity. */
  touchSession: Command<{ tokenHash: string; at: number }, { agent: AgentView; sessionId: string } | null>;
  /** `actorId: null` adds the first supervisor and nobody else. */
  addAgent: Command<{ actorId: string | null; agent: NewAgent }, AgentView>;
  changeAgent: Command<{ actorId: string; agentId: string; change: AgentChange }, AgentView>;
  /** Applies the supervisor of the node's configuration; a change signs that user out. `null`: none is configured any more. */
  applySupervisor: Command<{ supervisor: { username: string; passwordHash: string } | null }, { changed: boolean }>;

  /** How far a reader of the event log has come; only ever forward. */
  saveCursor: Command<{ name: string; seq: number }, null>;

  /** Moves the center's clock; only while every account is a simulator. */
  skipClock: Command<{ byMs: number; allSimulators: boolean }, { offsetMs: number }>;
}

/** Questions: they change nothing and may run beside the commands. */
export interface Queries extends EngineQueries, MediaQueries, SendingQueries {
  /** `latestAt`: when the last thing happened that the store knows of. */
  clock: Command<Record<string, never>, { offsetMs: number; moved: boolean; latestAt: number }>;
  conversation: Command<{ conversationId: string }, ConversationSnapshot | null>;
  /** The window and live conversation of a customer with a sender; what `session-guard` judges. */
  sessionOf: Command<{ address: string; sender: string | null }, SessionFacts>;
  home: Command<{ agentId: string }, HomeView>;
  /** How many messages of an account wait to be handed to a flow. */
  inboundWaiting: Command<{ accountId: string }, { waiting: number }>;
  /** Every queue, whether a node serves it, and how many conversations wait in it. */
  queues: Command<Record<string, never>, QueueView[]>;
  conversationView: Command<{ conversationId: string; agentId: string }, ConversationView>;
  messages: Command<{ conversationId: string; agentId: string; before?: number; limit: number }, MessagePage>;
  team: Command<Record<string, never>, AgentView[]>;
  /** What is needed to check a password; its fields are `null` for an unknown user. */
  credentials: Command<{ username: string }, CredentialFacts>;
  agentCount: Command<Record<string, never>, { count: number }>;
  /** The configured supervisor as stored; `verifier` is the password's hash, to tell whether the configuration changed. */
  supervisorVerifier: Command<Record<string, never>, { username: string | null; verifier: string | null }>;
  /** Whose conversations are now and who is in the queues; decides who may be told of events. What is unknown is left out. */
  eventAudience: Command<{ conversationIds: string[]; queueIds: string[] }, EventAudience>;
  eventsAfter: Command<{ seq: number; limit: number }, { events: CenterEvent[]; lastSeq: number; reset: boolean }>;
  transcript: Command<{ conversationId?: string; address?: string }, TranscriptMessage[]>;
  search: Command<SearchArgs, SearchPage>;
  cursor: Command<{ name: string }, { seq: number }>;
  /** Messages whose fate is not known, of one account where it is named. */
  unresolved: Command<{ before: number; limit: number; accountId?: string }, OutboundRow[]>;
}

export type CommandName = keyof Commands;
export type QueryName = keyof Queries;

export interface ReceiveArgs {
  accountId: string;
  /** `id` equals the SID; `timestamp` is when the webhook arrived or Twilio's date for a fetched message. */
  message: WhatsAppMessage;
  /** False for a `To` that is not the account's sender: kept as unrouted, given to no flow. */
  routed: boolean;
  /** The process whose flow waits for it: it is handed over with the same commit, unless another has to be first. */
  handTo?: string;
}

export interface ReceiveResult {
  duplicate: boolean;
  messageId: string;
  conversationId: string | null;
  /** Its place and its conversation, when it was handed over. */
  handed: Pick<HandedMessage, 'seq' | 'conversation'> | null;
}

export interface StatusArgs {
  accountId: string;
  sid: string;
  /** Our own id, from the callback's URL; finds the message before its SID is known. */
  messageId: string | null;
  /** Twilio's word, as it came. */
  status: string;
  errorCode: number | null;
  errorMessage: string | null;
}

/** A message on its way into a flow. */
export interface HandedMessage {
  /** Its place among all messages, which is the order in which a flow gets them. */
  seq: number;
  message: WhatsAppMessage;
  accountId: string;
  conversation: ConversationSnapshot;
  redelivered: boolean;
}

export interface QueueArgs {
  queueId: string;
  conversationId: string;
  /** The message that came along, which counts as taken up. */
  messageId: string | null;
  customer: CustomerIdentity | null;
  attributes: Record<string, unknown> | null;
  tags: string[] | null;
  /** What `msg.routing` asks for. */
  routing?: RoutingWish | null;
}

/** What a `notify-agent` says about how its queue offers. */
export interface QueueOffering {
  offerSeconds: number;
  strategy?: Strategy;
  keepAgent?: boolean;
  /** "block", "free" or seconds. */
  wrapUp?: 'block' | 'free' | number;
  waitingCloseHours?: number;
}

export interface ReplyArgs {
  conversationId: string;
  agentId: string;
  /** Chosen by the desk, so that a repeated request is one message. */
  messageId: string;
  /** With a template: what the customer reads. */
  text: string;
  /** Sent instead of the text, in the window and outside of it. */
  template?: ReplyTemplate | null;
  /** A file of this agent's, from `beginUpload`; the text is then a picture's caption, or empty. */
  mediaId?: string;
  /** When the window is closed: kept as `held` and sent by itself when the customer writes again. */
  hold?: boolean;
}

export interface SessionFacts {
  lastCustomerAt: number | null;
  refusedAt: number | null;
  conversation: ConversationSnapshot | null;
  /** The sender and account the customer's conversation is with, when known. */
  sender: string | null;
  accountId: string | null;
}

export interface OutboundRow {
  id: string;
  sid: string | null;
  accountId: string;
  from: string;
  to: string;
  text: string;
  submittedAt: number;
}

/** Who has to do with conversations and queues at the moment of telling. */
export interface EventAudience {
  conversations: Record<
    string,
    {
      agentId: string | null;
      handledBy: HandledBy;
      queueId: string | null;
      /** Colleagues who advise, monitor or have joined. */
      participants: string[];
      /** Those who are being asked. */
      offered: string[];
    }
  >;
  /** The members of each queue; null: everybody in the team. */
  queues: Record<string, string[] | null>;
}

export interface SearchArgs {
  text?: string;
  customer?: string;
  agent?: string;
  queue?: string;
  /** ISO 8601. */
  from?: string;
  to?: string;
  limit?: number;
  cursor?: string;
}

export interface NewAgent {
  /** Chosen by the desk, so that a repeated request adds one person. */
  id?: string;
  username: string;
  name: string;
  role: Role;
  passwordHash: string;
}

export interface AgentChange {
  name?: string;
  role?: Role;
  disabled?: boolean;
  passwordHash?: string;
}

export interface CredentialFacts {
  agentId: string | null;
  passwordHash: string | null;
  disabled: boolean;
}

export interface SignInArgs {
  agentId: string;
  /** The hash the password was checked against; a password changed in between signs nobody in. */
  passwordHash: string;
  /** SHA-256 of the session's token, in hex. The token itself is never stored. */
  tokenHash: string;
  /** A session of the same browser that ends now, as a new one begins. */
  endsTokenHash: string | null;
  /** What {@link Commands.admitSignIn} counted and is taken back. */
  keys: string[];
  /** The machine's time, which a moved center clock does not touch. */
  at: number;
}
