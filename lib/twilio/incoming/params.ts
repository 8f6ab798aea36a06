import type { WebhookParams } from '../../domain/message.ts';

/** A parameter's text, "" when it is missing; of a repeated one the first, because Twilio itself never repeats a name. */
export function param(params: WebhookParams, name: string): string {
  const value = Object.hasOwn(params, name) ? params[name] : undefined;
  if (value === undefined) return '';
  return typeof value === 'string' ? value : (value[0] ?? '');
}

/** The same, `undefined` when it is missing or empty. */
export function optionalParam(params: WebhookParams, name: string): string | undefined {
  const value = param(params, name);
  return value === '' ? undefined : value;
}

/** The message's SID; the two older names carry the same value. */
export function messageSid(params: WebhookParams): string {
  return param(params, 'MessageSid') || param(params, 'SmsMessageSid') || param(params, 'SmsSid');
}
