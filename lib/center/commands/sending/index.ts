import { confirmArrival } from './arrival.ts';
import { cancelHeld } from './held.ts';
import { claimPostponed, postponed, postponeOutbound, stillSendable } from './postponed.ts';
import { knownCustomers, recipient } from './recipients.ts';
import { reply } from './reply.ts';
import { retryMessage } from './retry.ts';
import { startConversation } from './start.ts';
import { typingTarget } from './typing-target.ts';

/** Commands about what we write to customers. */
export const sendingCommands = {
  reply,
  cancelHeld,
  retryMessage,
  confirmArrival,
  startConversation,
  postponeOutbound,
  claimPostponed,
};

export const sendingQueries = { stillSendable, typingTarget, postponed, recipient, knownCustomers };
