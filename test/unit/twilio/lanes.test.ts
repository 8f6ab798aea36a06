import { expect } from 'chai';
import fc from 'fast-check';
import { Lanes } from '../../../lib/twilio/lanes.ts';

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
