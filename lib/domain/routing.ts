import { MOST_SESSIONS, type Presence } from './presence.ts';

/** How a queue offers: to all at once, in turn, or to whoever has least to do. */
export const STRATEGIES = ['all', 'round-robin', 'least-active'] as const;
export type Strategy = (typeof STRATEGIES)[number];

/** Who may be given work without asking for it. */
const WORKING: ReadonlySet<Presence> = new Set<Presence>(['available', 'busy']);

/** May an agent with this status be given work? */
export function isWorking(presence: Presence): boolean {
  return WORKING.has(presence);
}

/** An agent of the queue, as routing sees them. */
export interface Candidate {
  id: string;
  presence: Presence;
  /** Units free; negative after a manual pick. */
  free: number;
  /** Conversations with the agent now. */
  sessions: number;
  /** Pending offers to the agent alone; a second one at a time helps nobody. */
  offers: number;
  /** When something was last offered to the agent; null for never. */
  lastOfferedAt: number | null;
  skills: ReadonlySet<string>;
}

/** What is to be routed. */
export interface Work {
  units: number;
  skills: readonly string[];
  /** Asked for by name: the same agent again, or the flow's choice. */
  preferred: string | null;
  /** Only the preferred one will do. */
  insist: boolean;
  /** Who has said no, or let it pass, since it is in this queue. */
  declined: ReadonlySet<string>;
}

/** May work be given to this agent now? */
export function isEligible(agent: Candidate, work: Work): boolean {
  return (
    isWorking(agent.presence) &&
    agent.free >= work.units &&
    agent.sessions < MOST_SESSIONS &&
    !work.declined.has(agent.id) &&
    work.skills.every((skill) => agent.skills.has(skill))
  );
}

/**
 * To whom a conversation is offered; nobody when the list is empty. A preferred agent who is present comes first and
 * alone; otherwise the strategy decides, and whoever was asked longest ago breaks a tie.
 */
export function chooseAgents(strategy: Strategy, candidates: readonly Candidate[], work: Work): string[] {
  const eligible = candidates.filter((agent) => isEligible(agent, work));
  const preferred = eligible.find((agent) => agent.id === work.preferred);
  if (preferred !== undefined) return [preferred.id];
  if (work.insist) return [];
  if (strategy === 'all') return eligible.map((agent) => agent.id);
  // One alert at a time: somebody who is being asked already has not answered yet.
  const idle = eligible.filter((agent) => agent.offers === 0);
  const first = idle.reduce<Candidate | undefined>(
    (best, agent) => (best === undefined || comesBefore(strategy, agent, best) ? agent : best),
    undefined,
  );
  return first === undefined ? [] : [first.id];
}

function comesBefore(strategy: Strategy, a: Candidate, b: Candidate): boolean {
  if (strategy === 'least-active' && a.sessions !== b.sessions) return a.sessions < b.sessions;
  const [asked, other] = [a.lastOfferedAt ?? -1, b.lastOfferedAt ?? -1];
  return asked === other ? a.id < b.id : asked < other;
}
