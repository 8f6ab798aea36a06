import type { SimulatorContext } from '../context.ts';
import type { SenderWebhook } from '../webhook-settings.ts';
import { TwilioRefusal } from './twilio-error.ts';

/** Addresses in answers are Twilio's own; whoever stands in for it leads them here. */
const SENDERS = 'https://messaging.twilio.com/v2/Channels/Senders';
const DEFAULT_PAGE = 20;

const URLS = ['callback_url', 'fallback_url', 'status_callback_url'] as const;
const METHODS = ['callback_method', 'fallback_method', 'status_callback_method'] as const;

/** The one WhatsApp sender of the simulated account, as the Senders API v2 shows it and takes changes of its webhooks. */
export class Senders {
  readonly #context: SimulatorContext;

  constructor(context: SimulatorContext) {
    this.#context = context;
  }

  /**
   * `GET Channels/Senders?Channel=whatsapp`
   * @throws TwilioRefusal for another channel
   */
  list(query: URLSearchParams): Record<string, unknown> {
    if (query.get('Channel') !== 'whatsapp') throw new TwilioRefusal(400, 20001, 'Channel must be whatsapp.');
    const url = `${SENDERS}?Channel=whatsapp&PageSize=${DEFAULT_PAGE}&Page=0`;
    const meta = { page: 0, page_size: DEFAULT_PAGE, first_page_url: url, previous_page_url: null, url, next_page_url: null };
    return { senders: [this.resource()], meta: { ...meta, key: 'senders' } };
  }

  /** `XE…`, always the same for the same account. */
  get sid(): string {
    return `XE${this.#context.account.accountSid.slice(2)}`;
  }

  resource(): Record<string, unknown> {
    const { account, sender, webhooks } = this.#context;
    return {
      sid: this.sid,
      sender_id: sender,
      status: 'ONLINE',
      configuration: { waba_id: null, verification_method: null, verification_code: null, voice_application_sid: null },
      webhook: webhooks.current,
      profile: { name: account.name || 'Simulated sender', about: null, vertical: null, websites: [], emails: [] },
      properties: { quality_rating: 'HIGH', messaging_limit: '1K Customers/24hr' },
      offline_reasons: null,
      compliance: null,
      url: `${SENDERS}/${this.sid}`,
    };
  }

  /**
   * `POST Channels/Senders/{Sid}` with JSON; what it does not name stays.
   * @throws TwilioRefusal for what is no JSON, an address that is none, or a method that is none
   */
  update(body: string, log: SimulatorContext['log']): Record<string, unknown> {
    const given = parse(body).webhook;
    if (given !== undefined) {
      if (typeof given !== 'object' || given === null) throw invalid('webhook');
      const fields = given as Record<string, unknown>;
      const change: Partial<SenderWebhook> = {};
      for (const name of URLS) if (fields[name] !== undefined) change[name] = addressOf(name, fields[name]);
      for (const name of METHODS) if (fields[name] !== undefined) change[name] = methodOf(name, fields[name]);
      this.#context.webhooks.write(change);
      log('info', `Webhooks of the sender written: ${this.#context.webhooks.current.callback_url ?? 'none'}`);
    }
    return this.resource();
  }
}

function parse(body: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Said below.
  }
  throw new TwilioRefusal(400, 20001, 'The request body is not a JSON object.');
}

/** Twilio itself refuses localhost; a stand-in that runs beside the flow cannot. */
function addressOf(name: string, value: unknown): string | null {
  if (value === null || value === '') return null;
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.hostname.includes('_')) throw invalid(name);
  return value as string;
}

function methodOf(name: string, value: unknown): string | null {
  if (value === null || value === '') return null;
  if (value !== 'POST' && value !== 'PUT') throw invalid(name);
  return value;
}

function invalid(name: string): TwilioRefusal {
  return new TwilioRefusal(400, 20001, `Invalid parameter: ${name}`);
}
