import { OUTSIDE_WINDOW } from '../../domain/error-kinds.ts';
import { CenterError, isCenterError } from '../../domain/errors.ts';
import { LIMIT_TEXT } from '../../domain/session-window.ts';
import { AnswerLost, NotReached } from './transport.ts';
import { explain, plainWords } from '../error-catalogue.ts';

const CREDENTIALS = 20003;
const TOO_MANY_REQUESTS = 20429;
/** "Request timeout", said by something between us and Twilio that does not know what became of the request either. */
const TIMED_OUT = 408;

/**
 * What a failed call means for the message: refused (an answer 4xx), never sent, or not known. Only the first two are
 * certain; everything else counts as perhaps taken, because Twilio has no key by which a second create would be recognised.
 *
 * Twilio's own sentences repeat addresses and are left out; its number decides, and our catalogue says it in plain words.
 */
export function toSendError(error: unknown): CenterError {
  if (isCenterError(error)) return error;
  if (error instanceof NotReached) {
    return new CenterError('TWILIO_UNREACHABLE', 'Twilio cannot be reached, so this message was not sent.', {
      cause: error.cause,
    });
  }
  const { status, code } = answerOf(error);
  if (status !== null && status >= 400 && status < 500 && status !== TIMED_OUT) return refusal(status, code);
  return new CenterError(
    'SEND_UNKNOWN',
    'It is not known whether Twilio took this message. Do not send it again before checking.',
    {
      cause: error instanceof AnswerLost ? error.cause : undefined,
    },
  );
}

/** The same of a question about a message. Nothing is at stake, and what is an answer, if an odd one, shows that Twilio is there. */
export function toLookUpError(error: unknown): CenterError {
  const lost = error instanceof NotReached || error instanceof AnswerLost || (answerOf(error).status ?? 0) >= 500;
  const known = toSendError(error);
  if (lost || known.code !== 'SEND_UNKNOWN') return known;
  return new CenterError('TWILIO_REFUSED', 'Twilio’s list of messages cannot be read.', { cause: error });
}

/** True when the same call may be made again: nothing left this machine, or Twilio did not process it. */
export function mayRepeat(error: CenterError): boolean {
  return error.code === 'TWILIO_UNREACHABLE' || isBusy(error);
}

/** True when Twilio had too much to do and did not process the call. A daily limit (63038) is a 429 too, and is not. */
export function isBusy(error: CenterError): boolean {
  return error.code === 'TWILIO_REFUSED' && error.twilioCode !== undefined && explain(error.twilioCode).kind === 'busy';
}

function refusal(status: number, code: number | null): CenterError {
  if (code === OUTSIDE_WINDOW) return new CenterError('SESSION_EXPIRED', LIMIT_TEXT, { twilioCode: code });
  if (code !== null) return new CenterError('TWILIO_REFUSED', plainWords(code), { twilioCode: code });
  // Something before Twilio's own programs may say it without Twilio's number.
  if (status === 429) return new CenterError('TWILIO_REFUSED', plainWords(TOO_MANY_REQUESTS), { twilioCode: TOO_MANY_REQUESTS });
  const words =
    status === 401 || status === 403
      ? plainWords(CREDENTIALS)
      : `Twilio refused this message (HTTP ${status}). Tell your administrator.`;
  return new CenterError('TWILIO_REFUSED', words);
}

/** Both of the SDK's exceptions carry the HTTP status and Twilio's number, if the answer had one. */
export function answerOf(error: unknown): { status: number | null; code: number | null } {
  const { status, code } = (typeof error === 'object' && error !== null ? error : {}) as { status?: unknown; code?: unknown };
  return {
    status: typeof status === 'number' ? status : null,
    code: typeof code === 'number' && Number.isInteger(code) && code > 0 ? code : null,
  };
}
