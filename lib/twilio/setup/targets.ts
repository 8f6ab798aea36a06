import type { Twilio } from 'twilio';
import type { Account } from '../account.ts';

/** Where webhook addresses are written at Twilio: a WhatsApp sender, or a Messaging Service that sends for several. */
export type TargetKind = 'sender' | 'service';

/** What stands at a sender or a service about webhooks; null where nothing does. */
export interface WebhookSettings {
  callbackUrl: string | null;
  callbackMethod: string | null;
  fallbackUrl: string | null;
  fallbackMethod: string | null;
  statusCallbackUrl: string | null;
  statusCallbackMethod: string | null;
  /** A service only: it leaves incoming messages to what stands at each number. */
  useNumber?: boolean;
}

/** A sender or a service with what is set there now. */
export interface Target {
  kind: TargetKind;
  sid: string;
  /** "whatsapp:+1…", or the service's name. */
  name: string;
  settings: WebhookSettings;
}

/** A WhatsApp sender of an account, as a person chooses it. */
export interface SenderChoice {
  sid: string;
  /** "whatsapp:+1…" */
  address: string;
  /** What customers see. */
  name: string;
  /** Twilio's word: "ONLINE", "OFFLINE", "CREATING" … */
  status: string;
  settings: WebhookSettings;
}

/** Far more senders than an account has. */
const MOST_SENDERS = 1000;

/**
 * Every WhatsApp sender of the account (Senders API v2). Phone numbers of the account are something else: they need not be
 * senders, and senders need not be numbers of Twilio's.
 */
export async function listSenders(api: Twilio): Promise<SenderChoice[]> {
  const senders = await api.messaging.v2.channelsSenders.list({ channel: 'whatsapp', limit: MOST_SENDERS });
  return senders.map(({ sid, senderId, status, profile, friendlyName, webhook }) => ({
    sid,
    address: senderId,
    name: profile?.name || friendlyName || '',
    status,
    settings: settingsOfSender(webhook),
  }));
}

/** The sender and the service that the account uses, as far as Twilio knows them. */
export async function targetsOf(api: Twilio, account: Account): Promise<Target[]> {
  const targets: Target[] = [];
  if (account.sender !== '') {
    const found = (await listSenders(api)).find(({ address }) => address === account.sender);
    if (found !== undefined) targets.push({ kind: 'sender', sid: found.sid, name: found.address, settings: found.settings });
  }
  if (account.messagingServiceSid !== '') {
    const service = await api.messaging.v1.services(account.messagingServiceSid).fetch();
    targets.push({
      kind: 'service',
      sid: service.sid,
      name: service.friendlyName || service.sid,
      settings: {
        callbackUrl: service.inboundRequestUrl || null,
        callbackMethod: service.inboundMethod || null,
        fallbackUrl: service.fallbackUrl || null,
        fallbackMethod: service.fallbackMethod || null,
        statusCallbackUrl: service.statusCallback || null,
        statusCallbackMethod: null,
        useNumber: service.useInboundWebhookOnNumber === true,
      },
    });
  }
  return targets;
}

/** Writes settings to a sender or a service. */
export async function writeSettings(api: Twilio, kind: TargetKind, sid: string, settings: WebhookSettings): Promise<void> {
  if (kind === 'sender') {
    const webhook = {
      callback_url: settings.callbackUrl,
      callback_method: settings.callbackMethod ?? 'POST',
      fallback_url: settings.fallbackUrl,
      fallback_method: settings.fallbackMethod ?? 'POST',
      status_callback_url: settings.statusCallbackUrl,
      status_callback_method: settings.statusCallbackMethod ?? 'POST',
    };
    // The SDK writes JSON with the names it is given, and Twilio reads these; its types name them otherwise.
    await api.messaging.v2.channelsSenders(sid).update({ webhook } as object);
    return;
  }
  await api.messaging.v1.services(sid).update({
    inboundRequestUrl: settings.callbackUrl ?? '',
    inboundMethod: settings.callbackMethod ?? 'POST',
    fallbackUrl: settings.fallbackUrl ?? '',
    fallbackMethod: settings.fallbackMethod ?? 'POST',
    statusCallback: settings.statusCallbackUrl ?? '',
    useInboundWebhookOnNumber: settings.useNumber === true,
  });
}

/** The SDK leaves the names inside of a sender as Twilio wrote them. */
function settingsOfSender(webhook: unknown): WebhookSettings {
  const fields = (typeof webhook === 'object' && webhook !== null ? webhook : {}) as Record<string, unknown>;
  const textOf = (name: string, other: string): string | null => {
    const value = fields[name] ?? fields[other];
    return typeof value === 'string' && value !== '' ? value : null;
  };
  return {
    callbackUrl: textOf('callback_url', 'callbackUrl'),
    callbackMethod: textOf('callback_method', 'callbackMethod'),
    fallbackUrl: textOf('fallback_url', 'fallbackUrl'),
    fallbackMethod: textOf('fallback_method', 'fallbackMethod'),
    statusCallbackUrl: textOf('status_callback_url', 'statusCallbackUrl'),
    statusCallbackMethod: textOf('status_callback_method', 'statusCallbackMethod'),
  };
}
