import type { PresenceView } from '../../../lib/center/views.ts';
import { MOST_SESSIONS, type Presence } from '../../../lib/domain/presence.ts';
import { isWorking } from '../../../lib/domain/routing.ts';

/** Why a status is what it is, when the system has set it; null when there is nothing to explain. */
export type PresenceReason = 'full' | 'sessions' | 'rejected' | 'missed' | 'work' | 'absent';

type Status = Pick<PresenceView, 'presence' | 'by' | 'used' | 'capacity' | 'sessions'>;

/** The system's own changes, told from what it looks at: the same facts as in `lib/domain/presence.ts`. */
export function presenceReason({ presence, by, used, capacity, sessions }: Status): PresenceReason | null {
  if (by === 'agent') return null;
  switch (presence) {
    case 'dnd':
      return sessions >= MOST_SESSIONS ? 'sessions' : used >= capacity ? 'full' : 'rejected';
    case 'inactive':
      return 'missed';
    case 'busy':
      return 'work';
    case 'offline':
      return 'absent';
    default:
      return null;
  }
}

/** Why no conversation is offered to somebody now; null while they may be asked. */
export type QuietReason =
  { kind: 'presence'; presence: Presence } | { kind: 'full' } | { kind: 'hours' } | { kind: 'stopped' } | { kind: 'no-queue' };

interface QueueState {
  isOpen: boolean;
  served: boolean;
}

/** What keeps new conversations from an agent, the strongest reason first. */
export function quietReason(status: Status, queues: readonly QueueState[]): QuietReason | null {
  if (status.presence === 'dnd' && status.by === 'system' && status.used >= status.capacity) return { kind: 'full' };
  if (!isWorking(status.presence)) return { kind: 'presence', presence: status.presence };
  if (status.used >= status.capacity) return { kind: 'full' };
  if (queues.length === 0) return { kind: 'no-queue' };
  if (queues.every((queue) => !queue.served)) return { kind: 'stopped' };
  if (queues.every((queue) => !queue.isOpen)) return { kind: 'hours' };
  return null;
}
