import { expect } from 'chai';
import fc from 'fast-check';
import { nextState, type Transition } from '../../../lib/domain/conversation-state.ts';
import { isCenterError } from '../../../lib/domain/errors.ts';
import type { ConversationState } from '../../../lib/domain/message.ts';

const STATES: ConversationState[] = ['open', 'active', 'waiting', 'wrap-up', 'closed'];
const TRANSITIONS: Transition[] = ['accept', 'end', 'close', 'set-aside', 'customer-wrote', 'window-ended', 'reopen'];

describe('the states of a conversation', () => {
  it('move as the table says', () => {
    expect(nextState('open', 'accept')).to.equal('active');
    expect(nextState('active', 'end')).to.equal('wrap-up');
    expect(nextState('wrap-up', 'close')).to.equal('closed');
    expect(nextState('active', 'set-aside')).to.equal('waiting');
    expect(nextState('waiting', 'customer-wrote')).to.equal('open');
    expect(nextState('wrap-up', 'customer-wrote')).to.equal('active');
    expect(nextState('open', 'window-ended')).to.equal('closed');
  });

  it('stay within the five, and closed stays closed, whatever is tried', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...TRANSITIONS), { maxLength: 30 }), (steps) => {
        let state: ConversationState = 'open';
        for (const step of steps) {
          const before: ConversationState = state;
          try {
            state = nextState(state, step);
          } catch (error) {
            expect(isCenterError(error)).to.equal(true);
          }
          expect(STATES).to.include(state);
          if (before === 'closed') expect(state).to.equal('closed');
        }
      }),
    );
  });

  it('refuse with a code that says why', () => {
    expect(() => nextState('closed', 'accept'))
      .to.throw()
      .with.property('code', 'CONVERSATION_CLOSED');
    expect(() => nextState('open', 'end'))
      .to.throw()
      .with.property('code', 'ILLEGAL_TRANSITION');
  });
});
