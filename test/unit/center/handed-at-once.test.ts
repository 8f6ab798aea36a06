import { expect } from 'chai';
import fc from 'fast-check';
import { BATCH, Feeder } from '../../../lib/node-red/feeding/feeder.ts';
import type { HandedMessage, ReceiveArgs, ReceiveResult } from '../../../lib/center/contract.ts';
import { decodeForm } from '../../../lib/twilio/incoming/form.ts';
import { until } from '../../../scripts/node-red-process.ts';
import { ACCOUNT, CUSTOMER, HOUR, TestCenter } from '../../support/center.ts';

describe('a message for a flow that waits', () => {
  let test: TestCenter;
  beforeEach(async () => {
    test = await TestCenter.open();
  });
  afterEach(() => test.close());

  const take = () => test.center.run('takeInbound', { accountIds: [ACCOUNT], instance: test.center.instance, limit: BATCH });
  const receive = (arrival: ReceiveArgs): Promise<ReceiveResult> =>
    test.center.run('receive', { ...arrival, handTo: test.center.instance });

  it('is handed over with the commit that receives it, as the feed would', async () => {
    await receive(test.arrival('first'));
    const arrival = test.arrival('Where is it?', {
      profileName: 'Ann',
      waId: '15551230001',
      button: { text: 'Yes', payload: 'yes' },
      params: { Body: 'Where is it?', ButtonText: 'Yes' },
    });
    const { handed } = await receive(arrival);
    expect(await take()).to.deep.equal([]);
    await test.center.run('reclaimHandovers', { messageIds: [arrival.message.id] });
    const [byFeed, ...more] = await take();
    expect(more).to.deep.equal([]);
    expect({ ...handed, message: arrival.message, accountId: ACCOUNT, redelivered: true }).to.deep.equal(byFeed);
  });

  it('is the same object to a flow as from the store, whatever made it', async () => {
    const given: HandedMessage[] = [];
    test.readers.set(ACCOUNT, { waits: true, give: (handed) => void given.push(handed), doubt: () => {} });
    const { params } = decodeForm(Buffer.from('Body=Hello&constructor=1&__proto__=2'));
    await test.center.arrive(test.arrival('Hello', { params }));
    const id = given[0]!.message.id;
    await test.center.run('reclaimHandovers', { messageIds: [id] });
    for (const { message } of [given[0]!, ...(await take())]) {
      expect(message.params).to.be.an.instanceof(Object);
      expect(Object.entries(message.params!)).to.deep.equal([
        ['Body', 'Hello'],
        ['constructor', '1'],
        ['__proto__', '2'],
      ]);
    }
  });

  it('opens its conversation', async () => {
    const { handed, conversationId } = await receive(test.arrival());
    expect(handed?.conversation).to.include({ id: conversationId, isNew: true, handledBy: 'flow' });
    expect((await receive(test.arrival())).handed?.conversation).to.include({ id: conversationId, isNew: false });
  });

  it('need not be looked for, and its events are as any other’s', async () => {
    await receive(test.arrival());
    await test.receive('by the feed');
    expect(test.toTake).to.deep.equal([false, true]);
    const { events } = await test.center.query('eventsAfter', { seq: 0, limit: 10 });
    expect(test.events).to.deep.equal(events);
  });

  it('opens the window that session-guard is asked about next', async () => {
    const arrival = test.arrival();
    await receive(arrival);
    expect(test.center.knownOpenUntil(CUSTOMER, arrival.message.to)).to.equal(test.time + 24 * HOUR);
  });

  it('goes by the feed behind another that waits there, of whatever customer', async () => {
    await test.receive('first', { from: 'whatsapp:+15551230002' });
    expect((await receive(test.arrival('second'))).handed).to.equal(null);
    expect((await take()).map(({ message }) => message.text)).to.deep.equal(['first', 'second']);
    expect((await receive(test.arrival('third'))).handed).not.to.equal(null);
  });

  it('goes by the feed when an agent has the conversation, when it is too old, and with a file', async () => {
    const queueId = await test.queue();
    const first = await receive(test.arrival());
    const { conversationId, messageId } = first;
    await test.center.run('queueConversation', {
      queueId,
      conversationId: conversationId!,
      messageId,
      customer: null,
      attributes: null,
      tags: null,
    });
    expect((await receive(test.arrival('to the queue'))).handed).to.equal(null);
    await take();

    const from = 'whatsapp:+15551230002';
    const old = { from, timestamp: new Date(test.time - 25 * HOUR).toISOString() };
    expect((await receive(test.arrival('old', old))).handed).to.equal(null);
    expect(await take()).to.deep.equal([]);
    expect(test.types()).to.include('message.expired');

    const media = [{ sid: 'ME1', url: 'https://api.twilio.com/media/1', contentType: 'image/png' }];
    expect((await receive(test.arrival('', { from, type: 'image', media }))).handed).to.equal(null);
    expect((await take()).map(({ message }) => message.media?.length)).to.deep.equal([1]);
  });

  it('is handed over once when it comes twice', async () => {
    const arrival = test.arrival();
    await receive(arrival);
    expect(await receive(arrival)).to.deep.include({ duplicate: true, handed: null });
    expect(await take()).to.deep.equal([]);
  });

  it('is handed over again after a restart, when the flow had no time for it', async () => {
    await receive(test.arrival());
    await test.restart();
    await test.center.run('reclaimHandovers', {});
    expect((await take()).map(({ redelivered }) => redelivered)).to.deep.equal([true]);
  });

  it('is one of no more than two batches in a turn of the event loop, one handed over at once and one taken', async () => {
    const got: string[] = [];
    let inThisTurn = 0;
    let most = 0;
    const feeder = new Feeder({
      take,
      deliver: ({ message }) => {
        if (inThisTurn === 0) setImmediate(() => (inThisTurn = 0));
        most = Math.max(most, ++inThisTurn);
        got.push(message.text);
      },
      onError: (error) => {
        throw error;
      },
    });
    test.readers.set(ACCOUNT, feeder);
    test.center.subscribe((_events, toTake) => {
      if (toTake) feeder.wake();
    });
    feeder.resume();
    await until('the flow waits', () => feeder.waits);
    const all = Array.from({ length: 4 * BATCH }, (_, n) => test.arrival(`text ${n}`));
    await Promise.all(all.map((one) => test.center.arrive(one)));
    await until('all have come', () => got.length === all.length);
    expect(got).to.deep.equal(all.map(({ message }) => message.text));
    expect(most).to.be.most(2 * BATCH);
    await feeder.pause();
  });

  it('comes once and in order, however it and the feed go together', async () => {
    const step = fc.oneof(
      fc.nat({ max: 2 * BATCH }).map((many) => ({ many })),
      fc.constantFrom('pause' as const, 'go on' as const, 'turn' as const),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
        const trial = await TestCenter.open();
        try {
          const sent: string[] = [];
          const got: string[] = [];
          const feeder = new Feeder({
            take: (limit) => trial.center.run('takeInbound', { accountIds: [ACCOUNT], instance: trial.center.instance, limit }),
            deliver: ({ message }) => {
              if (!got.includes(message.text)) got.push(message.text);
            },
            onError: (error) => {
              throw error;
            },
          });
          trial.readers.set(ACCOUNT, feeder);
          trial.center.subscribe((_events, toTake) => {
            if (toTake) feeder.wake();
          });
          const goOn = async () => {
            await trial.center.run('reclaimHandovers', {});
            feeder.resume();
          };
          await goOn();
          const acknowledged: Promise<void>[] = [];
          for (const what of steps) {
            if (what === 'pause') await feeder.pause();
            else if (what === 'go on') await goOn();
            else if (what === 'turn') await new Promise((resolve) => setImmediate(resolve));
            else {
              for (let n = 0; n < what.many; n++) {
                sent.push(`text ${sent.length}`);
                acknowledged.push(trial.center.arrive(trial.arrival(sent.at(-1))));
              }
            }
          }
          await Promise.all(acknowledged);
          await goOn();
          await until('all have come', () => got.length === sent.length);
          expect(got).to.deep.equal(sent);
          await feeder.pause();
        } finally {
          await trial.close();
        }
      }),
      { numRuns: 12 },
    );
  });
});
