import type { ServerResponse } from 'node:http';
import { newSid } from '../../../lib/simulator/state.ts';
import { json, serveApi, type RecordedCall } from '../../unit/twilio/fixture.ts';

/** A message that Twilio has taken over. */
export interface Create {
  sid: string;
  to: string;
  from: string;
  body: string;
  statusCallback: string;
  at: Date;
}

/** What becomes of a create once it is recorded: "answer" for the usual 201, "silence" when it has answered or never will. */
export type Recorded = (create: Create, response: ServerResponse) => 'answer' | 'silence' | Promise<'answer' | 'silence'>;

/** Twilio's Messages API as far as sending and looking up goes; it counts what it was asked to send and fails when told to. */
export class TwilioStub {
  readonly url: string;
  readonly creates: Create[] = [];
  /** Whether messages can be found afterwards; Twilio's list is not always there, and a lost request never is. */
  listed = true;
  /** Whether it answers questions with 503, as in an outage. */
  down = false;
  /** About whom it was asked during that. */
  readonly askedInVain = new Set<string>();
  onRecorded: Recorded = () => 'answer';
  readonly #close: () => Promise<void>;

  private constructor(url: string, close: () => Promise<void>) {
    this.url = url;
    this.#close = close;
  }

  static async start(port = 0): Promise<TwilioStub> {
    const box: { stub?: TwilioStub } = {};
    const server = await serveApi((response, call) => void box.stub!.#answer(response, call), port);
    box.stub = new TwilioStub(server.url, server.close);
    return box.stub;
  }

  /** How often a text was sent. */
  count(body: string): number {
    return this.creates.filter((create) => create.body === body).length;
  }

  close(): Promise<void> {
    return this.#close();
  }

  async #answer(response: ServerResponse, call: RecordedCall): Promise<void> {
    if (call.method === 'POST') return this.#create(response, call);
    if (this.down) {
      this.askedInVain.add(call.query.get('To') ?? '');
      json(response, 503, { code: 20503, message: 'Service Unavailable', status: 503 });
      return;
    }
    const found = this.listed ? this.creates.filter((create) => fits(create, call)) : [];
    json(response, 200, { messages: found.reverse().map(resource), page: 0, page_size: 50, next_page_uri: null });
  }

  async #create(response: ServerResponse, { form }: RecordedCall): Promise<void> {
    const text = (name: string): string => String(form[name] ?? '');
    const create: Create = {
      sid: newSid('SM'),
      to: text('To'),
      from: text('From'),
      body: text('Body'),
      statusCallback: text('StatusCallback'),
      at: new Date(),
    };
    this.creates.push(create);
    if ((await this.onRecorded(create, response)) === 'answer') json(response, 201, resource(create));
  }
}

function fits(create: Create, { query }: RecordedCall): boolean {
  return [
    ['To', create.to],
    ['From', create.from],
  ].every(([name, value]) => (query.get(name!) ?? value) === value);
}

function resource({ sid, to, from, body, at }: Create): Record<string, unknown> {
  return {
    sid,
    to,
    from,
    body,
    status: 'queued',
    direction: 'outbound-api',
    date_created: at.toUTCString(),
    date_updated: at.toUTCString(),
    date_sent: null,
    error_code: null,
    error_message: null,
    num_segments: '1',
    num_media: '0',
  };
}
