import type { Commands, Queries } from '../contract.ts';
import { accept, closeConversation, endConversation, markSeen } from './conversations/agent-work.ts';
import { clock, skipClock } from './time/clock.ts';
import type { CommandFunction, QueryFunction } from './context.ts';
import { saveCursor } from './messages/cursors.ts';
import { receiveStatus, recordFailed, recordSent, recordUnknown, refuseOutbound } from './messages/delivery.ts';
import { closeAllDesks, closeDesk, openDesk } from './routing/desks.ts';
import { inboundWaiting, reclaimHandovers, settleHandovers, takeInbound, takeReplies } from './messages/handover.ts';
import { rejectOffer } from './routing/declined-offers.ts';
import { addAgent, agentCount, applySupervisor, changeAgent, removeAgent, supervisorVerifier, team } from './people/people.ts';
import { claimOutbound } from './messages/outbound.ts';
import { forgetServing, queueConversation, queues, serveQueue, stopServingQueue } from './routing/queues.ts';
import { enterArrivals, keepArrival, resumeArrivals, setArrivalAside } from './messages/arrivals.ts';
import { receive } from './messages/receive.ts';
import { admitSignIn, credentials, signIn, signOut, touchSession } from './people/sign-in.ts';
import { sweep } from './time/sweep.ts';
import { eventAudience } from './messages/audience.ts';
import { conversation, cursor, eventsAfter, messages, sessionOf, unresolved } from './messages/thread.ts';
import { erase, indexTexts, keepMessage, search, transcript } from './messages/transcript.ts';
import { mediaCommands, mediaQueries } from './media/index.ts';
import { attend, leave } from './conversations/attend.ts';
import { saveDraft, saveInternalDraft } from './conversations/drafts.ts';
import { conversationView } from './conversations/form.ts';
import { dismissReturned } from './conversations/returned.ts';
import { home } from './conversations/home.ts';
import { cancelInvitation, consult, transferToAgent } from './conversations/invitations.ts';
import { setAttributes, setDispositions, setTags } from './conversations/labels.ts';
import { assign, forceClose, handBack, release, sayFromFlow, setAside, transferToQueue } from './conversations/moves.ts';
import { remark, remarks } from './conversations/remarks.ts';
import { closedToday, transferTargets } from './conversations/transfer-targets.ts';
import { presence, setPresence, statuses } from './routing/presence.ts';
import { audit } from './supervision/audit.ts';
import { changeWork, teamWork } from './supervision/agent-work-settings.ts';
import { changeQueue, queueSettings } from './supervision/queue-settings.ts';
import { removeQueue } from './supervision/remove-queue.ts';
import { sendingCommands, sendingQueries } from './sending/index.ts';
import { removeStatus, saveStatus } from './supervision/statuses.ts';
import { supervision } from './supervision/supervision.ts';

/** Everything that changes the center, by name. */
export const commands: { [Name in keyof Commands]: CommandFunction<Name> } = {
  receive,
  keepArrival,
  enterArrivals,
  setArrivalAside,
  resumeArrivals,
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
  endConversation,
  closeConversation,
  markSeen,
  saveDraft,
  saveInternalDraft,
  dismissReturned,
  openDesk,
  closeDesk,
  closeAllDesks,
  sweep,
  keepMessage,
  indexTexts,
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
  setPresence,
  transferToAgent,
  transferToQueue,
  cancelInvitation,
  release,
  handBack,
  consult,
  leave,
  remark,
  setTags,
  setAttributes,
  setDispositions,
  setAside,
  forceClose,
  assign,
  attend,
  sayFromFlow,
  changeQueue,
  removeQueue,
  saveStatus,
  removeStatus,
  changeWork,
  removeAgent,
  ...mediaCommands,
  ...sendingCommands,
};

/** Everything that can be asked, by name. */
export const queries: { [Name in keyof Queries]: QueryFunction<Name> } = {
  clock,
  conversation,
  sessionOf,
  home,
  inboundWaiting,
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
  presence,
  transferTargets,
  remarks,
  closedToday,
  queueSettings,
  statuses,
  teamWork,
  supervision,
  audit,
  ...mediaQueries,
  ...sendingQueries,
};
