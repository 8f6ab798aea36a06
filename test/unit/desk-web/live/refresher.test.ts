import { expect } from 'chai';
import { createRefresher } from '../../../../desk/web/live/refresher.ts';
import { HandTimers, settle } from '../support.ts';

describe('the refresher', () => {
  it('turns many requests into one load now and one after', async () => {
    const timers = new HandTimers();
    let loads = 0;
    const refresh = createRefresher(
      async () => {
        loads++;
      },
      100,
      timers,
    );
    for (let count = 0; count < 20; count++) void refresh();
    await settle();
    expect(loads).to.equal(1);
    timers.advance(100);
    await settle();
    expect(loads).to.equal(2);
    timers.advance(100);
    await settle();
    expect(loads).to.equal(2);
  });

  it('ends a request with a load that began after it', async () => {
    const timers = new HandTimers();
    const begun: string[] = [];
    let release = (): void => undefined;
    const refresh = createRefresher(
      async () => {
        begun.push(`load ${begun.length + 1}`);
        await new Promise<void>((resolve) => (release = resolve));
      },
      100,
      timers,
    );
    void refresh();
    let ended = false;
    void refresh().then(() => (ended = true));
    release();
    await settle();
    expect({ begun: begun.length, ended }).to.deep.equal({ begun: 1, ended: false });
    timers.advance(100);
    release();
    await settle();
    release();
    await settle();
    expect({ begun: begun.length, ended }).to.deep.equal({ begun: 2, ended: true });
  });

  it('goes on after a load that failed', async () => {
    const timers = new HandTimers();
    let loads = 0;
    const refresh = createRefresher(
      () => {
        loads++;
        return Promise.reject(new Error('no line'));
      },
      100,
      timers,
    );
    await refresh();
    timers.advance(100);
    await refresh();
    expect(loads).to.equal(2);
  });
});
