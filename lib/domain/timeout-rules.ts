/** Who has to be silent for a rule to act. */
export type SilentParty = 'customer' | 'agent';

/** What a rule does: a message to the customer or to the agent, setting the conversation aside, or closing it. */
export type TimeoutAction =
  { type: 'message-customer'; text: string } | { type: 'message-agent'; text: string } | { type: 'wait' } | { type: 'close' };

/** One time-out rule of a queue; the first in the list that is due acts first, and each acts once per silence. */
export interface TimeoutRule {
  id: string;
  silent: SilentParty;
  afterMinutes: number;
  action: TimeoutAction;
}

/** What a rule looks at. Times in milliseconds. */
export interface Silence {
  /** The last message of each side; null when there was none in this conversation. */
  lastCustomerAt: number | null;
  lastAgentAt: number | null;
  /** Rules that have acted in this silence. */
  acted: readonly string[];
}

/** Since when the party has been silent after the other one wrote; null when it is not silent. */
export function silentSince(party: SilentParty, { lastCustomerAt, lastAgentAt }: Silence): number | null {
  const [own, other] = party === 'customer' ? [lastCustomerAt, lastAgentAt] : [lastAgentAt, lastCustomerAt];
  if (other === null) return null;
  return own === null || own < other ? other : null;
}

/** The rules that have to act now, in their order. */
export function dueRules(rules: readonly TimeoutRule[], silence: Silence, now: number): TimeoutRule[] {
  return rules.filter((rule) => {
    if (silence.acted.includes(rule.id)) return false;
    const since = silentSince(rule.silent, silence);
    return since !== null && now >= since + rule.afterMinutes * 60_000;
  });
}

/** What is wrong with rules that somebody typed; null when nothing is. */
export function problemOf(rules: readonly TimeoutRule[]): string | null {
  for (const rule of rules) {
    if (!Number.isFinite(rule.afterMinutes) || rule.afterMinutes < 1) return 'A time-out is at least a minute.';
    if ('text' in rule.action && rule.action.text.trim() === '') return 'A time-out that sends a message needs its text.';
  }
  const ids = new Set(rules.map((rule) => rule.id));
  return ids.size === rules.length ? null : 'Two time-out rules have the same id.';
}
