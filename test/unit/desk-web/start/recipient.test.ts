import { expect } from 'chai';
import { liveKind, readRecipient, typedAddress } from '../../../../desk/web/start/recipient.ts';
import type { RecipientView } from '../../../../lib/center/sending-contract.ts';

describe('whom an agent writes to first', () => {
  it('is a number however people write it, and never one that was guessed', () => {
    for (const text of ['+15550177042', ' +1 (555) 017-7042 ', '+1.555.017.7042', '+1\u00a0555\u2011017\u20117042']) {
      expect(readRecipient(text), text).to.deep.equal({ kind: 'address', address: '+15550177042' });
    }
    for (const text of ['0555 0177042', '15550177042', '0015550177042', '+1', '+']) {
      expect(readRecipient(text).kind, text).to.be.oneOf(['number', 'text']);
    }
    expect(typedAddress('0555 017')).to.equal('0555017');
  });

  it('is a user id of WhatsApp as it stands, or a name to look for', () => {
    expect(readRecipient('US.13491208655302741918')).to.deep.equal({ kind: 'address', address: 'US.13491208655302741918' });
    expect(readRecipient('Lucía')).to.deep.equal({ kind: 'text' });
    expect(readRecipient('  ')).to.deep.equal({ kind: 'empty' });
  });

  it('may be in a conversation already, and whose it is decides', () => {
    const live = (change: Partial<NonNullable<RecipientView['live']>>) =>
      liveKind(
        {
          live: {
            conversationId: 'c1',
            state: 'open',
            handledBy: 'queue',
            agent: null,
            queue: 'Support',
            visible: true,
            ...change,
          },
        },
        'me',
      );
    expect(liveKind({ live: null }, 'me')).to.equal(null);
    expect(live({})).to.equal('queue');
    expect(live({ visible: false })).to.equal('foreign-queue');
    expect(live({ handledBy: 'flow' })).to.equal('bot');
    const mine = { handledBy: 'agent' as const, agent: { id: 'me', name: 'Me' } };
    expect(live({ ...mine, state: 'active' })).to.equal('mine');
    expect(live({ ...mine, state: 'waiting' })).to.equal('mine');
    expect(live({ ...mine, state: 'wrap-up' })).to.equal('wrap-up');
    expect(live({ handledBy: 'agent', agent: { id: 'a2', name: 'Ana' } })).to.equal('other');
    // Of a queue that is none of ours: who it is is not told.
    expect(live({ handledBy: 'agent', agent: null, queue: null, visible: false })).to.equal('other');
  });
});
