/**
 * Every expected failure carries one of these words, so that flows (`msg.error.code`), the desk and tests
 * branch on a code and never on a sentence. The words are part of the contract: they are added to, not renamed.
 */
export type ErrorCode =
  // the session window
  | 'SESSION_EXPIRED'
  | 'SESSION_NONE'
  // whom and from whom
  | 'INVALID_RECIPIENT'
  | 'NO_RECIPIENT'
  | 'SENDER_AMBIGUOUS'
  | 'ACCOUNT_MISMATCH'
  | 'ACCOUNT_MISSING'
  | 'CENTER_MISSING'
  // what is sent
  | 'EMPTY_TEXT'
  | 'TEXT_TOO_LONG'
  | 'INVALID_TEMPLATE'
  | 'TEMPLATE_NOT_APPROVED'
  | 'TEMPLATE_VARIABLES'
  | 'OPTED_OUT'
  | 'NOT_REPEATABLE'
  | 'ALREADY_SENT'
  | 'TWILIO_REFUSED'
  | 'TWILIO_UNREACHABLE'
  | 'SEND_UNKNOWN'
  // files and other attachments
  | 'MEDIA_TOO_LARGE'
  | 'MEDIA_TYPE_REFUSED'
  | 'MEDIA_UNAVAILABLE'
  | 'MEDIA_QUOTA'
  | 'UNKNOWN_MEDIA'
  | 'INVALID_LOCATION'
  | 'INVALID_CONTACT'
  // conversations and offers
  | 'UNKNOWN_CONVERSATION'
  | 'UNKNOWN_MESSAGE'
  | 'CONVERSATION_CLOSED'
  | 'ILLEGAL_TRANSITION'
  | 'ALREADY_ACCEPTED'
  | 'NOT_YOUR_CONVERSATION'
  | 'OFFER_ENDED'
  | 'AGENT_UNAVAILABLE'
  | 'AGENT_FULL'
  | 'INVITATION_PENDING'
  | 'DISPOSITION_REQUIRED'
  | 'UNKNOWN_QUEUE'
  | 'UNKNOWN_COMMAND'
  // configuration
  | 'QUEUE_MISSING'
  | 'QUEUE_TAKEN'
  | 'QUEUE_IN_USE'
  | 'PATH_TAKEN'
  | 'FILE_TAKEN'
  | 'CLOCK_MOVED'
  | 'CLOCK_LOCKED'
  | 'RUNTIME_TOO_OLD'
  | 'PUBLIC_URL_MISSING'
  | 'TOKEN_MISSING'
  | 'MALFORMED_SID'
  | 'SENDER_MISSING'
  | 'PUBLIC_URL_UNREACHABLE'
  | 'UNKNOWN_SENDER'
  | 'INVALID_PATH'
  | 'PORT_UNAVAILABLE'
  // people
  | 'SIGN_IN_FAILED'
  | 'SIGN_IN_BLOCKED'
  | 'SIGNED_OUT'
  | 'FORBIDDEN'
  | 'UNKNOWN_AGENT'
  | 'USERNAME_TAKEN'
  | 'WEAK_PASSWORD'
  | 'SETUP_CODE_WRONG'
  | 'LAST_SUPERVISOR'
  | 'AGENT_CONFIGURED'
  // requests and storage
  | 'INVALID_REQUEST'
  | 'NOT_FOUND'
  | 'METHOD_NOT_ALLOWED'
  | 'JSON_REQUIRED'
  | 'CROSS_SITE'
  | 'HTTPS_REQUIRED'
  | 'TOO_LARGE'
  | 'INTERNAL_ERROR'
  | 'STORE_UNAVAILABLE'
  | 'STORE_OVERLOADED'
  | 'NOTHING_TO_STORE'
  | 'NOTHING_TO_ERASE';

/** What else a refusal may carry: Twilio's own number, the cause, and facts for the person who reads it. */
export interface CenterErrorOptions {
  twilioCode?: number;
  cause?: unknown;
  details?: Record<string, string | number>;
}

/**
 * The one class of expected failures.
 *
 * `String(error)` is the message alone, without "Error: ", because Node-RED puts `String(err)` into
 * `msg.error.message` for Catch nodes.
 */
export class CenterError extends Error {
  readonly code: ErrorCode;
  readonly twilioCode?: number;
  readonly details?: Record<string, string | number>;

  constructor(code: ErrorCode, message: string, options: CenterErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'CenterError';
    this.code = code;
    if (options.twilioCode !== undefined) this.twilioCode = options.twilioCode;
    if (options.details !== undefined) this.details = options.details;
  }

  override toString(): string {
    return this.message;
  }
}

/** True for a {@link CenterError}, also for one that crossed a thread and was rebuilt. */
export function isCenterError(error: unknown): error is CenterError {
  return error instanceof CenterError;
}

/** True for the store's own trouble, which passes, as opposed to that with one message. */
export function isStoreTrouble(error: unknown): error is CenterError {
  return isCenterError(error) && (error.code === 'STORE_UNAVAILABLE' || error.code === 'STORE_OVERLOADED');
}
