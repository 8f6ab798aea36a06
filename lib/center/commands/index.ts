import type { Commands, Queries } from '../contract.ts';
import { accept, closeConversation, endConversation, markSeen, reply, saveDraft } from './agent-work.ts';
import { clock, skipClock } from './clock.ts';
import type { CommandFunction, QueryFunction } from './context.ts';
import { saveCursor } from './cursors.ts';
import { receiveStatus, recordFailed, recordSent, recordUnknown, refuseOutbound } from './delivery.ts';
import { closeAllDesks, closeDesk, openDesk } from './desks.ts';
import { reclaimHandovers, settleHandovers, takeInbound, takeReplies } from './handover.ts';
import { rejectOffer } from './offers.ts';
import { addAgent, agentCount, applySupervisor, changeAgent, supervisorVerifier, team } from './people.ts';
import { claimOutbound } from './outbound.ts';
import { forgetServing, queueConversation, queues, serveQueue, stopServingQueue } from './queues.ts';
import { receive } from './receive.ts';
import { admitSignIn, credentials, signIn, signOut, touchSession } from './sign-in.ts';
import { sweep } from './sweep.ts';
import { conversation, cursor, eventAudience, eventsAfter, messages, sessionOf, unresolved } from './thread.ts';
import { erase, keepMessage, search, transcript } from './transcript.ts';
import { conversationView, home } from './views.ts';

/** Everything that changes the center, by name. */
export const commands: { [Name in keyof Commands]: CommandFunction<Name> } = {
  receive,
  receiveStatus,
  takeInbound,
  takeReplies,
  settleHandovers,
  reclaimHandovers,
  claimOutbound,
  recordSent,
  recordFailed,
  recordUnknown,
  refuseOutbound,
  serveQueue,
  stopServingQueue,
  forgetServing,
  queueConversation,
  accept,
  rejectOffer,
  reply,
  endConversation,
  closeConversation,
  markSeen,
  saveDraft,
  openDesk,
  closeDesk,
  closeAllDesks,
  sweep,
  keepMessage,
  erase,
  saveCursor,
  admitSignIn,
  signIn,
  signOut,
  touchSession,
  addAgent,
  changeAgent,
  applySupervisor,
  skipClock,
};

/** Everything that can be asked, by name. */
export const queries: { [Name in keyof Queries]: QueryFunction<Name> } = {
  clock,
  conversation,
  sessionOf,
  home,
  queues,
  conversationView,
  messages,
  eventsAfter,
  transcript,
  search,
  cursor,
  unresolved,
  eventAudience,
  team,
  agentCount,
  supervisorVerifier,
  credentials,
};
