import type { DeskServer } from './desk.ts';
import { type Browser } from './desk.ts';
import { EventReader } from './event-reader.ts';

/** A conversation as the desk's answers have it, as far as tests look. */
export interface Conversation {
  id: string;
  state: string;
  handledBy: string;
  agent: { id: string } | null;
  queue: { id: string; name: string } | null;
  customer: { address: string };
  work: { role: string; invitation: { kind: string; to: { id: string } } | null; participants: { id: string; as: string }[] };
}
export interface Home {
  offers: { id: string; kind: string; from: { id: string } | null; note: string | null; conversation: Conversation }[];
  mine: Conversation[];
  open: Conversation[];
  attending: Conversation[];
}

/** A team over HTTP: each with a browser, and a live desk where somebody has to be there. */
export class Team {
  readonly server: DeskServer;
  readonly ids: Record<string, string> = {};
  readonly browsers: Record<string, Browser> = {};
  readonly readers: Record<string, EventReader> = {};

  constructor(server: DeskServer) {
    this.server = server;
  }

  async join(username: string, role: 'agent' | 'supervisor' = 'agent'): Promise<void> {
    this.ids[username] = (await this.server.addAgent(username, role)).id;
    this.browsers[username] = await this.server.signedIn(username);
    await this.listen(username);
  }

  async listen(username: string): Promise<EventReader> {
    const after = (await this.server.center.query('eventsAfter', { seq: Number.MAX_SAFE_INTEGER, limit: 1 })).lastSeq;
    const reader = await EventReader.open(this.browsers[username]!, after);
    this.readers[username] = reader;
    await reader.next('center', 'desk.opened');
    return reader;
  }

  async home(username: string): Promise<Home> {
    return (await this.browsers[username]!.get('/api/home')).json as unknown as Home;
  }

  /** A step on a conversation; its answer's status, or status and code when it was refused. */
  async step(username: string, id: string, step: string, body: unknown = {}, method = 'POST'): Promise<unknown> {
    const { status, json } = await this.browsers[username]!.ask(`/api/conversations/${id}/${step}`, { method, body });
    return status < 400 ? status : [status, json.error!.code];
  }

  async form(username: string, id: string): Promise<Conversation> {
    return (await this.browsers[username]!.get(`/api/conversations/${id}`)).json as unknown as Conversation;
  }

  async types(): Promise<[string, string | null][]> {
    const { events } = await this.server.center.query('eventsAfter', { seq: 0, limit: 10_000 });
    return events.map((event) => [event.type, event.reason]);
  }

  async stop(): Promise<void> {
    for (const reader of Object.values(this.readers)) reader.close();
    await this.server.stop();
  }
}
