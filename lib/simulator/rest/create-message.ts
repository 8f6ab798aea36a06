import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { send, sendJson } from '../../http/mounted.ts';
import type { SimulatorContext } from '../context.ts';
import { newSid } from '../state.ts';
import type { StoredMessage } from '../records.ts';
import type { OutboundLife } from '../webhooks/outbound-life.ts';
import { readCreate } from './create-parameters.ts';
import type { CreateRequest } from './create-parameters.ts';
import { messageResource } from './message-view.ts';
import { renderTemplate } from './templates.ts';
import { sendRefusal, TwilioRefusal } from './twilio-error.ts';

/** `POST Messages.json`, with the faults that Twilio, or the line to it, can have at this moment. */
export class CreateMessage {
  readonly #context: SimulatorContext;
  readonly #life: OutboundLife;

  constructor(context: SimulatorContext, life: OutboundLife) {
    this.#context = context;
    this.#life = life;
  }

  /** @throws TwilioRefusal */
  async answer(form: URLSearchParams, response: ServerResponse): Promise<void> {
    const { account, faults, pace, signal, log } = this.#context;
    if (faults.take('api-503')) {
      log('warn', 'Answered 503 on purpose; nothing was accepted, and to be asked again later');
      sendRefusal(response, new TwilioRefusal(503, 20503, 'Service Unavailable'), { 'retry-after': '5' });
      return;
    }
    if (faults.take('api-429')) {
      log('warn', 'Answered 429 on purpose; nothing was accepted');
      sendRefusal(response, new TwilioRefusal(429, 20429, 'Too Many Requests'), { 'twilio-concurrent-requests': '101' });
      return;
    }
    if (faults.take('api-500')) {
      log('warn', 'Answered 500 on purpose; nothing was accepted');
      throw new TwilioRefusal(500, 20500, 'Internal Server Error');
    }
    const message = this.#accept(readCreate(form, account, this.#context.now()));
    if (faults.take('api-500-accepted')) {
      log('warn', `Accepted a message, answered 500 on purpose`);
      throw new TwilioRefusal(500, 20500, 'Internal Server Error');
    }
    if (faults.take('api-dropped')) {
      log('warn', `Accepted a message, dropped the connection on purpose`);
      response.destroy();
      return;
    }
    // The answer's fields are those of this moment, whatever happens to the message while it is held back.
    const resource = messageResource(message, account.accountSid);
    if (faults.take('api-timeout')) {
      log('warn', `Accepted a message, answering ${pace.apiTimeoutMs / 1000} s late on purpose`);
      await delay(pace.apiTimeoutMs, undefined, { signal }).catch(() => undefined);
    }
    if (faults.take('api-unreadable')) {
      log('warn', `Accepted a message, answered 201 with an unreadable body on purpose`);
      send(response, 201, 'application/json; charset=utf-8', '{"sid": "SM');
      return;
    }
    sendJson(response, 201, resource);
  }

  #accept(request: CreateRequest): StoredMessage {
    const { state, now } = this.#context;
    const asked = request.to.slice('whatsapp:'.length);
    const { address } =
      state.customer(asked) ??
      state.addCustomer({
        address: asked,
        name: '',
        kind: asked.startsWith('+') ? 'number' : 'hidden',
        note: 'The business wrote first',
      });
    const { template, location, mediaUrl } = request;
    const message: StoredMessage = {
      sid: newSid(template || mediaUrl ? 'MM' : 'SM'),
      direction: 'outbound-api',
      address,
      from: request.from,
      to: request.to,
      body: template ? renderTemplate(template, request.variables) : request.body,
      messagingServiceSid: request.messagingServiceSid,
      numMedia: mediaUrl === null ? 0 : 1,
      status: request.sendAt !== null ? 'scheduled' : request.messagingServiceSid !== null ? 'accepted' : 'queued',
      errorCode: null,
      errorMessage: null,
      createdAt: now(),
      updatedAt: now(),
      sentAt: null,
      statusCallback: request.statusCallback,
      sendAt: request.sendAt,
      // What it is shows when it is fetched.
      kind: template ? 'template' : location ? 'location' : mediaUrl ? 'document' : 'text',
      location,
      media: null,
      mediaUrl,
      contentSid: template?.contentSid ?? null,
      buttons: template ? template.quickReplies.map((reply) => ({ ...reply })) : [],
      list: template?.list ?? null,
      links: template?.links ?? [],
      chosen: null,
      buttonPayload: null,
      answered: false,
      quotedSid: null,
      forwarded: null,
      ad: null,
      reaction: '',
      webhook: null,
      seenByBusiness: false,
    };
    state.addMessage(message);
    this.#life.begin(message);
    return message;
  }
}
