import { expect } from 'chai';
import fc from 'fast-check';
import { Lanes } from '../../../lib/twilio/lanes.ts';
import { turn } from '../../support/turns.ts';

describe('lanes', () => {
  it('keep the order within each and never run more than their width at once, whoever finishes first', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.record({ lane: fc.constantFrom('a', 'b', 'c'), fails: fc.boolean() }), { maxLength: 20 }),
        async (scheduler, width, tasks) => {
          const lanes = new Lanes(width);
          const started: Record<string, number[]> = {};
          let running = 0;
          const results = tasks.map(({ lane, fails }, index) =>
            lanes.run(lane, async () => {
              (started[lane] ??= []).push(index);
              expect(++running).to.be.at.most(width);
              await scheduler.schedule(Promise.resolve());
              running--;
              if (fails) throw new Error(`task ${index}`);
              return index;
            }),
          );
          const settled = Promise.allSettled(results);
          await scheduler.waitIdle();
          await lanes.idle();
          for (const order of Object.values(started)) expect(order).to.deep.equal([...order].sort((a, b) => a - b));
          (await settled).forEach((result, index) =>
            expect(result.status).to.equal(tasks[index]!.fails ? 'rejected' : 'fulfilled'),
          );
        },
      ),
    );
  });

  it('with several names keep the order of each, as far as the first name allows', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.record({ address: fc.constantFrom('a1', 'a2', 'b1', 'b2'), named: fc.boolean(), held: fc.boolean() }), {
          maxLength: 20,
        }),
        async (scheduler, width, tasks) => {
          const lanes = new Lanes(width);
          const started: Record<string, number[]> = {};
          const everyoneNamed = tasks.every(({ named }) => named);
          for (const [index, { address, named, held }] of tasks.entries()) {
            const person = address.slice(0, 1);
            const names = named ? [address, person] : [address];
            const place = held ? lanes.hold(names) : null;
            void lanes
              .run(place?.lane ?? names, async () => {
                (started[address] ??= []).push(index);
                if (everyoneNamed) (started[person] ??= []).push(index);
                await scheduler.schedule(Promise.resolve());
              })
              .finally(() => place?.leave());
          }
          await scheduler.waitIdle();
          await lanes.idle();
          expect(Object.keys(started)).to.include.members([...new Set(tasks.map(({ address }) => address))]);
          for (const order of Object.values(started)) expect(order).to.deep.equal([...order].sort((a, b) => a - b));
        },
      ),
    );
  });

  it('that are held keep their names together; those that are left part', async () => {
    const lanes = new Lanes(2);
    const first = lanes.hold(['number', 'conversation']);
    const second = lanes.hold(['user id', 'conversation']);
    expect([first.lane, second.lane]).to.deep.equal(['number', 'number']);
    first.leave();
    expect(lanes.hold('user id').lane).to.equal('number');
    const alone = new Lanes(2);
    alone.hold(['number', 'conversation']).leave();
    expect(alone.hold(['user id', 'conversation']).lane).to.equal('user id');
    expect(alone.hold('number').lane).to.equal('number');
  });

  it('can be made wider and narrower while they run', async () => {
    const lanes = new Lanes(3);
    const ends: (() => void)[] = [];
    const started: number[] = [];
    const tasks = Array.from({ length: 8 }, (_, index) =>
      lanes.run(String(index), async () => {
        started.push(index);
        await new Promise<void>((resolve) => ends.push(resolve));
      }),
    );
    await turn();
    lanes.width = 1;
    for (let ended = 0; ended < 2; ended++) {
      ends[ended]!();
      await turn();
      expect(started).to.deep.equal([0, 1, 2]);
    }
    ends[2]!();
    await turn();
    expect(started).to.deep.equal([0, 1, 2, 3]);
    lanes.width = 4;
    await turn();
    expect(started).to.have.length(7);
    for (const end of ends) end();
    await turn();
    for (const end of ends) end();
    await Promise.all(tasks);
  });

  it('tell when what is in them now has passed, whatever comes after', async () => {
    const lanes = new Lanes(2);
    const ends: (() => void)[] = [];
    const add = (lane: string): Promise<void> => lanes.run(lane, () => new Promise<void>((resolve) => ends.push(resolve)));
    const now = [add('a'), add('b')];
    let passed = false;
    const passing = lanes.passed().then(() => (passed = true));
    const later = add('a');
    await turn();
    ends[0]!();
    await now[0];
    await turn();
    expect(passed).to.equal(false);
    ends[1]!();
    await passing;
    ends[2]!();
    await later;
  });

  it('let urgent lanes go first, with whatever stands in front of what is urgent', async () => {
    const lanes = new Lanes(1);
    const started: string[] = [];
    let open!: () => void;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const add = (lane: string, name: string, urgent?: boolean) =>
      lanes.run(
        lane,
        async () => {
          started.push(name);
          await gate;
        },
        urgent === undefined ? {} : { urgent },
      );
    void add('x', 'running');
    for (const lane of ['a', 'b', 'c']) void add(lane, `mailing to ${lane}`, false);
    void add('d', 'answer to d', true);
    void add('c', 'answer to c');
    open();
    await lanes.idle();
    expect(started).to.deep.equal(['running', 'answer to d', 'mailing to c', 'answer to c', 'mailing to a', 'mailing to b']);
  });

  it('go on after a task that throws before it begins', async () => {
    const lanes = new Lanes(1);
    const failed = lanes.run('a', () => {
      throw new Error('at once');
    });
    const after = lanes.run('a', () => Promise.resolve('ran'));
    expect(await failed.catch((error: unknown) => String(error))).to.contain('at once');
    expect(await after).to.equal('ran');
  });
});
