import { CenterError } from './errors.ts';
import type { ConversationState } from './message.ts';

/** What may move a conversation on, named as the reference names it. */
export type Transition =
  | 'accept'
  | 'end'
  | 'close'
  | 'set-aside'
  | 'customer-wrote'
  | 'window-ended'
  | 'reopen'
  | 'release'
  | 'hand-back'
  | 'time-out'
  | 'force-close';

/**
 * The states' table (`docs/states.md`). `set-aside` is closing the session without End; `close` follows End;
 * a closed conversation stays closed, the customer's next message opens a new one. A customer who writes during
 * wrap-up makes it active again with the same agent: closing it then would bury a message nobody answered.
 */
const TABLE: Record<ConversationState, Partial<Record<Transition, ConversationState>>> = {
  open: {
    accept: 'active',
    'window-ended': 'closed',
    'customer-wrote': 'open',
    release: 'open',
    'hand-back': 'open',
    'time-out': 'closed',
    'force-close': 'closed',
  },
  active: {
    end: 'wrap-up',
    'set-aside': 'waiting',
    'customer-wrote': 'active',
    release: 'open',
    'hand-back': 'open',
    'time-out': 'closed',
    'force-close': 'closed',
  },
  waiting: {
    'customer-wrote': 'open',
    reopen: 'active',
    release: 'open',
    'hand-back': 'open',
    'time-out': 'closed',
    'force-close': 'closed',
  },
  'wrap-up': { close: 'closed', 'customer-wrote': 'active', 'time-out': 'closed', 'force-close': 'closed' },
  closed: {},
};

/**
 * The state after a transition.
 * @throws CenterError `CONVERSATION_CLOSED` for a closed one, `ILLEGAL_TRANSITION` for any other that the table does not allow.
 */
export function nextState(state: ConversationState, transition: Transition): ConversationState {
  const next = TABLE[state][transition];
  if (next !== undefined) return next;
  if (state === 'closed') {
    throw new CenterError('CONVERSATION_CLOSED', 'This conversation is closed. The customer’s next message opens a new one.');
  }
  throw new CenterError('ILLEGAL_TRANSITION', `A conversation that is ${state} cannot take the step "${transition}".`);
}
