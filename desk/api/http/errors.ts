import type { ServerResponse } from 'node:http';
import { sendJson } from '../../../lib/http/mounted.ts';
import { CenterError } from '../../../lib/domain/errors.ts';
import type { ErrorCode } from '../../../lib/domain/errors.ts';

/** The one table from our words to HTTP's numbers. A new code does not compile until it has its place here. */
export const STATUS_OF: Record<ErrorCode, number> = {
  SESSION_EXPIRED: 409,
  SESSION_NONE: 409,
  INVALID_RECIPIENT: 422,
  NO_RECIPIENT: 422,
  SENDER_AMBIGUOUS: 409,
  ACCOUNT_MISMATCH: 409,
  ACCOUNT_MISSING: 409,
  CENTER_MISSING: 503,
  EMPTY_TEXT: 422,
  TEXT_TOO_LONG: 422,
  INVALID_TEMPLATE: 422,
  TEMPLATE_NOT_APPROVED: 422,
  TEMPLATE_VARIABLES: 422,
  OPTED_OUT: 409,
  NOT_REPEATABLE: 409,
  ALREADY_SENT: 409,
  TWILIO_REFUSED: 502,
  TWILIO_UNREACHABLE: 502,
  SEND_UNKNOWN: 502,
  MEDIA_TOO_LARGE: 413,
  MEDIA_TYPE_REFUSED: 415,
  MEDIA_UNAVAILABLE: 409,
  MEDIA_QUOTA: 429,
  UNKNOWN_MEDIA: 404,
  INVALID_LOCATION: 422,
  INVALID_CONTACT: 422,
  UNKNOWN_CONVERSATION: 404,
  UNKNOWN_MESSAGE: 404,
  CONVERSATION_CLOSED: 409,
  ILLEGAL_TRANSITION: 409,
  ALREADY_ACCEPTED: 409,
  NOT_YOUR_CONVERSATION: 403,
  OFFER_ENDED: 409,
  AGENT_UNAVAILABLE: 409,
  AGENT_FULL: 409,
  INVITATION_PENDING: 409,
  DISPOSITION_REQUIRED: 409,
  UNKNOWN_QUEUE: 404,
  UNKNOWN_COMMAND: 422,
  QUEUE_MISSING: 409,
  QUEUE_TAKEN: 409,
  QUEUE_IN_USE: 409,
  PATH_TAKEN: 409,
  FILE_TAKEN: 409,
  CLOCK_MOVED: 409,
  CLOCK_LOCKED: 409,
  RUNTIME_TOO_OLD: 503,
  PUBLIC_URL_MISSING: 409,
  TOKEN_MISSING: 409,
  MALFORMED_SID: 409,
  SENDER_MISSING: 409,
  PUBLIC_URL_UNREACHABLE: 409,
  UNKNOWN_SENDER: 409,
  INVALID_PATH: 409,
  PORT_UNAVAILABLE: 409,
  SIGN_IN_FAILED: 401,
  SIGN_IN_BLOCKED: 429,
  SIGNED_OUT: 401,
  FORBIDDEN: 403,
  UNKNOWN_AGENT: 404,
  USERNAME_TAKEN: 409,
  WEAK_PASSWORD: 422,
  SETUP_CODE_WRONG: 403,
  LAST_SUPERVISOR: 409,
  AGENT_CONFIGURED: 409,
  INVALID_REQUEST: 400,
  NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  JSON_REQUIRED: 415,
  CROSS_SITE: 403,
  HTTPS_REQUIRED: 403,
  TOO_LARGE: 413,
  INTERNAL_ERROR: 500,
  STORE_UNAVAILABLE: 503,
  STORE_OVERLOADED: 503,
  NOTHING_TO_STORE: 422,
  NOTHING_TO_ERASE: 422,
};

/** A refusal that says more than its code: the facts stand beside `error` in the answer. */
export class RefusalWithFacts extends CenterError {
  readonly facts: Record<string, unknown>;

  constructor(code: ErrorCode, message: string, facts: Record<string, unknown>) {
    super(code, message);
    this.facts = facts;
  }
}

/** Answers with `{ error: { code, message, details? } }`. */
export function sendError(response: ServerResponse, error: CenterError, headers: Record<string, string> = {}): void {
  const { code, message, details } = error;
  const retryAfter = details?.['retryAfterSeconds'];
  sendJson(
    response,
    STATUS_OF[code],
    {
      error: { code, message, ...(details === undefined ? {} : { details }) },
      ...(error instanceof RefusalWithFacts ? error.facts : {}),
    },
    { ...headers, ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }) },
  );
}
