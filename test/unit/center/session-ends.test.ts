import { expect } from 'chai';
import { HOUR, TestCenter } from '../../support/center.ts';

describe('the end of a session window', () => {
  let test: TestCenter;
  beforeEach(async () => {
    test = await TestCenter.open();
  });
  afterEach(() => test.close());

  /** What is said when so many hours more have passed, over several sweeps. */
  async function saidAfter(hours: number, closingMinutes = 60): Promise<[string, string | null, unknown][]> {
    test.time += hours * HOUR;
    test.events.length = 0;
    for (let sweeps = 0; sweeps < 3; sweeps++) await test.center.run('sweep', { closingMinutes });
    return test.events
      .filter(({ type }) => type.startsWith('session.'))
      .map(({ type, conversationId, data }) => [type, conversationId, data]);
  }

  it('is warned of and said once each, with the moment, and again for the next window', async () => {
    const conversationId = await test.queued(await test.queue());
    const ends = test.time + 24 * HOUR;
    expect(await saidAfter(22.9)).to.deep.equal([]);
    expect(await saidAfter(0.1)).to.deep.equal([['session.closing', conversationId, { expiresAt: ends }]]);
    expect(await saidAfter(1)).to.deep.equal([]);
    expect(await saidAfter(0.1)).to.deep.equal([['session.closed', conversationId, { expiredAt: ends }]]);
    expect(await saidAfter(24)).to.deep.equal([]);
    await test.receive('Still there?');
    expect((await saidAfter(23)).map(([type]) => type)).to.deep.equal(['session.closing']);
  });

  it('is not said where nobody is in conversation, nor warned of where that is not wanted', async () => {
    const agentId = await test.agent('sue');
    const conversationId = await test.queued(await test.queue());
    await test.center.run('forceClose', { conversationId, by: { agentId } });
    const other = (await test.receive('Hello', { from: 'whatsapp:+15552000009' })).conversationId;
    expect(await saidAfter(23.5, 0)).to.deep.equal([]);
    expect((await saidAfter(1, 0)).map(([type, id]) => [type, id])).to.deep.equal([['session.closed', other]]);
  });
});
