import type { IncomingMessage, ServerResponse } from 'node:http';
import { BodyTooLarge, readBody, sendJson } from '../../http/mounted.ts';
import type { SimulatorContext } from '../context.ts';
import { FILE_KINDS } from '../phone-contract.ts';
import type { FileKind, ListItem, PhoneExtras, PhoneInput, PhoneState } from '../phone-contract.ts';
import { SAMPLE_AD } from '../sample-customers.ts';
import { newSid, shownAddress } from '../state.ts';
import type { StoredMessage } from '../records.ts';
import { customerView, phoneMessage } from '../views.ts';
import type { InboundDelivery } from '../webhooks/inbound-delivery.ts';
import type { OutboundLife } from '../webhooks/outbound-life.ts';
import { isSameOrigin, isSameOriginJson } from './guard.ts';
import type { LiveUpdates } from './live-updates.ts';
import type { SimulatorLog } from './simulator-log.ts';
import { PhoneFiles } from './phone-files.ts';
import { BadInput, readFault, readFields, readHidden, readInput, readNewCustomer, readSkip, readText } from './read-input.ts';

const LARGEST_BODY = 65_536;

export interface PhoneApiOptions {
  context: SimulatorContext;
  life: OutboundLife;
  inbound: InboundDelivery;
  updates: LiveUpdates;
  log: SimulatorLog;
  skipClock: (byMs: number) => Promise<number>;
  clockOffset: () => number;
}

/** The JSON API behind the phone page: what the person with the phone in hand can do. */
export class PhoneApi {
  readonly #options: PhoneApiOptions;
  readonly #files: PhoneFiles;

  constructor(options: PhoneApiOptions) {
    this.#options = options;
    this.#files = new PhoneFiles(options.context.files);
  }

  async handle(request: IncomingMessage, response: ServerResponse, name: string): Promise<void> {
    if (request.method === 'GET') {
      if (name === 'state') sendJson(response, 200, this.#state());
      else if (name.startsWith('media/')) await this.#serveFile(request, response, name.slice('media/'.length));
      else if (name === 'events') this.#options.updates.open(request, response, this.#state());
      else sendProblem(response, 404, 'There is nothing here.');
      return;
    }
    if (request.method !== 'POST') {
      sendProblem(response, 405, 'Only GET and POST.');
      return;
    }
    const { publicUrl } = this.#options.context.account;
    const isFile = name === 'files';
    if (!(isFile ? isSameOrigin(request, publicUrl) : isSameOriginJson(request, publicUrl))) {
      sendProblem(response, 403, isFile ? 'Only from the phone page itself.' : 'Only JSON from the phone page itself.');
      return;
    }
    try {
      if (isFile) {
        sendJson(response, 201, await this.#files.upload(request));
        return;
      }
      const fields = readFields((await readBody(request, LARGEST_BODY)).toString('utf8'));
      const answer = await this.#act(name, fields);
      if (answer === undefined) sendProblem(response, 404, 'There is nothing here.');
      else sendJson(response, 200, answer);
    } catch (error) {
      if (error instanceof BodyTooLarge) sendProblem(response, 413, error.message);
      else if (error instanceof BadInput) sendProblem(response, 400, error.message);
      else throw error;
    }
  }

  async #act(name: string, fields: Record<string, unknown>): Promise<unknown> {
    const { context, life, log } = this.#options;
    switch (name) {
      case 'customers': {
        const { kind, name: profileName } = readNewCustomer(fields);
        const note =
          kind === 'contact'
            ? 'Known contact'
            : kind === 'number'
              ? 'A number nobody has seen before'
              : 'Hides the number behind a user name';
        const customer = context.state.addCustomer({ address: context.state.freeAddress(kind), name: profileName, kind, note });
        return customerView(customer, []);
      }
      case 'send':
        return { id: (await this.#send(this.#addressOf(fields), readInput(fields))).sid };
      case 'hide': {
        const customer = context.state.customer(this.#addressOf(fields))!;
        context.state.hideNumber(customer, readHidden(fields));
        return customerView(customer, []);
      }
      case 'read':
        life.read(this.#addressOf(fields));
        return {};
      case 'faults': {
        const { fault, times } = readFault(fields);
        context.faults.set(fault, times);
        return { faults: context.faults.view() };
      }
      case 'skip': {
        const byMs = readSkip(fields);
        const offsetMs = await this.#options.skipClock(byMs);
        log.add('info', `Clock moved ahead by ${byMs / 3_600_000} h`);
        life.checkSchedule();
        this.#options.updates.tell({ type: 'clock', now: context.now(), offsetMs });
        return { now: context.now(), offsetMs };
      }
      default:
        return undefined;
    }
  }

  #addressOf(fields: Record<string, unknown>): string {
    const address = readText(fields, 'address');
    if (!this.#options.context.state.customer(address)) throw new BadInput('"address" is no customer of this phone.');
    return address;
  }

  async #serveFile(request: IncomingMessage, response: ServerResponse, sid: string): Promise<void> {
    if (!(await this.#files.serve(request, response, this.#options.context.state, sid)))
      sendProblem(response, 404, 'There is nothing here.');
  }

  async #send(address: string, input: PhoneInput): Promise<StoredMessage> {
    const { state, now, sender } = this.#options.context;
    const pressed = input.kind === 'button' ? this.#press(address, input.messageId, input.buttonId) : null;
    const picked = input.kind === 'list' ? this.#pick(address, input.messageId, input.itemId) : null;
    const reactedTo = input.kind === 'reaction' ? this.#inThread(address, input.messageId) : null;
    const answered = pressed?.template ?? picked?.template ?? reactedTo ?? this.#quoted(address, input);
    const extras: PhoneExtras = 'text' in input ? input : {};
    const media = isFileInput(input) ? await this.#files.take(input.kind, input.fileId) : null;
    const message: StoredMessage = {
      sid: newSid(media ? 'MM' : 'SM'),
      direction: 'inbound',
      address,
      from: shownAddress(state.customer(address)!),
      to: sender,
      body: pressed?.button.title ?? picked?.item.title ?? (input.kind === 'reaction' ? input.emoji : textOf(input)),
      messagingServiceSid: this.#options.context.account.messagingServiceSid || null,
      numMedia: media ? 1 : 0,
      status: 'received',
      errorCode: null,
      errorMessage: null,
      createdAt: now(),
      updatedAt: now(),
      sentAt: now(),
      statusCallback: null,
      sendAt: null,
      kind: input.kind,
      location: input.kind === 'location' ? input.location : null,
      media,
      mediaUrl: null,
      contentSid: null,
      buttons: [],
      list: null,
      links: [],
      chosen: picked?.item ?? null,
      buttonPayload: pressed ? pressed.button.id : null,
      answered: false,
      quotedSid: answered?.sid ?? null,
      forwarded: extras.forwarded ?? null,
      ad: extras.fromAd === true ? SAMPLE_AD : null,
      reaction: '',
      webhook: null,
      seenByBusiness: false,
    };
    if (reactedTo && input.kind === 'reaction') state.changeMessage(reactedTo, { reaction: input.emoji });
    if (pressed || picked) state.changeMessage(answered!, { answered: true });
    state.addMessage(message);
    this.#options.inbound.begin(message);
    return message;
  }

  #press(
    address: string,
    messageId: string,
    buttonId: string,
  ): { template: StoredMessage; button: { id: string; title: string } } {
    const template = this.#options.context.state.message(messageId);
    const button = template?.buttons.find((candidate) => candidate.id === buttonId);
    if (!template || !button || template.address !== address) throw new BadInput('There is no such button in this thread.');
    if (template.answered) throw new BadInput('This message has been answered already.');
    return { template, button };
  }

  #pick(address: string, messageId: string, itemId: string): { template: StoredMessage; item: ListItem } {
    const template = this.#options.context.state.message(messageId);
    const item = template?.list?.items.find((candidate) => candidate.id === itemId);
    if (!template || !item || template.address !== address) throw new BadInput('There is no such row in this thread.');
    return { template, item };
  }

  /** The message of the thread that this one answers. */
  #quoted(address: string, input: PhoneInput): StoredMessage | null {
    if (!('quotedId' in input) || input.quotedId === undefined) return null;
    return this.#inThread(address, input.quotedId);
  }

  #inThread(address: string, sid: string): StoredMessage {
    const message = this.#options.context.state.message(sid);
    if (message?.address !== address) throw new BadInput('There is no such message in this thread.');
    return message;
  }

  #state(): PhoneState {
    const { context, clockOffset, log } = this.#options;
    const { state, account, sender, now, faults } = context;
    const all = new Map(state.messages().map((message) => [message.sid, message]));
    return {
      business: { address: sender.replace(/^whatsapp:/, ''), name: account.name },
      now: now(),
      offsetMs: clockOffset(),
      customers: state.customers().map((customer) => {
        const thread = state.thread(customer.address);
        return { ...customerView(customer, thread), messages: thread.flatMap((message) => phoneMessage(message, all) ?? []) };
      }),
      faults: faults.view(),
      log: log.entries(),
    };
  }
}

function textOf(input: PhoneInput): string {
  return 'text' in input ? input.text : '';
}

function isFileInput(input: PhoneInput): input is Extract<PhoneInput, { kind: FileKind }> {
  return FILE_KINDS.includes(input.kind as FileKind);
}

/** Refusals of the phone's API: `{ error: { message } }`. */
export function sendProblem(response: ServerResponse, status: number, message: string): void {
  sendJson(response, status, { error: { message } });
}
