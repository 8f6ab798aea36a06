import type { DeliveryStatus } from './delivery-status.ts';
import { kindOfCode, OPT_OUT_CODES, type ErrorKind } from './error-kinds.ts';
import { isOutsideSession } from './session-window.ts';

/**
 * Whether a message may be sent again: `now`; `when-open` once the session window is open; `if-lost` when a person is sure
 * that the customer did not get it; `never`, because the same would be refused again or it is no failure.
 */
export type RetryOutlook = 'now' | 'when-open' | 'if-lost' | 'never';

const OF_KIND: Record<ErrorKind, RetryOutlook> = {
  busy: 'now',
  hiccup: 'now',
  // A callback with one of these says for certain that it failed.
  ambiguous: 'now',
  perhaps: 'now',
  account: 'now',
  permission: 'now',
  webhook: 'now',
  template: 'when-open',
  recipient: 'never',
  content: 'never',
  unknown: 'never',
};

/** Refusals of our own that no second attempt changes. */
const FINAL: ReadonlySet<string> = new Set([
  'INVALID_RECIPIENT',
  'NO_RECIPIENT',
  'EMPTY_TEXT',
  'TEXT_TOO_LONG',
  'INVALID_TEMPLATE',
  'TEMPLATE_VARIABLES',
]);

/** The outlook of a message by its status and by why it failed: our code, and Twilio's number if there is one. */
export function retryOutlook(message: {
  status: DeliveryStatus;
  isTemplate: boolean;
  code: string | null;
  twilioCode: number | null;
}): RetryOutlook {
  const { status, isTemplate, code, twilioCode } = message;
  if (status === 'unknown') return 'if-lost';
  if (status !== 'failed' && status !== 'undelivered') return 'never';
  const outlook = outlookOf(code, twilioCode);
  return outlook === 'when-open' && isTemplate ? 'now' : outlook;
}

function outlookOf(code: string | null, twilioCode: number | null): RetryOutlook {
  if (twilioCode !== null) {
    // Whether the customer may be written to again is known when it is tried.
    return OPT_OUT_CODES.has(twilioCode) ? 'now' : OF_KIND[kindOfCode(twilioCode)];
  }
  if (code !== null && isOutsideSession(code)) return 'when-open';
  return code !== null && FINAL.has(code) ? 'never' : 'now';
}
