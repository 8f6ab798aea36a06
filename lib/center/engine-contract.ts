import type { BusinessHours } from '../domain/business-hours.ts';
import type { Author } from '../domain/message.ts';
import type { BasePresence, Presence } from '../domain/presence.ts';
import type { Strategy } from '../domain/routing.ts';
import type { TimeoutRule } from '../domain/timeout-rules.ts';
import type { Command } from './command.ts';
import type { ConversationView, DispositionCode, PresenceView, StatusView } from './views.ts';

/** Who asks: an agent or supervisor by id, or the flow by its node. Rights are checked by the command, never by its caller. */
export type Requester = { agentId: string } | FlowRequester;

export interface FlowRequester {
  flow: { nodeId: string; nodeName?: string };
}

/** What the requester was looking at when deciding. */
export interface Seen {
  /** Who had the conversation, `null` for nobody; if somebody else has it by now: `ALREADY_ACCEPTED`. Left out, it does not matter. */
  seenWith?: string | null;
}

/** Commands about routing, presence, transfer and supervision. */
export interface EngineCommands {
  /** The agent's own choice of status, base or custom. Throws `INVALID_REQUEST` for an unknown one. */
  setPresence: Command<{ agentId: string; presence: BasePresence; statusId?: string | null }, PresenceView>;

  /** Offers the conversation to a colleague, who must accept before the first one leaves. `AGENT_UNAVAILABLE`, `AGENT_FULL`. */
  transferToAgent: Command<{ conversationId: string; by: Requester; toAgentId: string; note?: string } & Seen, ConversationView>;
  /** Gives the conversation to a queue, with a note; it is open there at once. */
  transferToQueue: Command<{ conversationId: string; by: Requester; queueId: string; note?: string } & Seen, ConversationView>;
  /** Takes back an offer of transfer or consult that nobody has accepted. */
  cancelInvitation: Command<{ conversationId: string; agentId: string }, null>;
  /** Back to its own queue, as open as before. */
  release: Command<{ conversationId: string; by: Requester; reason?: string }, ConversationView>;
  /** Back to the flow: the bot goes on. */
  handBack: Command<{ conversationId: string; by: Requester; note?: string }, ConversationView>;
  /** Asks a colleague in; internal messages between them never reach the customer. */
  consult: Command<{ conversationId: string; agentId: string; toAgentId: string; note?: string }, ConversationView>;
  /** A consulted colleague or a supervisor leaves the conversation. */
  leave: Command<{ conversationId: string; agentId: string }, null>;
  /** For colleagues only; `note` stays with the conversation as a note. */
  remark: Command<RemarkArgs, RemarkView>;
  /** The agent has read what went back to its queue while they were away. */
  dismissReturned: Command<{ agentId: string }, null>;

  setTags: Command<{ conversationId: string; by: Requester; tags: string[] }, ConversationView>;
  setAttributes: Command<{ conversationId: string; by: Requester; attributes: Record<string, unknown> }, ConversationView>;
  setDispositions: Command<{ conversationId: string; agentId: string; codes: string[] }, ConversationView>;
  /** Active → waiting, for a flow; agents do it by closing without End. */
  setAside: Command<{ conversationId: string; by: Requester; reason?: string }, ConversationView>;
  /** Any live state → closed: a supervisor or a flow. */
  forceClose: Command<{ conversationId: string; by: Requester; reason?: string }, ConversationView>;
  /** Gives it to an agent at once, who need not accept: a supervisor, a flow, or an agent for themselves. Capacity may go below nothing. */
  assign: Command<{ conversationId: string; by: Requester; toAgentId: string } & Seen, ConversationView>;
  /** A supervisor reads along (`monitor`) or takes part (`join`). */
  attend: Command<{ conversationId: string; agentId: string; as: 'monitor' | 'join' }, ConversationView>;
  /** Writes to the customer in the flow's name; it leaves `notify-agent` as an agent's would. */
  sayFromFlow: Command<{ conversationId: string; nodeId: string; text: string; messageId?: string }, { messageId: string }>;

  /** Supervisors: who is in a queue, hours, codes, capacity, time-outs. */
  changeQueue: Command<{ actorId: string; queueId: string; change: QueueChange }, QueueSettings>;
  /**
   * Supervisors: removes a queue that no node serves and no live conversation belongs to; earlier ones do not name it any more.
   * Throws `UNKNOWN_QUEUE`, `QUEUE_IN_USE`.
   */
  removeQueue: Command<{ actorId: string; queueId: string }, null>;
  /** Adds (`id: null`) or changes a custom status; a new one has the id `newId`, so that a repeated request adds one. */
  saveStatus: Command<{ actorId: string; id: string | null; newId?: string; label: string; base: BasePresence }, StatusView>;
  removeStatus: Command<{ actorId: string; id: string }, null>;
  /** Supervisors: capacity, skills and usual status of an agent. */
  changeWork: Command<{ actorId: string; agentId: string; change: WorkChange }, AgentWorkView>;
  /** Supervisors: removes somebody for good; their conversations go back to open. */
  removeAgent: Command<{ actorId: string; agentId: string }, null>;
}

export interface EngineQueries {
  /** The agent's own status, capacity and the statuses to choose from. */
  presence: Command<{ agentId: string }, PresenceView>;
  /** Agents and queues a conversation can go to; who is away, offline or not to be disturbed is left out. */
  transferTargets: Command<{ conversationId: string; agentId: string }, TransferTargets>;
  remarks: Command<{ conversationId: string; agentId: string }, RemarkView[]>;
  /** Closed today by this agent, newest first; the day begins at `since` (ms). */
  closedToday: Command<{ agentId: string; since: number }, ConversationView[]>;
  queueSettings: Command<{ actorId: string }, QueueSettings[]>;
  statuses: Command<Record<string, never>, StatusView[]>;
  teamWork: Command<{ actorId: string }, AgentWorkView[]>;
  /** Supervisors: every live conversation and the figures of each queue. */
  supervision: Command<{ actorId: string }, SupervisionView>;
  /** Supervisors: who did what, newest first; `by: 'agent'` is what people did and nothing else. */
  audit: Command<
    { actorId: string; before?: number; limit: number; by?: 'agent'; actor?: string; type?: string; conversationId?: string },
    AuditPage
  >;
}

export interface RemarkView {
  id: string;
  conversationId: string;
  kind: 'internal' | 'note';
  text: string;
  author: Author;
  at: number;
}

export interface RemarkArgs {
  conversationId: string;
  by: Requester;
  kind: 'internal' | 'note';
  text: string;
  /** Chosen by the desk, so that a repeated request is one remark. */
  remarkId?: string;
}

export interface TransferTargets {
  agents: { id: string; name: string; presence: Presence; used: number; capacity: number; queues: string[] }[];
  queues: {
    id: string;
    name: string;
    open: boolean;
    opensAt: number | null;
    served: boolean;
    available: number;
    waiting: number;
  }[];
}

/** A queue with what the node owns (how it offers) and what the desk owns (who, when, which codes). */
export interface QueueSettings {
  id: string;
  name: string;
  served: boolean;
  strategy: Strategy;
  offerSeconds: number;
  keepAgent: boolean;
  /** True: everybody in the team; false: `members` alone. */
  everyone: boolean;
  members: string[];
  hours: BusinessHours | null;
  isOpen: boolean;
  /** What one of its conversations costs. */
  units: number;
  wrapUp: 'block' | 'free' | number;
  waitingCloseHours: number;
  dispositions: DispositionCode[];
  dispositionMandatory: boolean;
  timeouts: TimeoutRule[];
  /** After a missed offer inactive, after a rejected one do not disturb. */
  missedMakesInactive: boolean;
  rejectMakesBusy: boolean;
}

export type QueueChange = Partial<
  Pick<
    QueueSettings,
    | 'everyone'
    | 'members'
    | 'hours'
    | 'units'
    | 'dispositions'
    | 'dispositionMandatory'
    | 'timeouts'
    | 'missedMakesInactive'
    | 'rejectMakesBusy'
  >
>;

export interface WorkChange {
  capacity?: number;
  skills?: string[];
  usual?: { presence: BasePresence; statusId: string | null } | null;
}

export interface AgentWorkView {
  id: string;
  username: string;
  name: string;
  role: 'agent' | 'supervisor';
  disabled: boolean;
  live: boolean;
  presence: Presence;
  label: string | null;
  used: number;
  capacity: number;
  sessions: number;
  skills: string[];
  usual: { presence: BasePresence; statusId: string | null } | null;
  queues: string[];
}

export interface SupervisionView {
  now: number;
  /** Live conversations in all; the list has those that need people first, and at most 1,000. */
  total: number;
  conversations: (ConversationView & { waitingMs: number; handleMs: number; attending: string[] })[];
  queues: {
    id: string;
    name: string;
    served: boolean;
    open: boolean;
    /** When its hours begin again, in milliseconds; null while they last. */
    opensAt: number | null;
    waiting: number;
    longestWaitMs: number;
    active: number;
    wrapUp: number;
    closingSoon: number;
    available: number;
    busy: number;
    averageHandleMs: number | null;
  }[];
  agents: AgentWorkView[];
}

export interface AuditPage {
  entries: {
    seq: number;
    at: number;
    type: string;
    actor: Author;
    conversationId: string | null;
    /** What its customer is called, or the masked address of one without a name. */
    customer: string | null;
    agent: string | null;
    queue: string | null;
    reason: string | null;
    data: Record<string, unknown>;
  }[];
  before: number | null;
}

/** How a flow wants a conversation routed; what is left out is the queue's to decide. */
export interface RoutingWish {
  /** Id or username; nobody else is asked. */
  agent?: string;
  /** Another queue, by name. */
  queue?: string;
  skills?: string[];
  /** Higher comes first; 0 is usual. */
  priority?: number;
}
