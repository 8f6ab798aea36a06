import type { SimulatorContext } from '../context.ts';
import { TwilioRefusal } from './twilio-error.ts';

const SERVICES = 'https://messaging.twilio.com/v1/Services';

/** The simulated account's Messaging Service as far as webhooks are concerned; what is written here is shown and not acted upon. */
export class Services {
  readonly #context: SimulatorContext;
  #webhooks = {
    inbound_request_url: null as string | null,
    inbound_method: 'POST',
    fallback_url: null as string | null,
    fallback_method: 'POST',
    status_callback: null as string | null,
    use_inbound_webhook_on_number: true,
  };

  constructor(context: SimulatorContext) {
    this.#context = context;
  }

  /** @throws TwilioRefusal 404/20404 for another service than the account's */
  resource(sid: string): Record<string, unknown> {
    const { account } = this.#context;
    if (sid !== account.messagingServiceSid) throw new TwilioRefusal(404, 20404, `The service ${sid} was not found`);
    return {
      sid,
      account_sid: account.accountSid,
      friendly_name: 'Simulated service',
      ...this.#webhooks,
      url: `${SERVICES}/${sid}`,
    };
  }

  /** Form fields; what it does not name stays, an empty address takes one away. Throws as {@link resource}. */
  update(sid: string, form: URLSearchParams): Record<string, unknown> {
    this.resource(sid);
    const text = (name: string, before: string | null): string | null => (form.has(name) ? form.get(name) || null : before);
    const now = this.#webhooks;
    const useNumber = form.get('UseInboundWebhookOnNumber');
    this.#webhooks = {
      inbound_request_url: text('InboundRequestUrl', now.inbound_request_url),
      inbound_method: form.get('InboundMethod') || now.inbound_method,
      fallback_url: text('FallbackUrl', now.fallback_url),
      fallback_method: form.get('FallbackMethod') || now.fallback_method,
      status_callback: text('StatusCallback', now.status_callback),
      use_inbound_webhook_on_number: useNumber === null ? now.use_inbound_webhook_on_number : useNumber === 'true',
    };
    return this.resource(sid);
  }
}
