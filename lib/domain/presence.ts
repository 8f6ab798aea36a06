/** The base statuses an agent can choose; a custom status is a text mapped to one of them. */
export const BASE_PRESENCES = ['available', 'busy', 'dnd', 'away', 'offline'] as const;
export type BasePresence = (typeof BASE_PRESENCES)[number];

/** `inactive` is the system's own, after a missed offer; it is shown like away. */
export type Presence = BasePresence | 'inactive';

/** How long a lost connection may be until the old status is not restored any more. */
export const RECONNECT_GRACE_MS = 150_000;

/** With this many open sessions an agent is at the limit whatever the capacity says. */
export const MOST_SESSIONS = 10;

/** What an agent's status is and what it goes back to. */
export interface PresenceState {
  presence: Presence;
  /** The custom status that was chosen; null when it is a base status. */
  custom: string | null;
  by: 'agent' | 'system';
  /** What comes back after a short disconnect; null while connected. */
  before: { presence: Presence; custom: string | null; by: 'agent' | 'system' } | null;
  /** When the connection was lost; null while connected. */
  lostAt: number | null;
}

/** How much an agent has to do. */
export interface Workload {
  /** Units in use; may be more than there are after a manual pick. */
  used: number;
  total: number;
  sessions: number;
}

/** The status that the system gives by workload alone. */
export function computedPresence({ used, total, sessions }: Workload): BasePresence {
  if (used >= total || sessions >= MOST_SESSIONS) return 'dnd';
  return used > 0 ? 'busy' : 'available';
}

/** Has no desk: offline by the system means exactly that, because no other rule of the system says offline. */
export function isGone(state: Pick<PresenceState, 'presence' | 'by'>): boolean {
  return state.presence === 'offline' && state.by === 'system';
}

/** Away, do not disturb and offline stay as the agent chose them; available and busy last until the work changes. */
function isSticky(state: Pick<PresenceState, 'presence' | 'by'>): boolean {
  return state.by === 'agent' && (state.presence === 'away' || state.presence === 'dnd' || state.presence === 'offline');
}

/** Does the status follow the work now? Inactive ends by the agent's own hand alone: others cannot tell that somebody is back. */
function givesWay(state: Pick<PresenceState, 'presence' | 'by'>, cause: WorkCause): boolean {
  if (isSticky(state)) return false;
  if (state.presence === 'inactive') return cause === 'own';
  return state.by === 'system' || cause !== 'circumstances';
}

function bySystem(presence: Presence): PresenceState {
  return { presence, custom: null, by: 'system', before: null, lostAt: null };
}

/**
 * How an agent came to have more or less to do: `own`, they accepted, ended or closed by hand; `others`, somebody gave
 * them a conversation or took one away; `circumstances`, what it costs or how much they may have is different, or time went by.
 */
export type WorkCause = 'own' | 'others' | 'circumstances';

/** What happens to an agent's status. Nothing else ever changes it. */
export type PresenceTrigger =
  | { type: 'chosen'; at: number; presence: BasePresence; custom: string | null }
  | { type: 'work-changed'; workload: Workload; cause: WorkCause }
  | { type: 'offer-missed' }
  | { type: 'offer-rejected' }
  | { type: 'disconnected'; at: number }
  | { type: 'signed-out' }
  | {
      type: 'connected';
      at: number;
      signedIn: boolean;
      usual: { presence: BasePresence; custom: string | null } | null;
      workload: Workload;
    };

/**
 * The status after something happened. The reference's rules: a choice of available or busy holds until the next
 * accept or close; inactive holds until the agent chooses a status, or accepts, ends or closes something; away, do not disturb and offline hold until the agent changes them or signs out; a lost
 * connection is offline at once and comes back as it was within two and a half minutes. Whoever has no desk is offline
 * whatever happens: what changes meanwhile is what the connection will bring back.
 */
export function nextPresence(state: PresenceState, trigger: PresenceTrigger): PresenceState {
  switch (trigger.type) {
    case 'chosen': {
      const choice = { presence: trigger.presence, custom: trigger.custom, by: 'agent' } as const;
      if (isGone(state)) return { ...state, before: choice, lostAt: trigger.at };
      return { ...choice, before: null, lostAt: null };
    }
    case 'work-changed': {
      if (!isGone(state)) return givesWay(state, trigger.cause) ? bySystem(computedPresence(trigger.workload)) : state;
      if (state.before === null || !givesWay(state.before, trigger.cause)) return state;
      return { ...state, before: { presence: computedPresence(trigger.workload), custom: null, by: 'system' } };
    }
    case 'offer-missed':
      return isGone(state) || isSticky(state) ? state : bySystem('inactive');
    case 'offer-rejected':
      return isGone(state) || isSticky(state) ? state : bySystem('dnd');
    case 'signed-out':
      return bySystem('offline');
    case 'disconnected': {
      // Somebody who was not there cannot leave.
      if (isGone(state)) return state;
      const { presence, custom, by } = state;
      return { presence: 'offline', custom: null, by: 'system', before: { presence, custom, by }, lostAt: trigger.at };
    }
    case 'connected':
      return connected(state, trigger);
  }
}

function connected(state: PresenceState, trigger: Extract<PresenceTrigger, { type: 'connected' }>): PresenceState {
  if (state.lostAt === null && !trigger.signedIn) return state;
  const short = state.lostAt !== null && trigger.at - state.lostAt <= RECONNECT_GRACE_MS;
  if (short && !trigger.signedIn && state.before !== null) return { ...state.before, before: null, lostAt: null };
  const usual = trigger.usual;
  if (usual !== null && (usual.presence === 'offline' || usual.presence === 'away')) {
    return { presence: usual.presence, custom: usual.custom, by: 'agent', before: null, lostAt: null };
  }
  const computed = computedPresence(trigger.workload);
  if (usual !== null && computed === 'available')
    return { presence: usual.presence, custom: usual.custom, by: 'agent', before: null, lostAt: null };
  return bySystem(computed);
}
