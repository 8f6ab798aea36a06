import type { Attachment } from '../domain/attachment.ts';
import type {
  Author,
  ConversationSnapshot,
  ConversationState,
  HandledBy,
  TemplateRef,
  WhatsAppMessage,
} from '../domain/message.ts';
import type { OptOutReason } from '../domain/opt-out.ts';
import type { Command } from './command.ts';
import type { MessageView } from './views.ts';
import type { Requester } from './engine-contract.ts';

/** Commands about templates, held answers, messages sent again and conversations that we begin. */
export interface SendingCommands {
  /**
   * Takes back an answer that waits for the customer; it ends as `canceled`. Asked again by the same agent it is canceled already.
   * Throws `UNKNOWN_MESSAGE`, or `ILLEGAL_TRANSITION` when it is not held any more.
   */
  cancelHeld: Command<{ messageId: string; agentId: string }, MessageView>;
  /**
   * Sends a failed message again, as a new one that names the first. `sureItIsLost` is needed for one whose fate is not
   * known. Throws `NOT_REPEATABLE`, `SESSION_EXPIRED`, `OPTED_OUT`.
   */
  retryMessage: Command<RetryArgs, MessageView>;
  /**
   * A person says that a message whose fate was not known is with the customer; it counts as sent. Said
   * again by the same agent it changes nothing. Throws `UNKNOWN_MESSAGE`, `ILLEGAL_TRANSITION` when its fate is known.
   */
  confirmArrival: Command<{ messageId: string; agentId: string }, MessageView>;
  /**
   * Writes to a customer first, with a template: in the live conversation with them or a new one, which is then active with
   * the agent who asks. Throws `INVALID_RECIPIENT`, `OPTED_OUT`, `UNKNOWN_QUEUE`, `ALREADY_ACCEPTED`.
   */
  startConversation: Command<StartArgs, { conversationId: string; message: MessageView }>;
  /**
   * Gives a claim back: the call certainly never got to Twilio, so the message is pending again and waits. The one way by
   * which a status goes down.
   */
  postponeOutbound: Command<{ messageId: string; nodeId: string | null }, null>;
  /**
   * Claims a message that waits for Twilio, judged anew. Throws `UNKNOWN_MESSAGE`, `ALREADY_SENT`, `TWILIO_UNREACHABLE` when it
   * has waited for too long, and `OPTED_OUT`, `SESSION_EXPIRED`, `SESSION_NONE` as `claimOutbound`; the message has then failed.
   */
  claimPostponed: Command<{ messageId: string; fallback: Fallback | null }, ClaimResult>;
}

export interface SendingQueries {
  /**
   * Judges a claimed message anew, when it has waited for its call: somebody may have written STOP, or once more, meanwhile.
   * Throws `OPTED_OUT`, `SESSION_EXPIRED`, `SESSION_NONE` as `claimOutbound`.
   */
  stillSendable: Command<{ from: string; to: string; template: TemplateRef | null }, null>;
  /** An account's messages that wait for Twilio, in the order in which they leave. */
  postponed: Command<{ accountId: string }, PostponedRow[]>;
  /**
   * The customer's last message in a conversation that the agent may write in, for Twilio's typing indicator. `null` when
   * there is none within the window.
   */
  typingTarget: Command<{ conversationId: string; agentId: string }, { sid: string; accountId: string } | null>;
  /**
   * Whom an address belongs to and whether somebody is talking to them, for an agent who is about to write first.
   * Throws `INVALID_RECIPIENT`, `NO_RECIPIENT`.
   */
  recipient: Command<{ agentId: string; address: string; accountId?: string | null }, RecipientView>;
  /** Customers of the agent's own conversations by name, user name or address, the latest first; an empty text finds all. */
  knownCustomers: Command<{ agentId: string; text: string; limit: number }, KnownCustomer[]>;
}

/** An account as a person chooses it. */
export interface AccountChoice {
  id: string;
  name: string;
  /** "whatsapp:+1…"; empty where a Messaging Service chooses. */
  sender: string;
}

/** Somebody who may be written to. */
export interface RecipientView {
  /** Without "whatsapp:". */
  address: string;
  /** Null for somebody who was never heard of. */
  name: string | null;
  /** Since when nothing may be sent, and why; null while it may. */
  optedOut: { at: number; reason: OptOutReason } | null;
  /** The conversation that is going on with them. Agent and queue are told to who may see it and to who is in its queue. */
  live: {
    conversationId: string;
    state: ConversationState;
    handledBy: HandledBy;
    agent: { id: string; name: string } | null;
    queue: string | null;
    /** Whether the one who asks may open it. */
    visible: boolean;
  } | null;
}

/** A customer whom the agent has talked to. */
export interface KnownCustomer {
  address: string;
  hasNumber: boolean;
  name: string | null;
  lastMessageAt: number;
  optedOut: boolean;
}

/** A template with its values, filled in and checked (`fillTemplate`) by whoever can see the account's templates. */
export type ReplyTemplate = TemplateRef;

/** What is sent when the window is closed. */
export interface Fallback {
  template: TemplateRef;
  /** What the customer reads. */
  text: string;
}

export interface RetryArgs {
  messageId: string;
  agentId: string;
  /** Chosen by the desk, so that a repeated request is one message. */
  newMessageId: string;
  /** A person says that the customer did not get it. */
  sureItIsLost?: boolean;
}

export interface StartArgs {
  by: Requester;
  /** With or without "whatsapp:". */
  address: string;
  accountId: string;
  /** The account's sender, "whatsapp:+1…"; empty when a Messaging Service chooses it. */
  sender: string;
  /** The queue whose `notify-agent` sends it. For an agent the first queue of theirs that is served, for a flow required. */
  queueId?: string | null;
  template: ReplyTemplate;
  /** What the customer reads. */
  text: string;
  /** Chosen by who asks, so that a repeated request is one message. */
  messageId: string;
}

/** A message that waits for Twilio. */
export interface PostponedRow {
  id: string;
  from: string;
  to: string;
  conversationId: string | null;
  nodeId: string | null;
  /** Written by a flow of its own accord and a template: everything else comes first. */
  mailing: boolean;
}

export interface ClaimArgs {
  /**
   * The id of an outbound message that exists (an agent's), or that a flow chose; for an answer to a customer's
   * message, the key (inbound id, node, nth arrival) from which the same id is made on redelivery.
   */
  messageId: string | null;
  answer: AnswerKey | null;
  accountId: string;
  from: string;
  to: string;
  text: string;
  template: { contentSid: string; variables: Record<string, string> } | null;
  author: Author;
  conversationId: string | null;
  /** Sent instead when the window is closed. */
  fallback?: Fallback | null;
  /** Goes with it. An agent's message has its own. */
  attachment?: Attachment | null;
  /** The `whatsapp-out` that it leaves by. */
  nodeId?: string;
  /** Twilio cannot be reached: judged and kept, but not claimed. */
  wait?: boolean;
  /** Further parts of the same answer follow; the customer's message is taken up with the last one. */
  more?: boolean;
}

/** Which answer to which message: the same on every run of the flow. */
export interface AnswerKey {
  inboundId: string;
  nodeId: string;
  nth: number;
  /** From 2, for the further messages that a long text became. */
  part?: number;
}

export interface ClaimResult {
  /**
   * `already` when a redelivered message finds its answer: nothing is sent, nothing is wrong. `wait` when that was asked for:
   * the message is pending, and `claimPostponed` claims it.
   */
  verdict: 'send' | 'already' | 'wait';
  message: WhatsAppMessage;
  conversation: ConversationSnapshot | null;
}
