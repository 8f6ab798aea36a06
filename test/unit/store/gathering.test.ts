import { mock } from 'node:test';
import { expect } from 'chai';
import { Gathering } from '../../../lib/store/sqlite/gathering.ts';

const QUICK_MS = 0.3;
const SLOW_MS = 20;
/** More than it ever waits for anybody. */
const LONG_MS = 50;

/** A gathering, the calls that wait in it, and the batches that it made of them. */
class Trial {
  readonly batches: number[] = [];
  waiting = 0;
  readonly gathering: Gathering;

  constructor(cores = 2) {
    this.gathering = new Gathering(() => {
      if (this.waiting > 0) this.batches.push(this.waiting);
      this.waiting = 0;
    }, cores);
  }

  come(calls: number): void {
    for (let n = 0; n < calls; n++) this.gathering.came(++this.waiting);
  }

  done(answered: number, commitMs: number): void {
    this.gathering.begin(answered, this.waiting, commitMs);
  }
}

/** A turn of the event loop later, so that everything that needs no patience has happened. */
const nextTurn = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

describe('gathering calls into a batch', () => {
  // A busy machine may take longer for a turn than the gathering has patience.
  beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }));
  afterEach(() => mock.timers.reset());

  it('sends what comes in one turn together, at its end', async () => {
    const trial = new Trial();
    trial.come(3);
    expect(trial.batches).to.deep.equal([]);
    await nextTurn();
    expect(trial.batches).to.deep.equal([3]);
  });

  it('waits for nobody where little is under way', async () => {
    const trial = new Trial();
    trial.waiting = 1;
    trial.done(3, SLOW_MS);
    expect(trial.batches).to.deep.equal([1]);
    trial.done(1, SLOW_MS);
    trial.come(1);
    await nextTurn();
    expect(trial.batches).to.deep.equal([1, 1]);
  });

  it('on a quick disk begins with half of those under way and leaves the other half for the next batch', async () => {
    const trial = new Trial();
    trial.waiting = 1;
    trial.done(31, QUICK_MS);
    trial.come(14);
    await nextTurn();
    expect(trial.batches).to.deep.equal([]);
    trial.come(1);
    await nextTurn();
    expect(trial.batches).to.deep.equal([16]);
    trial.waiting = 16;
    trial.done(16, QUICK_MS);
    expect(trial.batches).to.deep.equal([16, 16]);
  });

  for (const [what, cores, commitMs] of [
    ['on a slow disk', 2, SLOW_MS],
    ['on one core', 1, QUICK_MS],
  ] as const) {
    it(`${what} waits for nearly all`, async () => {
      const trial = new Trial(cores);
      trial.waiting = 16;
      trial.done(16, commitMs);
      expect(trial.batches).to.deep.equal([]);
      trial.come(13);
      await nextTurn();
      expect(trial.batches).to.deep.equal([29]);
    });
  }

  it('loses patience when those who were answered do not come back', async () => {
    const trial = new Trial();
    trial.waiting = 2;
    trial.done(30, QUICK_MS);
    mock.timers.tick(LONG_MS);
    expect(trial.batches, 'whoever is being read at this moment comes along').to.deep.equal([]);
    await nextTurn();
    expect(trial.batches).to.deep.equal([2]);
  });

  it('sends nothing when nobody has come, and the next call at once', async () => {
    const trial = new Trial();
    trial.done(30, QUICK_MS);
    mock.timers.tick(LONG_MS);
    await nextTurn();
    expect(trial.batches).to.deep.equal([]);
    trial.come(1);
    await nextTurn();
    expect(trial.batches).to.deep.equal([1]);
  });
});
