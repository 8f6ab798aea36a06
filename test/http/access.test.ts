import { expect } from 'chai';
import { ROUTES } from '../../desk/api/routes/index.ts';
import { MediaFolder } from '../../lib/store/media-folder.ts';
import { ContentApi, WELCOME } from '../support/content-api.ts';
import { pdf, png } from '../support/files.ts';
import { DeskServer, inbound, PASSWORD, type Answer, type Browser } from '../support/desk.ts';

/**
 * Who gets what from every route, object by object. "own" is the caller's conversation, "theirs" another agent's,
 * "queued" one that waits, "flow" one the flow handles alone, "none" one that does not exist.
 */
type Caller = 'signed out' | 'disabled' | 'agent' | 'supervisor';
type Thing = 'own' | 'theirs' | 'queued' | 'flow' | 'none';
type ByThing = Record<Thing, number>;

interface Row {
  /** Status for somebody without a session; 401 unless said otherwise. */
  outside?: number;
  agent: number | ByThing;
  /** The same as for an agent unless said otherwise. */
  supervisor?: number | ByThing;
  /** What is sent; a function where it names the caller or a colleague. */
  body?: unknown | ((people: { me: string; colleague: string }) => unknown);
  query?: string;
  /** Sent as it is, instead of a JSON body. */
  raw?: Buffer;
}

const READ: ByThing = { own: 200, theirs: 404, queued: 200, flow: 404, none: 404 };
/** Supervisors see every conversation; what they may do with it depends on its state alone. */
const ANY = (done: number): ByThing => ({ own: done, theirs: done, queued: done, flow: done, none: 404 });
const OWN_ONLY = (done: number): ByThing => ({ own: done, theirs: 403, queued: 403, flow: 403, none: 404 });
/** A person, a status or a queue: all but the last exist. */
const EXISTING: ByThing = ANY(200);
const PERSON = (done: number): ByThing => ({ own: done, theirs: done, queued: 404, flow: 404, none: 404 });

const TABLE: Record<string, Row> = {
  'GET /api/session': { agent: 200 },
  'POST /api/session': { outside: 401, agent: 401, body: { username: 'nobody', password: 'wrong password' } },
  'DELETE /api/session': { outside: 204, agent: 204 },
  'POST /api/setup': { outside: 403, agent: 403, body: { code: 'X', username: 'mallory', name: 'M', password: PASSWORD } },
  'GET /api/presence': { agent: 200 },
  'PUT /api/presence': { agent: 200, body: { presence: 'away' } },
  'GET /api/statuses': { agent: 403, supervisor: 200 },
  'POST /api/statuses': { agent: 403, supervisor: 201, body: { label: 'Lunch', base: 'away' } },
  'PUT /api/statuses/:id': { agent: 403, supervisor: EXISTING, body: { label: 'Training', base: 'busy' } },
  'DELETE /api/statuses/:id': { agent: 403, supervisor: ANY(204) },
  'GET /api/home': { agent: 200 },
  'DELETE /api/returned': { agent: 204 },
  'POST /api/events/alive': { agent: 204, body: { deskId: 'nobody-s' } },
  'GET /api/closed-today': { agent: 200, query: '?since=0' },
  'GET /api/conversations/:id': { agent: READ, supervisor: ANY(200) },
  'GET /api/conversations/:id/messages': { agent: READ, supervisor: ANY(200) },
  'POST /api/conversations/:id/accept': { agent: { own: 200, theirs: 409, queued: 200, flow: 409, none: 404 }, body: {} },
  'POST /api/conversations/:id/end': { agent: OWN_ONLY(200), body: {} },
  'POST /api/conversations/:id/close': { agent: OWN_ONLY(200), body: {} },
  'POST /api/conversations/:id/seen': { agent: OWN_ONLY(204), body: {} },
  'POST /api/conversations/:id/messages': { agent: OWN_ONLY(201), body: { id: 'message-1', text: 'Hello' } },
  'PUT /api/conversations/:id/draft': { agent: OWN_ONLY(204), body: { text: 'Hel' } },
  'PUT /api/conversations/:id/internal-draft': {
    agent: { own: 204, theirs: 404, queued: 204, flow: 404, none: 404 },
    supervisor: ANY(204),
    body: { text: 'Is he' },
  },
  'GET /api/conversations/:id/transfer-targets': { agent: READ, supervisor: ANY(200) },
  'POST /api/conversations/:id/transfer': {
    agent: OWN_ONLY(200),
    // What nobody has cannot be passed from hand to hand.
    supervisor: { own: 200, theirs: 200, queued: 409, flow: 409, none: 404 },
    body: ({ colleague }: { colleague: string }) => ({ toAgentId: colleague }),
  },
  'POST /api/conversations/:id/cancel-invitation': { agent: OWN_ONLY(204), supervisor: ANY(204), body: {} },
  'POST /api/conversations/:id/release': {
    agent: OWN_ONLY(200),
    supervisor: { own: 200, theirs: 200, queued: 200, flow: 409, none: 404 },
    body: {},
  },
  'POST /api/conversations/:id/hand-back': { agent: OWN_ONLY(200), supervisor: ANY(200), body: {} },
  'POST /api/conversations/:id/consult': {
    agent: OWN_ONLY(200),
    body: ({ colleague }: { colleague: string }) => ({ toAgentId: colleague }),
  },
  // The same answer to who takes no part and to what is not there.
  'POST /api/conversations/:id/leave': { agent: 204, body: {} },
  'POST /api/conversations/:id/assign': {
    agent: { own: 200, theirs: 403, queued: 200, flow: 404, none: 404 },
    supervisor: { own: 200, theirs: 200, queued: 200, flow: 409, none: 404 },
    body: ({ me }: { me: string }) => ({ toAgentId: me }),
  },
  'POST /api/conversations/:id/force-close': { agent: 403, supervisor: ANY(200), body: {} },
  'POST /api/conversations/:id/attend': { agent: 403, supervisor: ANY(200), body: { as: 'monitor' } },
  'GET /api/conversations/:id/remarks': { agent: READ, supervisor: ANY(200) },
  'POST /api/conversations/:id/remarks': {
    agent: { own: 201, theirs: 404, queued: 201, flow: 404, none: 404 },
    supervisor: ANY(201),
    body: { kind: 'note', text: 'Prefers mornings' },
  },
  'PUT /api/conversations/:id/tags': { agent: OWN_ONLY(200), supervisor: ANY(200), body: { tags: ['vip'] } },
  'PUT /api/conversations/:id/dispositions': { agent: OWN_ONLY(200), body: { codes: [] } },
  'POST /api/conversations/:id/files': { agent: OWN_ONLY(201), raw: pdf(), query: '?name=offer.pdf' },
  // A customer's picture in the conversation; to take back, a file that its agent has uploaded.
  'GET /api/media/:id': { agent: READ, supervisor: ANY(200) },
  'POST /api/media/:id/retry': { agent: READ, supervisor: ANY(200), body: {} },
  'DELETE /api/media/:id': { agent: { own: 204, theirs: 404, queued: 404, flow: 404, none: 404 } },
  // A message in the conversation of which nobody knows what became of it.
  'POST /api/messages/:id/retry': { agent: OWN_ONLY(201), body: { id: 'again', sureItIsLost: true } },
  'POST /api/messages/:id/arrived': { agent: OWN_ONLY(200), body: {} },
  // The offer of a conversation, where it has one for the caller.
  'GET /api/accounts': { agent: 200 },
  'GET /api/accounts/:id/templates': { agent: { own: 200, theirs: 200, queued: 200, flow: 200, none: 409 } },
  'POST /api/conversations/:id/templates': {
    // What an agent may not see is not there; what they may see and have not accepted is not theirs to write in.
    agent: { own: 201, theirs: 404, queued: 403, flow: 404, none: 404 },
    supervisor: OWN_ONLY(201),
    body: { id: 'template-1', contentSid: WELCOME, variables: { 1: 'Ada' } },
  },
  'POST /api/conversations/:id/typing': { agent: OWN_ONLY(204), body: {} },
  // A held answer in a conversation of this kind.
  'POST /api/messages/:id/cancel': { agent: { own: 200, theirs: 403, queued: 404, flow: 404, none: 404 }, body: {} },
  'GET /api/recipients': { agent: 200, query: '?address=%2B15550177001' },
  'GET /api/customers': { agent: 200, query: '?text=' },
  'POST /api/conversations': {
    agent: 201,
    body: { id: 'start-0001', address: '+15550177001', contentSid: WELCOME, variables: { 1: 'Ada' } },
  },
  'POST /api/offers/:id/reject': { agent: { own: 409, theirs: 404, queued: 204, flow: 404, none: 404 }, body: {} },
  'GET /api/team': { agent: 403, supervisor: 200 },
  'POST /api/team': {
    agent: 403,
    supervisor: 201,
    body: { username: 'new.person', name: 'New Person', role: 'agent', password: PASSWORD },
  },
  'PATCH /api/team/:id': { agent: 403, supervisor: PERSON(200), body: { name: 'Renamed' } },
  // The last supervisor stays.
  'DELETE /api/team/:id': { agent: 403, supervisor: { own: 409, theirs: 204, queued: 404, flow: 404, none: 404 } },
  'GET /api/team-work': { agent: 403, supervisor: 200 },
  'PATCH /api/team/:id/work': { agent: 403, supervisor: PERSON(200), body: { capacity: 9 } },
  'GET /api/supervision': { agent: 403, supervisor: 200 },
  'POST /api/supervision/actions': {
    agent: 403,
    supervisor: 200,
    body: { conversationIds: ['no-such-thing'], action: 'force-close' },
  },
  'GET /api/audit': { agent: 403, supervisor: 200 },
  'GET /api/queues': { agent: 403, supervisor: 200 },
  'GET /api/queues/:id': { agent: 403, supervisor: EXISTING },
  'PATCH /api/queues/:id': { agent: 403, supervisor: EXISTING, body: { units: 2 } },
  'DELETE /api/queues/:id': { agent: 403, supervisor: { own: 409, theirs: 409, queued: 409, flow: 409, none: 404 } },
  'GET /api/events': { agent: 200 },
  'GET /api/openapi.json': { outside: 200, agent: 200 },
};

const CALLERS: Caller[] = ['signed out', 'disabled', 'agent', 'supervisor'];
const THINGS: Thing[] = ['own', 'theirs', 'queued', 'flow', 'none'];

describe('desk API: who may do what', () => {
  it('names every route in its table, and no other', () => {
    expect(ROUTES.map((route) => `${route.method} ${route.path}`).sort()).to.deep.equal(Object.keys(TABLE).sort());
  });

  it('answers 404 to what is not a route', async () => {
    const server = await DeskServer.start();
    try {
      const browser = await server.signedIn('sam');
      for (const path of ['/api', '/api/', '/api/agents', '/api/home/', '/api/messages', '/api/team/1/2', '/api/../api/home/x']) {
        expect((await browser.get(path)).status, path).to.equal(404);
      }
      const wrong = await browser.post('/api/home');
      expect([wrong.status, wrong.headers['allow']]).to.deep.equal([405, 'GET']);
    } finally {
      await server.stop();
    }
  });

  for (const [name, row] of Object.entries(TABLE)) {
    const [method = '', path = ''] = name.split(' ');
    const things = path.includes(':id') ? THINGS : (['none'] as Thing[]);
    it(`${name}: ${CALLERS.length} callers × ${things.length} objects`, async () => {
      const scene = await Scene.set();
      try {
        for (const caller of CALLERS) {
          for (const thing of things) {
            const wanted = wantedStatus(row, caller, thing);
            const answer = await scene.ask(caller, thing, method, path, row);
            expect(answer.status, `${caller}, ${thing}: ${answer.text}`).to.equal(wanted);
          }
        }
      } finally {
        await scene.stop();
      }
    }).timeout(30_000);
  }
});

function wantedStatus(row: Row, caller: Caller, thing: Thing): number {
  if (caller === 'signed out' || caller === 'disabled') return row.outside ?? 401;
  const wanted = caller === 'supervisor' ? (row.supervisor ?? row.agent) : row.agent;
  return typeof wanted === 'number' ? wanted : wanted[thing];
}

type People = Record<'agent' | 'supervisor' | 'other' | 'colleague' | 'disabled', string>;

/** A center with one conversation of each kind for each caller, made anew for every question. */
class Scene {
  readonly server: DeskServer;
  readonly #twilio: ContentApi;
  readonly #ids: People;
  #count = 0;

  private constructor(server: DeskServer, twilio: ContentApi, ids: People) {
    this.server = server;
    this.#twilio = twilio;
    this.#ids = ids;
  }

  static async set(): Promise<Scene> {
    const twilio = await new ContentApi().open();
    const server = await DeskServer.start({ supervisor: null }, (center) => twilio.channel(center));
    await server.queue();
    const [supervisor, agent, other, colleague, disabled] = [
      await server.addAgent('sue', 'supervisor'),
      await server.addAgent('ana'),
      await server.addAgent('bea'),
      await server.addAgent('cleo'),
      await server.addAgent('dora'),
    ];
    // Somebody who is there, to whom conversations can be passed.
    await server.center.run('openDesk', { deskId: 'colleague', agentId: colleague.id });
    return new Scene(server, twilio, {
      agent: agent.id,
      supervisor: supervisor.id,
      other: other.id,
      colleague: colleague.id,
      disabled: disabled.id,
    });
  }

  async stop(): Promise<void> {
    await this.server.stop();
    await this.#twilio.close();
  }

  async ask(caller: Caller, thing: Thing, method: string, path: string, { body, raw, query = '' }: Row): Promise<Answer> {
    const browser = await this.#browserOf(caller);
    const url = path.replace(':id', await this.#idFor(caller, thing, path, method)) + query;
    if (path === '/api/events') {
      const response = await browser.open(url, method, {});
      response.destroy();
      return { status: response.statusCode!, headers: response.headers, text: '', json: {} };
    }
    const people = { me: this.#ids[caller === 'supervisor' ? 'supervisor' : 'agent'], colleague: this.#ids.colleague };
    const sent = typeof body === 'function' ? (body as (given: typeof people) => unknown)(people) : body;
    // A message's id is good for one message.
    const named = typeof sent === 'object' && sent !== null && 'id' in sent;
    const payload = named ? { ...sent, id: `message-${(this.#count += 1)}` } : sent;
    const answer = await browser.ask(url, { method, ...(raw === undefined ? { body: payload } : { raw }) });
    await this.#clear();
    return answer;
  }

  #idFor(caller: Caller, thing: Thing, path: string, method: string): Promise<string> | string {
    if (path.startsWith('/api/media/')) return this.#fileFor(caller, thing, method);
    if (path.endsWith('/cancel')) return this.#heldFor(caller, thing);
    if (path.startsWith('/api/messages/')) return this.#messageFor(caller, thing);
    if (path.startsWith('/api/team/')) return this.#personFor(caller, thing);
    if (path.startsWith('/api/statuses/')) return this.#statusFor(thing);
    if (path.startsWith('/api/accounts/')) return thing === 'none' ? 'no-such-thing' : 'account';
    if (path.startsWith('/api/queues/')) return thing === 'none' ? 'no-such-thing' : this.server.queue();
    return this.#objectFor(caller, thing, path);
  }

  /** So that nobody runs out of capacity before the last question. */
  async #clear(): Promise<void> {
    const { center } = this.server;
    const actorId = this.#ids.supervisor;
    const { conversations } = await center.query('supervision', { actorId });
    for (const { id } of conversations) await center.run('forceClose', { conversationId: id, by: { agentId: actorId } });
    await center.run('closeDesk', { deskId: 'desk' });
  }

  async #statusFor(thing: Thing): Promise<string> {
    if (thing === 'none') return 'no-such-thing';
    const status = { label: `Status ${(this.#count += 1)}`, base: 'away' as const };
    return (await this.server.center.run('saveStatus', { actorId: this.#ids.supervisor, id: null, ...status })).id;
  }

  async #browserOf(caller: Caller): Promise<Browser> {
    if (caller === 'signed out') return this.server.browser();
    if (caller === 'supervisor') return this.server.signedIn('sue');
    if (caller === 'agent') return this.server.signedIn('ana');
    const change = (disabled: boolean) =>
      this.server.center.run('changeAgent', { actorId: this.#ids.supervisor, agentId: this.#ids.disabled, change: { disabled } });
    await change(false);
    const browser = await this.server.signedIn('dora');
    await change(true);
    return browser;
  }

  #personFor(caller: Caller, thing: Thing): string {
    if (thing === 'own') return this.#ids[caller === 'supervisor' ? 'supervisor' : 'agent'];
    return thing === 'theirs' ? this.#ids.other : 'nobody-at-all';
  }

  /** What its agent holds in a conversation of this kind; where nobody can, what the customer wrote. */
  async #heldFor(caller: Caller, thing: Thing): Promise<string> {
    if (thing === 'none') return 'no-such-thing';
    const { center } = this.server;
    const conversationId = await this.#objectFor(caller, thing, '');
    if (thing === 'queued' || thing === 'flow') {
      const page = await center.query('messages', { conversationId, agentId: this.#ids.supervisor, limit: 1 });
      return page.messages[0]!.id;
    }
    const agentId = thing === 'theirs' ? this.#ids.other : this.#ids[caller === 'supervisor' ? 'supervisor' : 'agent'];
    await center.run('skipClock', { byMs: 25 * 3_600_000, allSimulators: true });
    const messageId = `held-${(this.#count += 1)}`;
    await center.run('reply', { conversationId, agentId, messageId, text: 'Later', hold: true });
    return messageId;
  }

  /** A stored picture in a conversation of this kind, or what its agent has uploaded to it. */
  async #fileFor(caller: Caller, thing: Thing, method: string): Promise<string> {
    if (thing === 'none') return 'no-such-thing';
    const { center } = this.server;
    const conversationId = await this.#objectFor(caller, thing, '');
    const owner = thing === 'theirs' ? this.#ids.other : this.#ids[caller === 'supervisor' ? 'supervisor' : 'agent'];
    const folder = new MediaFolder(center.file);
    const stored = {
      kind: 'image' as const,
      contentType: 'image/png',
      extension: 'png',
      name: 'a.png',
      contacts: [],
      durationMs: null,
    };
    if (method === 'DELETE' && (thing === 'own' || thing === 'theirs')) {
      const { mediaId, file } = await center.run('beginUpload', { conversationId, agentId: owner });
      const { size } = await folder.write(file, one(png()), 1000);
      await center.run('finishFile', { mediaId, size, ...stored });
      return mediaId;
    }
    const message = inbound((await center.query('conversation', { conversationId }))!.customer.address, '', center.now());
    const media = [{ url: 'https://api.twilio.com/x', contentType: 'image/png', sid: 'ME1' }];
    await center.run('receive', { accountId: 'account', routed: true, message: { ...message, type: 'image', media } });
    const [job] = await center.run('takeMedia', { accountId: 'account', limit: 1 });
    const { size } = await folder.write(job!.file, one(png()), 1000);
    await center.run('mediaStored', { mediaId: job!.mediaId, size, ...stored });
    return job!.mediaId;
  }

  /** A message that the flow has sent in a conversation of this kind, and of which nobody knows. */
  async #messageFor(caller: Caller, thing: Thing): Promise<string> {
    if (thing === 'none') return 'no-such-thing';
    const { center } = this.server;
    const conversationId = await this.#objectFor(caller, thing, '');
    const { address } = (await center.query('conversation', { conversationId }))!.customer;
    const { message } = await center.run('claimOutbound', {
      messageId: null,
      answer: null,
      accountId: 'account',
      from: inbound(address, '', 0).to,
      to: `whatsapp:${address}`,
      text: 'Hello',
      template: null,
      author: { kind: 'flow' },
      conversationId,
    });
    await center.run('recordUnknown', { messageId: message.id, text: 'Nobody knows.' });
    return message.id;
  }

  /** A conversation of this kind as seen by this caller, or its offer. */
  async #objectFor(caller: Caller, thing: Thing, path: string): Promise<string> {
    if (thing === 'none') return 'no-such-thing';
    const { center } = this.server;
    const me = this.#ids[caller === 'supervisor' ? 'supervisor' : 'agent'];
    const from = `+1555012${String((this.#count += 1)).padStart(4, '0')}`;
    if (thing === 'flow') {
      const message = inbound(from, 'Hello', center.now());
      return (await center.run('receive', { accountId: 'account', routed: true, message })).conversationId!;
    }
    const forOffer = path.startsWith('/api/offers/');
    if (forOffer) await center.run('openDesk', { deskId: 'desk', agentId: thing === 'theirs' ? this.#ids.other : me });
    const conversationId = await this.server.queued(from);
    const owner = thing === 'theirs' ? this.#ids.other : me;
    const offerId = forOffer
      ? (await center.query('home', { agentId: owner })).offers.find((offer) => offer.conversation.id === conversationId)!.id
      : '';
    if (thing !== 'queued') await center.run('accept', { conversationId, agentId: owner });
    return forOffer ? offerId : conversationId;
  }
}

async function* one(bytes: Buffer): AsyncGenerator<Uint8Array> {
  yield bytes;
}
