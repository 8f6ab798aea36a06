/** What is written at the simulated sender about its webhooks, with Twilio's names. */
export interface SenderWebhook {
  callback_url: string | null;
  callback_method: string | null;
  fallback_url: string | null;
  fallback_method: string | null;
  status_callback_url: string | null;
  status_callback_method: string | null;
}

/** What our documentation asks admins to write behind a webhook's address. */
const OVERRIDES = '#rc=3&rp=5xx,ct,rt';

/**
 * The webhook addresses of the simulated sender. Until somebody writes others they are the account's own, because a phone
 * that reaches nobody would be of no use.
 */
export class WebhookSettings {
  readonly #webhookBase: () => string;
  readonly #onChange: () => void;
  #written: SenderWebhook | null = null;

  constructor(webhookBase: () => string, onChange: () => void) {
    this.#webhookBase = webhookBase;
    this.#onChange = onChange;
  }

  get current(): SenderWebhook {
    return (
      this.#written ?? {
        callback_url: `${this.#webhookBase()}/inbound${OVERRIDES}`,
        callback_method: 'POST',
        fallback_url: null,
        fallback_method: null,
        status_callback_url: null,
        status_callback_method: null,
      }
    );
  }

  write(change: Partial<SenderWebhook>): void {
    this.#written = { ...this.current, ...change };
    this.#onChange();
  }

  /** For the file that survives restarts; null while nobody has written any. */
  get written(): SenderWebhook | null {
    return this.#written;
  }

  recall(written: SenderWebhook | null): void {
    this.#written = written;
  }
}
