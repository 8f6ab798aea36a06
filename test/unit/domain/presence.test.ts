import { expect } from 'chai';
import fc from 'fast-check';
import {
  BASE_PRESENCES,
  computedPresence,
  MOST_SESSIONS,
  nextPresence,
  RECONNECT_GRACE_MS,
  type PresenceState,
  type PresenceTrigger,
  type WorkCause,
  type Workload,
} from '../../../lib/domain/presence.ts';

const idle: Workload = { used: 0, total: 3, sessions: 0 };
const some: Workload = { used: 1, total: 3, sessions: 1 };
const CAUSES: WorkCause[] = ['own', 'others', 'circumstances'];
const full: Workload = { used: 3, total: 3, sessions: 3 };
const gone: PresenceState = { presence: 'offline', custom: null, by: 'system', before: null, lostAt: null };
const connected = (
  workload: Workload = idle,
  at = 0,
  usual: null | { presence: 'away'; custom: null } = null,
): PresenceTrigger => ({
  type: 'connected',
  at,
  signedIn: false,
  usual,
  workload,
});
const signedIn = (workload: Workload = idle, usual: Extract<PresenceTrigger, { type: 'connected' }>['usual'] = null) =>
  nextPresence(gone, { type: 'connected', at: 0, signedIn: true, usual, workload });
const choose = (presence: (typeof BASE_PRESENCES)[number], custom: string | null = null): PresenceTrigger => ({
  type: 'chosen',
  at: 0,
  presence,
  custom,
});
const work = (workload: Workload, cause: WorkCause = 'own'): PresenceTrigger => ({ type: 'work-changed', workload, cause });
const play = (from: PresenceState, ...triggers: PresenceTrigger[]) => triggers.reduce(nextPresence, from);

describe('the status that the work gives', () => {
  it('is available, busy with some and do not disturb with all capacity used', () => {
    expect([idle, some, full].map(computedPresence)).to.deep.equal(['available', 'busy', 'dnd']);
    expect(computedPresence({ used: 4, total: 3, sessions: 2 })).to.equal('dnd');
    expect(computedPresence({ used: 0, total: 0, sessions: 0 })).to.equal('dnd');
  });

  it('is do not disturb with ten sessions, whatever they cost', () => {
    expect(computedPresence({ used: 9, total: 100, sessions: MOST_SESSIONS - 1 })).to.equal('busy');
    expect(computedPresence({ used: 0, total: 100, sessions: MOST_SESSIONS })).to.equal('dnd');
  });
});

describe('an agent’s status', () => {
  it('follows the work while the system sets it', () => {
    const start = signedIn();
    expect(start).to.include({ presence: 'available', by: 'system' });
    expect(play(start, work(some)).presence).to.equal('busy');
    expect(play(start, work(full)).presence).to.equal('dnd');
    expect(play(start, work(full), work(some)).presence).to.equal('busy');
  });

  it('is what the agent chose until the next accept or close, for available and busy', () => {
    for (const presence of ['available', 'busy'] as const) {
      const chosen = play(signedIn(full), choose(presence, 'training'));
      expect(chosen).to.include({ presence, custom: 'training', by: 'agent' });
      expect(play(chosen, work(full))).to.include({ presence: 'dnd', custom: null, by: 'system' });
      expect(play(chosen, work(full, 'others'))).to.include({ presence: 'dnd', custom: null, by: 'system' });
      expect(play(chosen, work(full, 'circumstances')), 'nothing was accepted or closed').to.deep.equal(chosen);
    }
  });

  it('is what the agent chose whatever happens, for away, do not disturb and offline', () => {
    for (const presence of ['away', 'dnd', 'offline'] as const) {
      const chosen = play(signedIn(), choose(presence, 'lunch'));
      for (const trigger of [work(some), work(full), { type: 'offer-missed' }, { type: 'offer-rejected' }] as PresenceTrigger[]) {
        expect(nextPresence(chosen, trigger), trigger.type).to.deep.equal(chosen);
      }
    }
  });

  it('is inactive after a missed offer and do not disturb after a rejected one', () => {
    expect(play(signedIn(), { type: 'offer-missed' })).to.include({ presence: 'inactive', by: 'system' });
    expect(play(signedIn(), { type: 'offer-rejected' })).to.include({ presence: 'dnd', by: 'system' });
    expect(play(signedIn(), choose('busy'), { type: 'offer-missed' })).to.include({ presence: 'inactive', by: 'system' });
  });

  it('stays inactive until the agent chooses a status, or accepts or closes something by hand', () => {
    const inactive = play(signedIn(), { type: 'offer-missed' });
    for (const cause of ['others', 'circumstances'] as const) {
      expect(play(inactive, work(some, cause), work(idle, cause)), cause).to.deep.equal(inactive);
      const away = play(inactive, { type: 'disconnected', at: 0 });
      expect(play(away, work(some, cause), connected(some, 1)), `${cause}, while away`).to.deep.equal(inactive);
    }
    expect(play(inactive, { type: 'offer-missed' }, { type: 'offer-rejected' }).presence).to.equal('dnd');
    expect(play(inactive, work(some)).presence).to.equal('busy');
    expect(play(inactive, work(idle)).presence).to.equal('available');
    expect(play(inactive, choose('available'))).to.include({ presence: 'available', by: 'agent' });
  });

  it('is offline at once when the line breaks, and as before within two and a half minutes', () => {
    for (const before of [
      signedIn(some),
      play(signedIn(), choose('away', 'lunch')),
      play(signedIn(), { type: 'offer-missed' }),
    ]) {
      const lost = nextPresence(before, { type: 'disconnected', at: 1000 });
      expect(lost).to.include({ presence: 'offline', custom: null, by: 'system', lostAt: 1000 });
      expect(nextPresence(lost, { type: 'disconnected', at: 2000 }), 'twice').to.deep.equal(lost);
      expect(nextPresence(lost, connected(full, 1000 + RECONNECT_GRACE_MS))).to.deep.equal(before);
      expect(nextPresence(lost, connected(full, 1001 + RECONNECT_GRACE_MS))).to.include({ presence: 'dnd', by: 'system' });
    }
  });

  it('comes back with what has changed meanwhile', () => {
    const lost = play(signedIn(some), { type: 'disconnected', at: 0 });
    expect(play(lost, work(full)).presence).to.equal('offline');
    expect(play(lost, work(full), connected(full, 1)).presence).to.equal('dnd');
    expect(play(lost, choose('away', 'lunch')).presence).to.equal('offline');
    expect(play(lost, choose('away', 'lunch'), connected(full, 1))).to.include({ presence: 'away', custom: 'lunch' });
    const away = play(signedIn(), choose('away'), { type: 'disconnected', at: 0 });
    expect(play(away, work(full), connected(full, 1)).presence).to.equal('away');
  });

  it('does not come back after signing out', () => {
    const out = play(signedIn(), choose('away'), { type: 'signed-out' });
    expect(out).to.deep.equal(gone);
    expect(play(out, { type: 'disconnected', at: 0 })).to.deep.equal(gone);
    expect(nextPresence(out, { type: 'connected', at: 1, signedIn: true, usual: null, workload: some }).presence).to.equal(
      'busy',
    );
  });

  it('begins as usual: away and offline in any case, the others while there is nothing to do', () => {
    expect(signedIn(full, { presence: 'away', custom: 'back office' })).to.include({ presence: 'away', custom: 'back office' });
    expect(signedIn(full, { presence: 'offline', custom: null })).to.include({ presence: 'offline', by: 'agent' });
    expect(signedIn(idle, { presence: 'busy', custom: null })).to.include({ presence: 'busy', by: 'agent' });
    expect(signedIn(some, { presence: 'available', custom: null })).to.include({ presence: 'busy', by: 'system' });
  });

  const workload = fc.record({ used: fc.nat({ max: 6 }), total: fc.nat({ max: 5 }), sessions: fc.nat({ max: 12 }) });
  const trigger: fc.Arbitrary<PresenceTrigger> = fc.oneof(
    fc.record({
      type: fc.constant('chosen' as const),
      at: fc.nat({ max: 1e6 }),
      presence: fc.constantFrom(...BASE_PRESENCES),
      custom: fc.constantFrom(null, 'lunch'),
    }),
    fc.record({ type: fc.constant('work-changed' as const), workload, cause: fc.constantFrom(...CAUSES) }),
    fc.constant({ type: 'offer-missed' as const }),
    fc.constant({ type: 'offer-rejected' as const }),
    fc.constant({ type: 'signed-out' as const }),
    fc.record({ type: fc.constant('disconnected' as const), at: fc.nat({ max: 1e6 }) }),
    fc.record({
      type: fc.constant('connected' as const),
      at: fc.nat({ max: 1e6 }),
      signedIn: fc.boolean(),
      usual: fc.constantFrom(null, { presence: 'busy' as const, custom: null }, { presence: 'away' as const, custom: 'lunch' }),
      workload,
    }),
  );

  it('is offline without a desk whatever is tried, and never flips by itself where the agent has decided', () => {
    fc.assert(
      fc.property(fc.array(trigger, { maxLength: 40 }), (triggers) => {
        let state = gone;
        let there = false;
        for (const one of triggers) {
          const before = state;
          state = nextPresence(state, one);
          if (one.type === 'disconnected' || one.type === 'signed-out') there = false;
          else if (one.type === 'connected' && (one.signedIn || before.lostAt !== null)) there = true;
          if (!there) expect(state.presence).to.equal('offline');
          const decided = before.by === 'agent' && ['away', 'dnd', 'offline'].includes(before.presence);
          if (there && decided && ['work-changed', 'offer-missed', 'offer-rejected'].includes(one.type)) {
            expect(state).to.deep.equal(before);
          }
          if (before.presence === 'inactive' && state.presence !== 'inactive') {
            expect(['chosen', 'offer-rejected', 'disconnected', 'signed-out', 'connected', 'work-changed']).to.include(one.type);
            if (one.type === 'work-changed') expect(one.cause).to.equal('own');
          }
          if (state.presence === 'inactive' && before.presence !== 'inactive') {
            expect(['offer-missed', 'connected']).to.include(one.type);
          }
        }
      }),
    );
  });
});
