import { expect } from 'chai';
import fc from 'fast-check';
import type { HandedMessage } from '../../../lib/center/contract.ts';
import { BATCH, Feeder } from '../../../lib/node-red/feeding/feeder.ts';

const handed = (seq: number): HandedMessage => ({ seq, message: { id: String(seq) } }) as HandedMessage;

/** A store with messages to hand over. */
class Backlog {
  readonly delivered: number[] = [];
  readonly batches: number[] = [];
  #next = 0;
  #end = 0;
  /** Messages delivered in the current turn of the event loop, at most. */
  most = 0;
  #turn = 0;
  readonly feeder = new Feeder({
    take: async (limit) => {
      const batch = Array.from({ length: Math.min(limit, this.#end - this.#next) }, () => handed(this.#next++));
      this.batches.push(batch.length);
      return batch;
    },
    deliver: ({ message }) => {
      if (this.#turn === 0) setImmediate(() => (this.#turn = 0));
      this.#turn += 1;
      this.most = Math.max(this.most, this.#turn);
      this.delivered.push(Number(message.id));
    },
    onError: (error) => {
      throw error;
    },
  });

  add(count: number): void {
    this.#end += count;
    this.feeder.wake();
  }

  async drained(): Promise<void> {
    while (this.delivered.length < this.#end) await new Promise((resolve) => setImmediate(resolve));
  }
}

describe('the feeder', () => {
  it('delivers everything once and in order, however it arrives', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat({ max: 200 }), { maxLength: 6 }), async (arrivals) => {
        const backlog = new Backlog();
        backlog.feeder.resume();
        for (const count of arrivals) {
          backlog.add(count);
          await new Promise((resolve) => setImmediate(resolve));
        }
        await backlog.drained();
        const total = arrivals.reduce((sum, count) => sum + count, 0);
        expect(backlog.delivered).to.deep.equal(Array.from({ length: total }, (_, index) => index));
      }),
      { numRuns: 30 },
    );
  });

  it('delivers at most a batch per turn of the event loop', async () => {
    const backlog = new Backlog();
    backlog.add(10 * BATCH);
    backlog.feeder.resume();
    await backlog.drained();
    expect(backlog.most).to.be.most(BATCH);
    expect(Math.max(...backlog.batches)).to.equal(BATCH);
  });

  it('begins paused', async () => {
    const backlog = new Backlog();
    backlog.add(3);
    await backlog.feeder.pause();
    expect(backlog.batches).to.be.empty;
  });

  it('delivers nothing after a pause, not even what was being taken', async () => {
    let give: (batch: HandedMessage[]) => void = () => {};
    const delivered: string[] = [];
    const feeder = new Feeder({
      take: () => new Promise((resolve) => (give = resolve)),
      deliver: ({ message }) => void delivered.push(message.id),
      onError: (error) => {
        throw error;
      },
    });
    feeder.resume();
    const paused = feeder.pause();
    give([handed(1)]);
    await paused;
    expect(delivered).to.be.empty;
  });

  it('goes on after an error when it is woken again', async () => {
    const errors: unknown[] = [];
    let broken = true;
    let woken: () => void = () => {};
    const delivered = new Promise<void>((resolve) => (woken = resolve));
    const feeder = new Feeder({
      take: async () => {
        if (broken) throw new Error('The disk is full.');
        return [handed(1)];
      },
      deliver: () => woken(),
      onError: (error) => void errors.push(error),
    });
    feeder.resume();
    while (errors.length === 0) await new Promise((resolve) => setImmediate(resolve));
    broken = false;
    feeder.wake();
    await delivered;
    expect(errors).to.have.length(1);
    await feeder.pause();
  });

  it('waits when it has delivered all there was, and passes on what it is given then', async () => {
    const backlog = new Backlog();
    expect(backlog.feeder.waits).to.equal(false);
    backlog.add(3 * BATCH);
    backlog.feeder.resume();
    while (backlog.delivered.length < 2 * BATCH) {
      expect(backlog.feeder.waits).to.equal(false);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await backlog.drained();
    await new Promise((resolve) => setImmediate(resolve));
    expect(backlog.feeder.waits).to.equal(true);
    backlog.feeder.give(handed(7_777));
    expect(backlog.delivered.at(-1)).to.equal(7_777);
    await backlog.feeder.pause();
    expect(backlog.feeder.waits).to.equal(false);
    backlog.feeder.give(handed(8_888));
    expect(backlog.delivered).not.to.include(8_888);
  });

  it('is in doubt about a message that a flow has not taken, until it gets it', async () => {
    const errors: unknown[] = [];
    let broken = true;
    const feeder = new Feeder({
      take: async () => [],
      deliver: () => {
        if (broken) throw new Error('No such wire.');
      },
      onError: (error) => void errors.push(error),
    });
    feeder.resume();
    await new Promise((resolve) => setImmediate(resolve));
    feeder.give(handed(1));
    expect([[...feeder.doubtful], errors.length]).to.deep.equal([['1'], 1]);
    broken = false;
    feeder.give(handed(1));
    expect([...feeder.doubtful]).to.be.empty;
  });

  it('is in doubt no more about a message that the feed has brought meanwhile', async () => {
    const backlog = new Backlog();
    backlog.feeder.doubt('0');
    backlog.add(1);
    backlog.feeder.resume();
    await backlog.drained();
    expect([...backlog.feeder.doubtful]).to.be.empty;
  });

  it('doubts everything rather than a list without end', () => {
    const { feeder } = new Backlog();
    for (let n = 0; n < 5_000; n++) {
      feeder.doubt(String(n));
      expect(feeder.inDoubt || feeder.doubtful.has(String(n))).to.equal(true);
      expect(feeder.doubtful.size).to.be.below(2_000);
    }
    expect(feeder.inDoubt).to.equal(true);
  });

  it('keeps the order of what is taken and what it is given meanwhile', async () => {
    let answer: (batch: HandedMessage[]) => void = () => {};
    let fail: (error: Error) => void = () => {};
    const delivered: number[] = [];
    const feeder = new Feeder({
      take: () =>
        new Promise((resolve, reject) => {
          answer = resolve;
          fail = reject;
        }),
      deliver: ({ seq }) => void delivered.push(seq),
      onError: () => {},
    });
    const turn = () => new Promise((resolve) => setImmediate(resolve));
    feeder.resume();
    for (const seq of [2, 5]) feeder.give(handed(seq));
    expect(delivered).to.be.empty;
    answer([1, 3, 4].map(handed));
    await turn();
    expect(delivered).to.deep.equal([1, 2, 3, 4, 5]);

    feeder.wake();
    feeder.give(handed(6));
    fail(new Error('The disk is full.'));
    await turn();
    feeder.give(handed(7));
    expect(delivered).to.deep.equal([1, 2, 3, 4, 5, 6, 7]);
  });
});
