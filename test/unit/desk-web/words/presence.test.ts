import { expect } from 'chai';
import fc from 'fast-check';
import { BASE_PRESENCES, computedPresence, MOST_SESSIONS, nextPresence } from '../../../../lib/domain/presence.ts';
import { statusChoices } from '../../../../desk/web/rail/status-choices.ts';
import { presenceReason, quietReason } from '../../../../desk/web/words/presence.ts';
import { presence } from '../support.ts';

const open = { isOpen: true, served: true };

describe('why a status is what it is', () => {
  it('is never asked of what the agent chose', () => {
    for (const chosen of BASE_PRESENCES) expect(presenceReason(presence({ presence: chosen, by: 'agent' }))).to.equal(null);
  });

  it('is told for what the system did', () => {
    const reason = (change: Parameters<typeof presence>[0]) => presenceReason(presence(change));
    expect(reason({ presence: 'dnd', used: 10 })).to.equal('full');
    expect(reason({ presence: 'dnd', used: 12 })).to.equal('full');
    expect(reason({ presence: 'dnd', used: 1, sessions: MOST_SESSIONS })).to.equal('sessions');
    expect(reason({ presence: 'dnd', used: 1 })).to.equal('rejected');
    expect(reason({ presence: 'inactive' })).to.equal('missed');
    expect(reason({ presence: 'busy', used: 3 })).to.equal('work');
    expect(reason({ presence: 'offline' })).to.equal('absent');
    expect(reason({ presence: 'available' })).to.equal(null);
  });

  it('agrees with the rule that set it, whatever the work', () => {
    const load = fc.record({
      used: fc.integer({ min: 0, max: 30 }),
      total: fc.integer({ min: 1, max: 20 }),
      sessions: fc.integer({ min: 0, max: 15 }),
    });
    fc.assert(
      fc.property(load, (workload) => {
        const start = { presence: 'available' as const, custom: null, by: 'system' as const, before: null, lostAt: null };
        const next = nextPresence(start, { type: 'work-changed', cause: 'own', workload });
        expect(next.presence).to.equal(computedPresence(workload));
        const told = presenceReason(
          presence({ ...next, used: workload.used, capacity: workload.total, sessions: workload.sessions }),
        );
        expect(told === 'full' || told === 'sessions').to.equal(next.presence === 'dnd');
        expect(told).to.not.equal('rejected');
      }),
    );
  });
});

describe('why nothing comes', () => {
  it('is nothing while work can come', () => {
    expect(quietReason(presence(), [open])).to.equal(null);
    expect(quietReason(presence({ presence: 'busy', used: 3 }), [{ ...open, isOpen: false }, open])).to.equal(null);
  });

  it('names the strongest reason', () => {
    expect(quietReason(presence({ presence: 'away', by: 'agent' }), [])).to.deep.equal({ kind: 'presence', presence: 'away' });
    expect(quietReason(presence({ presence: 'dnd', used: 10 }), [open])).to.deep.equal({ kind: 'full' });
    expect(quietReason(presence({ used: 10, by: 'agent' }), [open])).to.deep.equal({ kind: 'full' });
    expect(quietReason(presence(), [])).to.deep.equal({ kind: 'no-queue' });
    expect(quietReason(presence(), [{ isOpen: false, served: false }])).to.deep.equal({ kind: 'stopped' });
    expect(quietReason(presence(), [{ isOpen: false, served: true }])).to.deep.equal({ kind: 'hours' });
  });
});

describe('the statuses to choose from', () => {
  it('are the base ones, each with the custom ones that mean it behind it', () => {
    const choices = statusChoices(BASE_PRESENCES, [
      { id: 's1', label: 'Lunch', base: 'away' },
      { id: 's2', label: 'Training', base: 'dnd' },
    ]);
    expect(choices.map(({ key }) => key)).to.deep.equal(['available', 'busy', 'dnd', 's2', 'away', 's1', 'offline']);
    expect(choices[3]).to.deep.equal({ key: 's2', base: 'dnd', statusId: 's2', label: 'Training' });
  });
});
