import type { Commands, Queries } from '../contract.ts';
import { accept, closeConversation, endConversation, markSeen, reply, saveDraft } from './conversations/agent-work.ts';
import { clock, skipClock } from './clock.ts';
import type { CommandFunction, QueryFunction } from './context.ts';
import { saveCursor } from './messages/cursors.ts';
import { receiveStatus, recordFailed, recordSent, recordUnknown, refuseOutbound } from './messages/delivery.ts';
import { closeAllDesks, closeDesk, openDesk } from './routing/desks.ts';
import { reclaimHandovers, settleHandovers, takeInbound, takeReplies } from './messages/handover.ts';
import { rejectOffer } from './routing/offers.ts';
import { addAgent, agentCount, applySupervisor, changeAgent, supervisorVerifier, team } from './people/people.ts';
import { claimOutbound } from './messages/outbound.ts';
import { forgetServing, queueConversation, serveQueue, stopServingQueue } from './routing/queues.ts';
import { receive } from './messages/receive.ts';
import { admitSignIn, credentials, signIn, signOut, touchSession } from './people/sign-in.ts';
import { sweep } from './sweep.ts';
import { conversation, cursor, eventAudience, eventsAfter, messages, sessionOf, unresolved } from './messages/thread.ts';
import { erase, keepMessage, search, transcript } from './messages/transcript.ts';
import { conversationView, home } from './conversations/views.ts';

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
