import { expect } from 'chai';
import fc from 'fast-check';
import { drawOn } from '../../../support/draw-on.ts';
import { raiseStatus, type DeliveryStatus } from '../../../../lib/domain/delivery-status.ts';
import { HOUR } from '../../../support/center.ts';
import { SendingWorld, STEPS, type Step, type Stored } from './world.ts';

const choice = fc.nat({ max: 1000 });
const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.oneof(
    { weight: 2, arbitrary: fc.constantFrom(...STEPS) },
    {
      weight: 5,
      arbitrary: fc.constantFrom(
        'write',
        'reply',
        'reply',
        'hold',
        'template',
        'twilio',
        'line',
        'status',
        'time',
        'die',
        'retry',
        'erase',
      ),
    },
  ),
  a: choice,
  b: choice,
}) as fc.Arbitrary<Step>;

/** What there can be of an answer in the end, when nothing is wrong any more and all has had its time. */
const ENDS = ['held', 'canceled', 'failed', 'undelivered', 'unknown', 'queued', 'sending', 'sent', 'delivered', 'read'];

/** Judges each call at the moment at which Twilio gets it, by what the customer did and not by what the store says. */
function watchCalls(world: SendingWorld): void {
  const called = new Map<string, number>();
  world.twilio.onCall = ({ messageId, to, template }) => {
    const { time } = world.test;
    expect(
      world.twilio.creates.some((one) => one.messageId === messageId),
      `${messageId} is sent twice`,
    ).to.equal(false);
    called.set(messageId, (called.get(messageId) ?? 0) + 1);
    const wrote = world.wrote.get(to) ?? [];
    if (template === null) {
      const last = Math.max(-Infinity, ...wrote.map(({ at }) => at));
      expect(time - last, `${messageId} is sent past the window`).to.be.at.most(24 * HOUR);
    }
    const wishes = wrote.filter(({ text }) => text !== 'Hello');
    const latest = wishes.reduce<{ at: number; text: string } | null>(
      (best, one) => (best === null || one.at >= best.at ? one : best),
      null,
    );
    expect(latest?.text, `${messageId} is sent after STOP`).to.not.equal('STOP');
  };
}

/** What is true after each step. */
function check(world: SendingWorld, before: Map<string, Stored>): Map<string, Stored> {
  for (const error of world.twilio.wrong) throw error;
  const rows = world.stored();
  const conversations = new Set(
    world.db
      .prepare('select id from conversations')
      .all()
      .map((row) => row['id']),
  );
  for (const row of rows) {
    expect(conversations.has(row.conversation_id!), `${row.id} belongs to no conversation`).to.equal(true);
    const was = before.get(row.id)?.status as DeliveryStatus | undefined;
    if (was === undefined || row.direction === 'inbound' || was === row.status) continue;
    const putOff = was === 'submitting' && row.status === 'pending' && row.postponed_at !== null;
    if (!putOff) expect(raiseStatus(was, row.status as DeliveryStatus), `${row.id} went from ${was}`).to.equal(row.status);
  }
  const ids = new Set(rows.map(({ id }) => id));
  for (const id of world.accepted) expect(ids.has(id), `${id} is lost`).to.equal(true);
  return new Map(rows.map((row) => [row.id, row]));
}

/** Agents' answers reach Twilio in the order in which they were written; a held one takes its turn when it is set free. */
function checkOrder(world: SendingWorld): void {
  const freed = new Map<string, number>();
  for (const { type, messageId, reason, data, actor } of world.test.events) {
    const written = type === 'message.written' && data['held'] !== true && actor.kind === 'agent';
    const released = type === 'message.status' && reason === 'customer-wrote';
    if (messageId !== null && (written || released)) freed.set(messageId, freed.size);
  }
  const rows = new Map(world.stored().map((row) => [row.id, row]));
  const gone = world.twilio.creates.flatMap(({ messageId }) => {
    const row = rows.get(messageId);
    const place = freed.get(messageId);
    return row === undefined || place === undefined ? [] : [{ id: messageId, place, row }];
  });
  for (const [index, later] of gone.entries()) {
    for (const earlier of gone.slice(0, index)) {
      if (earlier.row.conversation_id !== later.row.conversation_id) continue;
      const overtaken = later.place < earlier.place && later.row.seq < earlier.row.seq;
      expect(overtaken, `${earlier.id} has overtaken ${later.id}`).to.equal(false);
    }
  }
}

/** What the store says of each message is what became of it. */
function checkEnd(world: SendingWorld): void {
  const { creates, refused } = world.twilio;
  for (const row of world.stored()) {
    if (row.direction === 'inbound') continue;
    expect(ENDS, `${row.id} is ${row.status} for ever`).to.include(row.status);
    const create = creates.find(({ messageId }) => messageId === row.id);
    if (row.status === 'failed' || row.status === 'undelivered') {
      expect(row.error_code, `${row.id} failed without a reason`).to.be.a('string');
      expect(create === undefined || create.failed, `${row.id} has failed, and the customer has it`).to.equal(true);
    } else if (row.status === 'held' || row.status === 'canceled') {
      expect(create, `${row.id} was held, and the customer has it`).to.equal(undefined);
    } else if (row.status !== 'unknown' && !world.confirmed.has(row.id)) {
      // Of equal words to the same customer Twilio's list cannot tell which of ours they were.
      const there = create ?? creates.find(({ text, to }) => text === row.text && row.content.includes(to));
      expect(there, `${row.id} is ${row.status}, and Twilio does not have it`).to.not.equal(undefined);
      expect(refused.has(row.id), `${row.id} was refused`).to.equal(false);
    }
  }
}

/** Steps and ends that the sequences have to have been through to mean anything. */
const MATTERS = ['reply', 'hold', 'template', 'answer', 'retry', 'status', 'close', 'erase', 'die'];
const OUTCOMES = ['queued', 'failed', 'unknown', 'held'];

describe('what we send, whatever happens in whatever order', () => {
  it('goes out at most once, in order, within the window, and nothing that was accepted is lost', async () => {
    const taken = new Set<string>();
    const ends = new Set<string>();
    const property = fc.asyncProperty(fc.array(step, { minLength: 30, maxLength: 80, size: 'max' }), async (steps) => {
      const world = await SendingWorld.create();
      try {
        watchCalls(world);
        let before = new Map<string, Stored>();
        for (const n of [0, 1]) await world.take({ kind: 'write', a: n, b: 1 });
        for (const one of steps) {
          if ((await world.take(one)) === null) taken.add(one.kind);
          before = check(world, before);
        }
        await world.end();
        check(world, before);
        checkOrder(world);
        checkEnd(world);
        for (const { status } of world.stored()) ends.add(status);
      } finally {
        await world.close();
      }
    });
    const all = (seen: Set<string>, wanted: readonly string[]): boolean => wanted.every((one) => seen.has(one));
    await drawOn(property, Number(process.env['SENDING_RUNS'] ?? 15), () => all(taken, MATTERS) && all(ends, OUTCOMES));
    // The sequences have really been through what matters.
    expect([...taken]).to.include.members(MATTERS);
    expect([...ends]).to.include.members(OUTCOMES);
  }).timeout(120_000);
});
