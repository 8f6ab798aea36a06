import { mock } from 'node:test';
import { DatabaseSync } from 'node:sqlite';
import { expect } from 'chai';
import { Arrivals, type Reader } from '../../../lib/center/arrivals.ts';
import type { Center } from '../../../lib/center/center.ts';
import type { HandedMessage, ReceiveArgs } from '../../../lib/center/contract.ts';
import { CenterError } from '../../../lib/domain/errors.ts';
import type { ConversationSnapshot } from '../../../lib/domain/message.ts';
import { until } from '../../../scripts/node-red-process.ts';
import { ACCOUNT, CUSTOMER, TestCenter } from '../../support/center.ts';

/** More than are entered at once, so that some are kept. */
const FLOOD = 300;

describe('customers’ messages on their way in', () => {
  let test: TestCenter;
  beforeEach(async () => {
    test = await TestCenter.open();
  });
  afterEach(() => test.close());

  const flood = (): ReceiveArgs[] =>
    Array.from({ length: FLOOD }, (_, n) => test.arrival(`text ${n}`, { from: `whatsapp:+1555300${1000 + (n % 20)}` }));
  const received = () => test.types().filter((type) => type === 'message.received').length;
  const inOrder = async (): Promise<string[]> => {
    const handed = await test.center.run('takeInbound', {
      accountIds: [ACCOUNT],
      instance: test.center.instance,
      limit: FLOOD * 2,
    });
    return handed.map(({ message }) => message.text);
  };
  const column = (query: string): unknown[] => {
    const db = new DatabaseSync(test.file, { readOnly: true });
    try {
      return db
        .prepare(query)
        .all()
        .flatMap((row) => Object.values(row));
    } finally {
      db.close();
    }
  };
  const kept = () => column('select count(*) from arrivals')[0];

  it('are in their conversations when they are acknowledged, while few come', async () => {
    for (let n = 0; n < 5; n++) {
      await test.center.arrive(test.arrival(`text ${n}`));
      expect(received()).to.equal(n + 1);
    }
  });

  it('are on disk when they are acknowledged and in their conversations soon after, in order, when many come at once', async () => {
    const all = flood();
    await Promise.all(all.map((one) => test.center.arrive(one)));
    const onDisk = [...column('select id from messages'), ...column(`select arrival ->> '$.message.id' from arrivals`)];
    expect(onDisk).to.have.members(all.map(({ message }) => message.id));
    await until('all are entered', () => received() === FLOOD);
    expect(kept()).to.equal(0);
    expect(await inOrder()).to.deep.equal(all.map(({ message }) => message.text));
  });

  it('count as waiting for the flow while they are kept', async () => {
    await Promise.all(flood().map((one) => test.center.arrive(one)));
    expect(await test.center.query('inboundWaiting', { accountId: ACCOUNT })).to.deep.equal({ waiting: FLOOD });
  });

  it('come once however often Twilio brings them', async () => {
    const all = flood();
    await Promise.all([...all, ...all, ...all].map((one) => test.center.arrive(one)));
    await until('all are entered', () => kept() === 0);
    expect(received()).to.equal(FLOOD);
  });

  it('are entered after a restart, before what comes then', async () => {
    const all = flood();
    const acknowledged = Promise.all(all.map((one) => test.center.arrive(one)));
    await acknowledged;
    await test.center.close();
    expect(kept()).to.be.above(0);
    await test.start();
    await test.center.arrive(test.arrival('after'));
    await until('all are entered', () => received() === FLOOD + 1);
    expect((await inOrder()).at(-1)).to.equal('after');
  });

  it('do not wait behind one that cannot be entered; it is kept, reported and tried again at the next start', async () => {
    const all = flood();
    const broken = all[150]!;
    const { timestamp } = broken.message;
    broken.message.timestamp = 'never';
    await Promise.all(all.map((one) => test.center.arrive(one)));
    await until('all others are entered', () => received() === FLOOD - 1);
    await until('it is reported', () => test.unentered.length > 0);
    expect(test.unentered).to.deep.equal([broken.message.id]);
    expect(column('select problem from arrivals')).to.match(/NOT NULL/);
    await test.center.close();
    const db = new DatabaseSync(test.file);
    db.exec(`update arrivals set arrival = replace(arrival, '"never"', '"${timestamp}"')`);
    db.close();
    await test.start();
    await until('it is entered', () => received() === FLOOD);
    expect(kept()).to.equal(0);
  });

  it('are erased with their customer, kept or set aside', async () => {
    const all = [...flood().slice(0, 20), ...Array.from({ length: 20 }, (_, n) => test.arrival(`mine ${n}`))];
    all[30]!.message.timestamp = 'never';
    await Promise.all(all.map((one) => test.center.arrive(one)));
    await Promise.all(Array.from({ length: 20 }, (_, n) => test.center.arrive(test.arrival(`mine too ${n}`))));
    await test.center.run('erase', { customer: CUSTOMER });
    expect(column(`select text from messages where text like 'mine%'`)).to.deep.equal([]);
    expect(test.unentered).to.deep.equal([all[30]!.message.id]);
    expect(kept()).to.equal(0);
  });
});

describe('entering what was kept', () => {
  /** A store that answers when it is told to. */
  class Store {
    readonly asked: string[] = [];
    #answers: { resolve(value: unknown): void; reject(error: unknown): void }[] = [];
    readonly run = ((name: string) => {
      this.asked.push(name);
      return new Promise((resolve, reject) => this.#answers.push({ resolve, reject }));
    }) as Center['run'];

    async answer(value: unknown): Promise<void> {
      const [next] = this.#answers.splice(0, 1);
      if (value instanceof Error) next!.reject(value);
      else next!.resolve(value);
      await turns();
    }
  }

  const message = { accountId: ACCOUNT, routed: true, message: { id: 'SM1' } } as ReceiveArgs;
  const MORE_THAN_ANY_PAUSE_MS = 2_000;
  let store: Store;
  let arrivals: Arrivals;
  const readers = new Map<string, Reader>();
  /** What the flow was given, and of what it was told that it may have missed it. */
  const given: HandedMessage[] = [];
  const doubted: string[] = [];
  const aFlowWaits = () =>
    readers.set(ACCOUNT, {
      waits: true,
      give: (handed) => void given.push(handed),
      doubt: (messageId) => void doubted.push(messageId),
    });
  beforeEach(() => {
    mock.timers.enable({ apis: ['setTimeout'] });
    store = new Store();
    readers.clear();
    given.length = 0;
    doubted.length = 0;
    arrivals = new Arrivals({ run: store.run, instance: 'this-process' }, readers, () => {});
  });
  afterEach(async () => {
    mock.timers.reset();
  });

  /** As many at once that some are kept, all of which the store has taken but those that come after. */
  async function flood(): Promise<void> {
    for (let n = 0; n < 20; n++) void arrivals.take(message).catch(() => {});
    for (let n = 0; n < 8; n++) await store.answer(null);
    expect(store.asked.filter((name) => name === 'enterArrivals')).to.have.length(1);
  }

  it('gives way to messages that come in, for a while', async () => {
    await flood();
    for (let n = 0; n < 12; n++) await store.answer(null);
    for (let n = 0; n < 20; n++) void arrivals.take(message).catch(() => {});
    store.asked.length = 0;
    await store.answer({ more: true });
    expect(store.asked).to.deep.equal([]);
    mock.timers.tick(MORE_THAN_ANY_PAUSE_MS);
    await turns();
    expect(store.asked).to.deep.equal(['enterArrivals']);
  });

  it('does not give way while a flow waits for messages', async () => {
    await flood();
    aFlowWaits();
    for (let n = 0; n < 12; n++) await store.answer(null);
    for (let n = 0; n < 20; n++) void arrivals.take(message).catch(() => {});
    store.asked.length = 0;
    await store.answer({ more: true });
    expect(store.asked).to.deep.equal(['enterArrivals']);
  });

  it('is not needed while a flow waits for messages: they are received at once, however many come', async () => {
    aFlowWaits();
    for (let n = 0; n < 20; n++) void arrivals.take(message);
    expect(new Set(store.asked)).to.deep.equal(new Set(['receive']));
  });

  it('is not needed for a flow that waits, which is given what was handed over, and only that', async () => {
    aFlowWaits();
    const conversation = { id: 'C1' } as ConversationSnapshot;
    for (const handed of [{ seq: 7, conversation }, null]) {
      void arrivals.take(message);
      await store.answer({ duplicate: false, messageId: 'SM1', conversationId: 'C1', handed });
    }
    expect(given).to.deep.equal([{ seq: 7, message: message.message, accountId: ACCOUNT, conversation, redelivered: false }]);
    expect(doubted).to.deep.equal([]);
  });

  it('tells the flow of a message whose commit has failed, and Twilio as well', async () => {
    aFlowWaits();
    const outcome = arrivals.take(message).catch((error: CenterError) => error.code);
    await store.answer(new CenterError('STORE_UNAVAILABLE', 'The last sync failed.'));
    expect(await outcome).to.equal('STORE_UNAVAILABLE');
    expect([given, doubted]).to.deep.equal([[], ['SM1']]);
  });

  it('hurries for whoever needs it done, and tells them what is in the way', async () => {
    await flood();
    for (let n = 0; n < 12; n++) await store.answer(null);
    for (let n = 0; n < 20; n++) void arrivals.take(message).catch(() => {});
    await store.answer({ more: true });
    store.asked.length = 0;
    let outcome = '';
    void arrivals.enterAll().then(
      () => (outcome = 'done'),
      () => (outcome = 'trouble'),
    );
    await turns();
    expect(store.asked, 'the pause is over').to.deep.equal(['enterArrivals']);
    for (let n = 0; n < 20; n++) await store.answer(null);
    await store.answer(new CenterError('STORE_UNAVAILABLE', 'The disk is full.'));
    expect(outcome).to.equal('trouble');
  });

  it('tries a store in trouble again, and sets nothing aside for that', async () => {
    await flood();
    for (let n = 0; n < 12; n++) await store.answer(null);
    store.asked.length = 0;
    await store.answer(new CenterError('STORE_UNAVAILABLE', 'The disk is full.'));
    expect(store.asked).to.deep.equal([]);
    mock.timers.tick(MORE_THAN_ANY_PAUSE_MS);
    await turns();
    expect(store.asked).to.deep.equal(['enterArrivals']);
    await store.answer({ more: false });
    void arrivals.take(message);
    expect(store.asked.at(-1), 'all is as before').to.equal('receive');
  });
});

/** Everything that needs no timer has happened. */
async function turns(): Promise<void> {
  for (let n = 0; n < 3; n++) await new Promise((resolve) => setImmediate(resolve));
}
