import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { expect } from 'chai';
import fc from 'fast-check';
import { CenterError } from '../../../lib/domain/errors.ts';
import { prepared } from '../../../lib/store/prepared.ts';
import type { Call, FromWorker, Replies } from '../../../lib/store/sqlite/protocol.ts';
import { serve, type Handlers } from '../../../lib/store/sqlite/serve.ts';

const put = prepared((db, p: { key: string }) => db.insertInto('settings').values({ key: p.key, value: 'x' }));

/** Commands that do what their name says; each key can be put once. */
const handlers: Handlers = {
  async command(db, call) {
    const { key } = call.args as { key: string };
    if (call.name === 'refuse') throw new CenterError('INVALID_REQUEST', key);
    await put(db, { key });
    if (call.name === 'put-and-fail') throw new CenterError('INVALID_REQUEST', key);
    return { result: key, events: [] };
  },
  async query(db) {
    const rows = await db.selectFrom('settings').select('key').where('value', '=', 'x').orderBy('key').execute();
    return rows.map((row) => row.key);
  },
};

/** The worker's side of a store, in this thread. */
class Store {
  readonly #port: MessagePort;
  #next = 1;

  private constructor(port: MessagePort) {
    this.#port = port;
  }

  static async open(file: string): Promise<Store> {
    const { port1, port2 } = new MessageChannel();
    const store = new Store(port1);
    const opened = store.#message();
    await serve(port2, file, handlers);
    expect(await opened).to.deep.equal({ type: 'open' });
    return store;
  }

  async run(kind: Call['kind'], calls: { name: string; key: string }[]): Promise<Replies['replies']> {
    const answer = this.#message();
    const batch: Call[] = calls.map(({ name, key }) => ({ id: this.#next++, kind, name, args: { key }, now: 0 }));
    this.#port.postMessage({ type: 'calls', json: JSON.stringify(batch) });
    const message = await answer;
    if (message.type !== 'replies') throw new Error(`Unexpected: ${message.type}`);
    return (JSON.parse(message.json) as Replies).replies;
  }

  async keys(): Promise<string[]> {
    const [reply] = await this.run('query', [{ name: 'keys', key: '' }]);
    return reply!.value as string[];
  }

  async close(): Promise<void> {
    const closed = this.#message();
    this.#port.postMessage({ type: 'close' });
    await closed;
    this.#port.close();
  }

  #message(): Promise<FromWorker> {
    return new Promise((resolve) => this.#port.once('message', resolve));
  }
}

describe('a batch of commands', () => {
  let folder: string;
  let store: Store;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'batches-'));
    store = await Store.open(join(folder, 'center.sqlite'));
  });

  afterEach(async () => {
    await store.close();
    await rm(folder, { recursive: true });
  });

  it('keeps all of each command that succeeds and nothing of one that fails, whatever stands beside it', async () => {
    const name = fc.constantFrom('put', 'refuse', 'put-and-fail');
    let batch = 0;
    let kept: string[] = [];
    await fc.assert(
      fc.asyncProperty(fc.array(name, { minLength: 1, maxLength: 12 }), async (names) => {
        batch++;
        const calls = names.map((one, index) => ({ name: one, key: `${batch}/${index}` }));
        const replies = await store.run('command', calls);
        expect(replies.map(({ value, error }) => value ?? error?.code)).to.deep.equal(
          calls.map((call) => (call.name === 'put' ? call.key : 'INVALID_REQUEST')),
        );
        kept = [...kept, ...calls.filter((call) => call.name === 'put').map((call) => call.key)].sort();
        expect(await store.keys()).to.deep.equal(kept);
      }),
      { numRuns: 60 },
    );
  });

  it('does not fail as a whole when a statement of one command is refused by the database', async () => {
    await store.run('command', [{ name: 'put', key: 'a' }]);
    const replies = await store.run('command', [
      { name: 'put', key: 'b' },
      { name: 'put', key: 'a' },
      { name: 'put', key: 'c' },
    ]);
    expect(replies.map(({ error }) => error === undefined)).to.deep.equal([true, false, true]);
    expect(await store.keys()).to.deep.equal(['a', 'b', 'c']);
  });
});
