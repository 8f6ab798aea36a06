import type { IncomingMessage, ServerResponse } from 'node:http';
import { readBody, send, sendJson } from '../../http/mounted.ts';
import type { SimulatorContext } from '../context.ts';
import type { StoredMessage } from '../records.ts';
import type { OutboundLife } from '../webhooks/outbound-life.ts';
import { authorize } from './authorize.ts';
import { CreateMessage } from './create-message.ts';
import { listContent } from './list-content.ts';
import { listMessages } from './list-messages.ts';
import { isMediaPath, type MediaApi } from './media-api.ts';
import { messageResource } from './message-view.ts';
import { Senders } from './senders.ts';
import { Services } from './services.ts';
import { sendRefusal, TwilioRefusal } from './twilio-error.ts';

const LARGEST_BODY = 65_536;
const TYPING_MS = 25_000;
const MESSAGES = /^\/2010-04-01\/Accounts\/([^/]+)\/Messages(?:\/([^/]+))?\.json$/;
const SENDERS = /^\/v2\/Channels\/Senders(?:\/([^/]+))?$/;
const SERVICES = /^\/v1\/Services\/([^/]+)$/;
const CONTENT = /^\/v1\/ContentAndApprovals$/;
const TYPING = /^\/v[23]\/Indicators\/Typing\.json$/;

/** True for the paths of Twilio's own API, which need Twilio's sign-in and nothing else. */
export function isRestPath(subPath: string): boolean {
  return subPath.startsWith('/2010-04-01/') || [CONTENT, TYPING, SENDERS, SERVICES].some((path) => path.test(subPath));
}

/** The part of Twilio's API that a WhatsApp sender uses. */
export class RestApi {
  readonly #context: SimulatorContext;
  readonly #life: OutboundLife;
  readonly #create: CreateMessage;
  readonly #media: MediaApi;
  readonly #senders: Senders;
  readonly #services: Services;

  constructor(context: SimulatorContext, life: OutboundLife, media: MediaApi) {
    this.#context = context;
    this.#media = media;
    this.#life = life;
    this.#create = new CreateMessage(context, life);
    this.#senders = new Senders(context);
    this.#services = new Services(context);
  }

  async handle(request: IncomingMessage, response: ServerResponse, subPath: string): Promise<void> {
    try {
      authorize(request, this.#context.account);
      if (isMediaPath(subPath)) this.#media.answer(request, response, subPath);
      else if (TYPING.test(subPath)) await this.#typing(request, response);
      else if (SENDERS.test(subPath)) await this.#sender(request, response, subPath);
      else if (SERVICES.test(subPath)) await this.#service(request, response, subPath);
      else if (CONTENT.test(subPath)) this.#content(request, response, subPath);
      else await this.#messages(request, response, subPath);
    } catch (error) {
      if (!(error instanceof TwilioRefusal)) throw error;
      sendRefusal(response, error);
    }
  }

  async #messages(request: IncomingMessage, response: ServerResponse, subPath: string): Promise<void> {
    const [, accountSid, sid] = MESSAGES.exec(subPath) ?? [];
    if (accountSid !== this.#context.account.accountSid) throw notFound(subPath);
    if (sid === undefined) {
      if (request.method === 'POST') await this.#create.answer(await readForm(request), response);
      else if (request.method === 'GET')
        sendJson(response, 200, listMessages(this.#context.state.messages(), queryOf(request), accountSid));
      else throw notAllowed(subPath);
      return;
    }
    const message = this.#context.state.message(sid);
    if (!message) throw notFound(subPath);
    if (request.method === 'GET') sendJson(response, 200, messageResource(message, accountSid));
    else if (request.method === 'POST') this.#update(message, await readForm(request), response);
    else if (request.method === 'DELETE') this.#remove(message, response);
    else throw notAllowed(subPath);
  }

  async #sender(request: IncomingMessage, response: ServerResponse, subPath: string): Promise<void> {
    const [, sid] = SENDERS.exec(subPath) ?? [];
    if (sid !== undefined && sid !== this.#senders.sid) throw notFound(subPath);
    if (request.method === 'GET') {
      sendJson(response, 200, sid === undefined ? this.#senders.list(queryOf(request)) : this.#senders.resource());
    } else if (request.method === 'POST' && sid !== undefined) {
      const body = (await readBody(request, LARGEST_BODY)).toString('utf8');
      sendJson(response, 202, this.#senders.update(body, this.#context.log));
    } else throw notAllowed(subPath);
  }

  async #service(request: IncomingMessage, response: ServerResponse, subPath: string): Promise<void> {
    const sid = SERVICES.exec(subPath)![1]!;
    if (request.method === 'GET') sendJson(response, 200, this.#services.resource(sid));
    else if (request.method === 'POST') sendJson(response, 200, this.#services.update(sid, await readForm(request)));
    else throw notAllowed(subPath);
  }

  #content(request: IncomingMessage, response: ServerResponse, subPath: string): void {
    if (request.method !== 'GET') throw notAllowed(subPath);
    sendJson(response, 200, listContent(queryOf(request), this.#context.account.accountSid));
  }

  /** `Status=canceled` stops a scheduled message; an empty Body redacts. */
  #update(message: StoredMessage, form: URLSearchParams, response: ServerResponse): void {
    if (form.has('Status')) {
      if (form.get('Status') !== 'canceled' || message.status !== 'scheduled') {
        throw new TwilioRefusal(400, 30409, 'Message is not in the correct state to be canceled.');
      }
      this.#life.cancel(message);
    }
    if (form.has('Body')) {
      if (form.get('Body') !== '') throw new TwilioRefusal(400, 20001, 'Body can only be set to an empty text.');
      this.#context.state.changeMessage(message, { body: '' });
    }
    sendJson(response, 200, messageResource(message, this.#context.account.accountSid));
  }

  #remove(message: StoredMessage, response: ServerResponse): void {
    if (['accepted', 'queued', 'sending'].includes(message.status))
      throw new TwilioRefusal(409, 20009, 'Resource is not complete and cannot be deleted.');
    this.#context.state.removeMessage(message);
    response.writeHead(204).end();
  }

  /** The business writes: the phone shows "typing…" for 25 s, and the message counts as read. */
  async #typing(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== 'POST') throw notAllowed('Typing.json');
    const isJson = request.headers['content-type']?.startsWith('application/json') ?? false;
    const body = (await readBody(request, LARGEST_BODY)).toString('utf8');
    const sid = isJson ? messageIdOf(body) : new URLSearchParams(body).get('messageId');
    const message = sid ? this.#context.state.message(sid) : undefined;
    if (message?.direction !== 'inbound') throw new TwilioRefusal(400, 21211, 'Invalid message SID');
    this.#context.state.changeMessage(message, { seenByBusiness: true });
    this.#context.state.showTyping(message.address, this.#context.now() + TYPING_MS);
    sendJson(response, 200, { success: true });
  }
}

/** Answers what is neither refused nor known, when something of ours broke. */
export function sendServerError(response: ServerResponse): void {
  if (response.headersSent) response.destroy();
  else send(response, 500, 'text/plain; charset=utf-8', 'The simulator failed; see the log.');
}

async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  return new URLSearchParams((await readBody(request, LARGEST_BODY)).toString('utf8'));
}

function queryOf(request: IncomingMessage): URLSearchParams {
  const url = request.url ?? '';
  return new URLSearchParams(url.includes('?') ? url.slice(url.indexOf('?') + 1) : '');
}

function messageIdOf(json: string): string | null {
  try {
    const value = JSON.parse(json) as { messageId?: unknown } | null;
    return typeof value?.messageId === 'string' ? value.messageId : null;
  } catch {
    return null;
  }
}

function notFound(path: string): TwilioRefusal {
  return new TwilioRefusal(404, 20404, `The requested resource ${path} was not found`);
}

function notAllowed(path: string): TwilioRefusal {
  return new TwilioRefusal(405, 20004, `Method not allowed for ${path}`);
}
