import type { StoredMessage, TwilioStatus } from '../records.ts';

const EVENT_TYPES: Partial<Record<TwilioStatus, string>> = { delivered: 'DELIVERED', read: 'READ', undelivered: 'UNDELIVERED' };

/** The form of a status callback, with the names of captured ones. */
export function statusForm(
  message: StoredMessage,
  status: TwilioStatus,
  accountSid: string,
  sender: string,
): Record<string, string> {
  const failed = status === 'failed' || status === 'undelivered';
  const eventType = EVENT_TYPES[status];
  return {
    ChannelPrefix: 'whatsapp',
    ...(message.messagingServiceSid ? { MessagingServiceSid: message.messagingServiceSid } : {}),
    ApiVersion: '2010-04-01',
    MessageStatus: status,
    SmsSid: message.sid,
    SmsStatus: status,
    ChannelInstallSid: `XE${accountSid.slice(2)}`,
    To: message.to,
    From: message.from ?? sender,
    MessageSid: message.sid,
    AccountSid: accountSid,
    ChannelToAddress: maskedAddress(message.address),
    ...(status === 'sent' ? { StructuredMessage: message.contentSid === null ? 'false' : 'true' } : {}),
    ...(eventType ? { EventType: eventType } : {}),
    ...(failed && message.errorCode !== null ? { ErrorCode: String(message.errorCode) } : {}),
    ...(failed && message.errorMessage ? { ErrorMessage: message.errorMessage, ChannelStatusMessage: message.errorMessage } : {}),
  };
}

/** The last four characters are hidden, as in captured callbacks; nobody may take this for an address. */
function maskedAddress(address: string): string {
  return `${address.slice(0, -4)}XXXX`;
}
