import type { ConversationView, PresenceView, StatusView } from '../../../lib/center/views.ts';
import type {
  AgentWorkView,
  AuditPage,
  QueueChange,
  QueueSettings,
  RemarkView,
  SupervisionView,
  TransferTargets,
  WorkChange,
} from '../../../lib/center/engine-contract.ts';
import type { BasePresence } from '../../../lib/domain/presence.ts';

/** To whom a conversation goes. */
export type Destination = { toAgentId: string } | { queueId: string };

/** One step for several conversations at once. */
export type SupervisorAction =
  { action: 'assign'; toAgentId: string } | ({ action: 'transfer'; note?: string } & Destination) | { action: 'force-close' };

/** A conversation as a supervisor saw it when deciding. */
export type SeenConversation = Pick<ConversationView, 'id' | 'agent'>;

export interface ActionResults {
  results: { conversationId: string; error: { code: string; message: string } | null }[];
}

export interface AuditFilter {
  before?: number;
  /** What people did, and nothing of flows and the system. */
  by?: 'agent';
  actor?: string;
  type?: string;
  conversation?: string;
}

/** The part of the desk's API about presence, passing on, notes and supervision. */
export interface EngineApi {
  setPresence(presence: BasePresence, statusId: string | null): Promise<PresenceView>;

  transferTargets(id: string): Promise<TransferTargets>;
  transfer(id: string, to: Destination, note?: string): Promise<ConversationView>;
  consult(id: string, toAgentId: string, note?: string): Promise<ConversationView>;
  cancelInvitation(id: string): Promise<void>;
  release(id: string): Promise<ConversationView>;
  handBack(id: string, note?: string): Promise<ConversationView>;
  leaveConversation(id: string): Promise<void>;
  /** What went back to its queue while the agent was disconnected has been read. */
  dismissReturned(): Promise<void>;
  attend(id: string, as: 'monitor' | 'join'): Promise<ConversationView>;

  /** Internal messages and notes, oldest first. */
  remarks(id: string): Promise<RemarkView[]>;
  /** Sent again with the same `remarkId`, it is one remark. */
  remark(id: string, remarkId: string, kind: RemarkView['kind'], text: string): Promise<RemarkView>;
  setTags(id: string, tags: string[]): Promise<ConversationView>;
  setDispositions(id: string, codes: string[]): Promise<ConversationView>;
  /** What this agent has closed since then (milliseconds), newest first. */
  closedToday(since: number): Promise<ConversationView[]>;

  supervision(): Promise<SupervisionView>;
  /** Each by itself; one that is with somebody else by now than it was shown with is refused. */
  act(conversations: readonly SeenConversation[], action: SupervisorAction): Promise<ActionResults>;
  audit(filter: AuditFilter, limit: number): Promise<AuditPage>;
  queues(): Promise<QueueSettings[]>;
  changeQueue(id: string, change: QueueChange): Promise<QueueSettings>;
  removeQueue(id: string): Promise<void>;
  statuses(): Promise<StatusView[]>;
  /** Sent again with the same id, it is one status. */
  addStatus(id: string, label: string, base: BasePresence): Promise<StatusView>;
  changeStatus(id: string, label: string, base: BasePresence): Promise<StatusView>;
  removeStatus(id: string): Promise<void>;
  teamWork(): Promise<AgentWorkView[]>;
  changeWork(agentId: string, change: WorkChange): Promise<AgentWorkView>;
  removeMember(agentId: string): Promise<void>;
}

type Call = <Result>(method: string, path: string, body?: unknown) => Promise<Result>;

/** @param call asks the server and throws a DeskError */
export function createEngineApi(call: Call): EngineApi {
  const conversation = (id: string, rest: string): string => `api/conversations/${encodeURIComponent(id)}/${rest}`;
  const step = (id: string, name: string, body: unknown = {}): Promise<ConversationView> =>
    call('POST', conversation(id, name), body);
  const member = (id: string, rest = ''): string => `api/team/${encodeURIComponent(id)}${rest}`;

  return {
    setPresence: (presence, statusId) => call('PUT', 'api/presence', { presence, ...(statusId === null ? {} : { statusId }) }),

    transferTargets: (id) => call('GET', conversation(id, 'transfer-targets')),
    transfer: (id, to, note) => step(id, 'transfer', { ...to, ...noted(note) }),
    consult: (id, toAgentId, note) => step(id, 'consult', { toAgentId, ...noted(note) }),
    cancelInvitation: (id) => call('POST', conversation(id, 'cancel-invitation'), {}),
    release: (id) => step(id, 'release'),
    handBack: (id, note) => step(id, 'hand-back', noted(note)),
    leaveConversation: (id) => call('POST', conversation(id, 'leave'), {}),
    dismissReturned: () => call('DELETE', 'api/returned'),
    attend: (id, as) => step(id, 'attend', { as }),

    remarks: (id) => call('GET', conversation(id, 'remarks')),
    remark: (id, remarkId, kind, text) => call('POST', conversation(id, 'remarks'), { id: remarkId, kind, text }),
    setTags: (id, tags) => call('PUT', conversation(id, 'tags'), { tags }),
    setDispositions: (id, codes) => call('PUT', conversation(id, 'dispositions'), { codes }),
    closedToday: (since) => call('GET', `api/closed-today?since=${Math.floor(since)}`),

    supervision: () => call('GET', 'api/supervision'),
    act: (conversations, action) =>
      call('POST', 'api/supervision/actions', {
        conversationIds: conversations.map(({ id }) => id),
        seenWith: conversations.map(({ agent }) => agent?.id ?? null),
        ...action,
      }),
    audit: (filter, limit) => call('GET', `api/audit?${query({ ...filter, limit })}`),
    queues: () => call('GET', 'api/queues'),
    changeQueue: (id, change) => call('PATCH', `api/queues/${encodeURIComponent(id)}`, change),
    removeQueue: (id) => call('DELETE', `api/queues/${encodeURIComponent(id)}`),
    statuses: () => call('GET', 'api/statuses'),
    addStatus: (id, label, base) => call('POST', 'api/statuses', { id, label, base }),
    changeStatus: (id, label, base) => call('PUT', `api/statuses/${encodeURIComponent(id)}`, { label, base }),
    removeStatus: (id) => call('DELETE', `api/statuses/${encodeURIComponent(id)}`),
    teamWork: () => call('GET', 'api/team-work'),
    changeWork: (id, change) => call('PATCH', member(id, '/work'), change),
    removeMember: (id) => call('DELETE', member(id)),
  };
}

function noted(note: string | undefined): { note?: string } {
  const text = note?.trim() ?? '';
  return text === '' ? {} : { note: text };
}

function query(values: Record<string, string | number | undefined>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) if (value !== undefined) search.set(name, String(value));
  return search.toString();
}
