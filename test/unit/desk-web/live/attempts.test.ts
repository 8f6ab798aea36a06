import { expect } from 'chai';
import { createAttempts } from '../../../../desk/web/live/attempts.ts';

describe('what is sent again', () => {
  it('has the same id until it has succeeded, and then a new one', async () => {
    const attempts = createAttempts();
    const ids: string[] = [];
    const lost = (id: string) => {
      ids.push(id);
      return Promise.reject(new Error('The answer was lost.'));
    };
    const taken = (id: string) => Promise.resolve(ids.push(id));
    await attempts.send('one', lost).catch(() => undefined);
    await attempts.send('one', taken);
    await attempts.send('other', taken);
    await attempts.send('one', taken);
    expect(ids[1]).to.equal(ids[0]);
    expect(new Set(ids).size).to.equal(3);
  });
});
