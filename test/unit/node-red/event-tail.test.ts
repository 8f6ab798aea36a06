import { expect } from 'chai';
import fc from 'fast-check';
import type { Center } from '../../../lib/center/center.ts';
import type { CenterEvent } from '../../../lib/domain/events.ts';
import { EventTail } from '../../../lib/node-red/feeding/event-tail.ts';
import { turn } from '../../support/turns.ts';

/** An event log with its cursors, and listeners that are told at each append. */
class Log {
  readonly events: CenterEvent[] = [];
  readonly cursors = new Map<string, number>();
  readonly #listeners = new Set<(events: CenterEvent[]) => void>();

  append(count = 1): void {
    const appended = Array.from({ length: count }, (_, index) => ({ seq: this.events.length + index + 1 }) as CenterEvent);
    this.events.push(...appended);
    for (const listener of [...this.#listeners]) listener(appended);
  }

  readonly center = {
    subscribe: (listener: (events: CenterEvent[]) => void) => {
      this.#listeners.add(listener);
      return () => void this.#listeners.delete(listener);
    },
    query: async (name: string, args: { name: string; seq: number; limit: number }) =>
      name === 'cursor'
        ? { seq: this.cursors.get(args.name) ?? this.events.length }
        : { events: this.events.slice(args.seq, args.seq + args.limit) },
    run: async (_name: string, { name, seq }: { name: string; seq: number }) => void this.cursors.set(name, seq),
  } as unknown as Center;

  tail(deliver: (seqs: number[]) => void, wants: (seq: number) => boolean = () => true): EventTail {
    return new EventTail({
      center: this.center,
      name: 'node',
      wants: ({ seq }) => wants(seq),
      deliver: (events) => deliver(events.map(({ seq }) => seq)),
      onError: (error) => {
        throw error;
      },
    });
  }
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

describe('the event tail', () => {
  it('tells every event once and in order, over pauses and new starts', async () => {
    const step = fc.oneof(fc.constant('pause'), fc.constant('restart'), fc.integer({ min: 1, max: 700 }));
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const log = new Log();
        const told: number[] = [];
        let tail = log.tail((seqs) => void told.push(...seqs));
        tail.resume();
        await turn();
        for (const one of steps) {
          if (one === 'pause') await tail.pause();
          else if (one === 'restart') {
            await tail.close();
            tail = log.tail((seqs) => void told.push(...seqs));
            tail.resume();
          } else log.append(one as number);
          if (one !== 'pause') tail.resume();
        }
        tail.resume();
        while (told.length < log.events.length) await turn();
        await tail.close();
        expect(told).to.deep.equal(upTo(log.events.length));
        expect(log.cursors.get('node')).to.equal(log.events.length);
      }),
      { numRuns: 50 },
    );
  });

  it('begins with what happens from now on when its name is new', async () => {
    const log = new Log();
    log.append(5);
    const told: number[] = [];
    const tail = log.tail((seqs) => void told.push(...seqs));
    tail.resume();
    await turn();
    log.append();
    while (told.length === 0) await turn();
    expect(told).to.deep.equal([6]);
    await tail.close();
  });

  it('repeats after a crash what it may not have told, and skips nothing', async () => {
    const log = new Log();
    const before = log.tail(() => {});
    before.resume();
    await turn();
    log.append(3);
    await turn();
    // No close: the process is gone, and the cursor with what came after its last save.
    const told: number[] = [];
    const tail = log.tail((seqs) => void told.push(...seqs));
    tail.resume();
    while (told.length < 3) await turn();
    expect(told).to.deep.equal([1, 2, 3]);
    await before.pause();
    await tail.close();
  });

  it('moves its cursor over events that nobody wants', async () => {
    const log = new Log();
    const told: number[] = [];
    const tail = log.tail(
      (seqs) => void told.push(...seqs),
      (seq) => seq % 2 === 0,
    );
    tail.resume();
    await turn();
    log.append(9);
    await tail.tick();
    while (told.length < 4) await turn();
    await tail.tick();
    expect(told).to.deep.equal([2, 4, 6, 8]);
    expect(log.cursors.get('node')).to.equal(9);
    await tail.close();
  });
});
