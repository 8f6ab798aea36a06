import { expect } from 'chai';
import { chosenModes, composerModes, modeOf } from '../../../../desk/web/conversation/composer/composer-mode.ts';

const STATES = ['open', 'active', 'waiting', 'wrap-up', 'closed'] as const;

describe('what may be written', () => {
  it('to the customer: by the owner and by a supervisor who has joined, while it is active', () => {
    const replies = (['owner', 'consult', 'monitor', 'join', 'none'] as const).flatMap((role) =>
      STATES.filter((state) => composerModes(role, state).includes('reply')).map((state) => `${role} ${state}`),
    );
    expect(replies).to.deep.equal(['owner active', 'join active']);
  });

  it('to colleagues: by whoever takes part, until it is closed', () => {
    for (const role of ['consult', 'monitor', 'join'] as const) {
      for (const state of STATES) expect(composerModes(role, state).includes('internal')).to.equal(state !== 'closed');
    }
    expect(STATES.flatMap((state) => composerModes('none', state))).to.deep.equal([]);
  });

  it('begins with the answer, and with what was chosen only where it is still possible', () => {
    expect(modeOf('c1', ['reply', 'internal'])).to.equal('reply');
    chosenModes.set('c1', 'internal');
    expect(modeOf('c1', ['reply', 'internal'])).to.equal('internal');
    expect(modeOf('c2', ['reply', 'internal'])).to.equal('reply');
    chosenModes.set('c1', 'reply');
    expect(modeOf('c1', ['internal'])).to.equal('internal');
    chosenModes.clear();
  });
});
