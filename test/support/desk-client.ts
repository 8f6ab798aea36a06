import { randomUUID } from 'node:crypto';
import type { ConversationView, HomeView, MessagePage, MessageView } from '../../lib/center/views.ts';
import type { QueueChange, QueueSettings, RemarkView, WorkChange } from '../../lib/center/engine-contract.ts';
import { DESK_HEADER } from '../../desk/api/http/guard.ts';

/** An agent without a browser: signs in at the desk's API and keeps its live connection open. */
export class DeskClient {
  readonly #base: string;
  readonly #live = new AbortController();
  #cookie = '';

  /** @param desk the desk's address, with a slash at the end */
  constructor(desk: string) {
    this.#base = desk;
  }

  /** Signs in and opens the live connection, which is what makes an agent present. */
  async signIn(username: string, password: string): Promise<void> {
    const response = await this.#request('POST', 'api/session', { username, password });
    this.#cookie = response.headers
      .getSetCookie()
      .map((cookie) => cookie.split(';')[0])
      .join('; ');
    const events = await fetch(`${this.#base}api/events`, { headers: { cookie: this.#cookie }, signal: this.#live.signal });
    if (events.status !== 200) throw new Error(`The live connection was refused: ${events.status}`);
    void events.body!.pipeTo(new WritableStream()).catch(() => undefined);
  }

  home(): Promise<HomeView> {
    return this.#json('GET', 'api/home');
  }

  accept(conversationId: string): Promise<ConversationView> {
    return this.#json('POST', `api/conversations/${conversationId}/accept`, {});
  }

  conversation(conversationId: string): Promise<ConversationView> {
    return this.#json('GET', `api/conversations/${conversationId}`);
  }

  messages(conversationId: string): Promise<MessagePage> {
    return this.#json('GET', `api/conversations/${conversationId}/messages`);
  }

  reply(conversationId: string, text: string): Promise<MessageView> {
    return this.#json('POST', `api/conversations/${conversationId}/messages`, { id: randomUUID(), text });
  }

  async end(conversationId: string): Promise<void> {
    await this.#json('POST', `api/conversations/${conversationId}/end`, {});
  }

  async close(conversationId: string): Promise<void> {
    await this.#json('POST', `api/conversations/${conversationId}/close`, {});
  }

  async handBack(conversationId: string): Promise<void> {
    await this.#json('POST', `api/conversations/${conversationId}/hand-back`, {});
  }

  /** What colleagues and flows wrote for agents. */
  remarks(conversationId: string): Promise<RemarkView[]> {
    return this.#json('GET', `api/conversations/${conversationId}/remarks`);
  }

  /** Changes a queue's settings, as a supervisor. */
  async changeQueue(name: string, change: QueueChange): Promise<void> {
    const queue = (await this.#json<QueueSettings[]>('GET', 'api/queues')).find((one) => one.name === name);
    if (queue === undefined) throw new Error(`There is no queue "${name}".`);
    await this.#json('PATCH', `api/queues/${queue.id}`, change);
  }

  /** Changes somebody's skills and capacity, as a supervisor. */
  async changeWork(agentId: string, change: WorkChange): Promise<void> {
    await this.#json('PATCH', `api/team/${agentId}/work`, change);
  }

  /** Closes the live connection. */
  leave(): void {
    this.#live.abort();
  }

  async #json<T>(method: string, path: string, body?: unknown): Promise<T> {
    return (await (await this.#request(method, path, body)).json()) as T;
  }

  async #request(method: string, path: string, body?: unknown): Promise<Response> {
    const response = await fetch(this.#base + path, {
      method,
      headers: {
        cookie: this.#cookie,
        [DESK_HEADER]: '1',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status}: ${await response.text()}`);
    return response;
  }
}
