import type { AgentView, ConversationView, HomeView, MessagePage, MessageView, Role } from '../../../lib/center/views.ts';
import { DeskError, toDeskError } from './desk-error.ts';
import { createEngineApi, type EngineApi } from './engine-api.ts';
import { createMediaApi, type FileSender, type MediaApi, type UploadProgress } from './media-api.ts';
import { createSendingApi, type SendingApi } from './sending-api.ts';

/** Proves to the server that a request comes from this page: no other site can set it without being asked first. */
const PAGE_HEADER = { 'X-Twentyfour-Desk': '1' };

/** Milliseconds after which a call counts as unanswered. */
const CALL_LIMIT_MS = 20_000;

export interface SignedIn {
  agent: AgentView;
  setupNeeded: boolean;
  /** The page came without TLS over a network. */
  plainHttp: boolean;
}

export interface NewTeamMember {
  username: string;
  name: string;
  role: Role;
  password: string;
}

export type TeamChange = Partial<{ name: string; role: Role; disabled: boolean; password: string }>;

export interface DeskApi extends EngineApi, MediaApi, SendingApi {
  session(): Promise<SignedIn>;
  signIn(username: string, password: string): Promise<SignedIn>;
  signOut(): Promise<void>;
  setUp(setup: { code: string; username: string; name: string; password: string }): Promise<SignedIn>;
  home(): Promise<HomeView>;
  conversation(id: string): Promise<ConversationView>;
  /** The newest messages, or those before a page's `before`. */
  messages(id: string, limit: number, before?: number): Promise<MessagePage>;
  accept(conversationId: string): Promise<ConversationView>;
  reject(offerId: string): Promise<void>;
  /** The id is chosen here, so that a repeated request stays one message. */
  reply(conversationId: string, messageId: string, text: string, extras?: ReplyExtras): Promise<MessageView>;
  end(conversationId: string): Promise<ConversationView>;
  close(conversationId: string): Promise<ConversationView>;
  seen(conversationId: string): Promise<void>;
  /** `leaving` lets the request outlive the page. */
  saveDraft(conversationId: string, text: string, leaving?: boolean): Promise<void>;
  saveInternalDraft(conversationId: string, text: string, leaving?: boolean): Promise<void>;
  team(): Promise<AgentView[]>;
  /** Sent again with the same id, it is one person. */
  addMember(member: NewTeamMember & { id: string }): Promise<AgentView>;
  changeMember(id: string, change: TeamChange): Promise<AgentView>;
  /** This page still has the line that the server calls so. */
  confirmLine(deskId: string): Promise<void>;
  /** The body of the live updates from just behind `lastSeq`. */
  events(lastSeq: number, signal: AbortSignal): Promise<ReadableStream<Uint8Array>>;
}

/** What an answer has besides its text. */
export interface ReplyExtras {
  /** An uploaded file; the text is then its caption. */
  mediaId?: string;
  /** When the window is closed: sent by itself when the customer writes again. */
  hold?: boolean;
}

interface ErrorBody {
  error?: { code?: string; message?: string; details?: Record<string, string | number> };
  setupNeeded?: boolean;
  plainHttp?: boolean;
}

/** True when nobody is on the team yet and the first supervisor has to be made. */
export function isSetupNeeded(error: DeskError): boolean {
  return error.details.setupNeeded === 1;
}

/** True when the page came without TLS over a network. */
export function isPlainHttp(error: DeskError): boolean {
  return error.details.plainHttp === 1;
}

/**
 * Every method throws a DeskError.
 * @param fetcher `fetch`, or a stand-in in tests
 * @param sender the same for files
 */
export function createDeskApi(fetcher: typeof fetch, sender: FileSender, base = ''): DeskApi {
  async function request(method: string, path: string, body?: unknown, init: RequestInit = {}): Promise<Response> {
    const headers: Record<string, string> = { ...PAGE_HEADER, ...(init.headers as Record<string, string> | undefined) };
    if (body !== undefined) headers['Content-Type'] = 'application/json';
    let response: Response;
    try {
      response = await fetcher(base + path, {
        method,
        credentials: 'same-origin',
        cache: 'no-store',
        signal: AbortSignal.timeout(CALL_LIMIT_MS),
        ...init,
        headers,
        body: body === undefined ? undefined : JSON.stringify(body),
      });
    } catch (error) {
      throw toDeskError(error);
    }
    if (!response.ok) throw await refusal(response);
    return response;
  }

  async function call<Result>(method: string, path: string, body?: unknown, init?: RequestInit): Promise<Result> {
    const response = await request(method, path, body, init);
    return response.status === 204 ? (undefined as Result) : readJson<Result>(response);
  }

  const send: Parameters<typeof createMediaApi>[1] = async <Result>(path: string, file: Blob, progress: UploadProgress) => {
    const type = file.type === '' ? 'application/octet-stream' : file.type;
    const { status, body } = await sender(base + path, file, { ...PAGE_HEADER, 'Content-Type': type }, progress);
    const response = new Response(body, { status: status < 200 || status > 599 ? 502 : status });
    if (!response.ok) throw await refusal(response);
    return readJson<Result>(response);
  };

  const conversation = (id: string, rest = ''): string => `api/conversations/${encodeURIComponent(id)}${rest}`;

  return {
    ...createEngineApi(call),
    ...createMediaApi(call, send),
    ...createSendingApi(call),
    session: () => call('GET', 'api/session'),
    signIn: (username, password) => call('POST', 'api/session', { username, password }),
    signOut: () => call('DELETE', 'api/session'),
    setUp: (setup) => call('POST', 'api/setup', setup),
    home: () => call('GET', 'api/home'),
    conversation: (id) => call('GET', conversation(id)),
    messages: (id, limit, before) =>
      call('GET', conversation(id, `/messages?limit=${limit}${before === undefined ? '' : `&before=${before}`}`)),
    accept: (id) => call('POST', conversation(id, '/accept'), {}),
    reject: (offerId) => call('POST', `api/offers/${encodeURIComponent(offerId)}/reject`, {}),
    reply: (id, messageId, text, extras = {}) => call('POST', conversation(id, '/messages'), { id: messageId, text, ...extras }),
    end: (id) => call('POST', conversation(id, '/end'), {}),
    close: (id) => call('POST', conversation(id, '/close'), {}),
    seen: (id) => call('POST', conversation(id, '/seen'), {}),
    saveDraft: (id, text, leaving = false) =>
      call('PUT', conversation(id, '/draft'), { text }, leaving ? { keepalive: true } : {}),
    saveInternalDraft: (id, text, leaving = false) =>
      call('PUT', conversation(id, '/internal-draft'), { text }, leaving ? { keepalive: true } : {}),
    team: () => call('GET', 'api/team'),
    addMember: (member) => call('POST', 'api/team', member),
    changeMember: (id, change) => call('PATCH', `api/team/${encodeURIComponent(id)}`, change),
    confirmLine: (deskId) => call('POST', 'api/events/alive', { deskId }),
    async events(lastSeq, signal) {
      const headers = { Accept: 'text/event-stream', 'Last-Event-ID': String(lastSeq) };
      const response = await request('GET', 'api/events', undefined, { signal, headers });
      if (response.body === null) throw new DeskError(response.status, 'BAD_ANSWER', 'The live updates came without a body.');
      return response.body;
    },
  };
}

async function readJson<Result>(response: Response): Promise<Result> {
  try {
    return (await response.json()) as Result;
  } catch (error) {
    throw new DeskError(response.status, 'BAD_ANSWER', error instanceof Error ? error.message : String(error));
  }
}

async function refusal(response: Response): Promise<DeskError> {
  let body: ErrorBody = {};
  try {
    body = (await response.json()) as ErrorBody;
  } catch {
    // A proxy's error page is no JSON; the status alone has to do.
  }
  const code = body.error?.code ?? (response.status === 401 ? 'SIGNED_OUT' : 'BAD_ANSWER');
  const facts = {
    ...(body.setupNeeded === true ? { setupNeeded: 1 } : {}),
    ...(body.plainHttp === true ? { plainHttp: 1 } : {}),
  };
  const details = { ...body.error?.details, ...facts };
  return new DeskError(response.status, code, body.error?.message ?? `HTTP ${response.status}`, details);
}
