import { CenterError, isCenterError } from '../../domain/errors.ts';
import { plainWords } from '../error-catalogue.ts';
import { answerOf } from './send-error.ts';

/** Twilio's numbers for credentials that do not fit, and for an account or region that is not there. */
const CREDENTIALS: ReadonlySet<number> = new Set([20003, 20005, 20008, 20404]);

/**
 * What a failed question to Twilio means. Nothing is at stake, so there are two answers: Twilio said no, or it could not be asked.
 * @param what is not known because of it: "the templates"
 */
export function toReadError(error: unknown, what: string): CenterError {
  if (isCenterError(error)) return error;
  const { status, code } = answerOf(error);
  if (status !== null && status >= 400 && status < 500) {
    const words =
      code !== null && CREDENTIALS.has(code)
        ? plainWords(code)
        : `Twilio did not give ${what} (${code === null ? `HTTP ${status}` : `error ${code}`}).`;
    return new CenterError('TWILIO_REFUSED', words, code === null ? {} : { twilioCode: code });
  }
  return new CenterError('TWILIO_UNREACHABLE', `Twilio cannot be asked for ${what} now. Try again in a moment.`, {
    cause: error,
  });
}
