import { expect } from 'chai';
import fc from 'fast-check';
import { MOST_SESSIONS } from '../../../lib/domain/presence.ts';
import { chooseAgents, isEligible, isWorking, STRATEGIES, type Candidate, type Work } from '../../../lib/domain/routing.ts';

const agent = (id: string, change: Partial<Candidate> = {}): Candidate => ({
  id,
  presence: 'available',
  free: 3,
  sessions: 0,
  offers: 0,
  lastOfferedAt: null,
  skills: new Set(),
  ...change,
});
const job = (change: Partial<Work> = {}): Work => ({
  units: 1,
  skills: [],
  preferred: null,
  insist: false,
  declined: new Set(),
  ...change,
});

describe('who may be given work', () => {
  it('is whoever is available or busy', () => {
    const working = (['available', 'busy', 'dnd', 'away', 'offline', 'inactive'] as const).filter(isWorking);
    expect(working).to.deep.equal(['available', 'busy']);
  });

  it('has the units, fewer than ten sessions, every skill, and has not said no', () => {
    expect(isEligible(agent('a', { free: 2 }), job({ units: 2 }))).to.equal(true);
    expect(isEligible(agent('a', { free: 1 }), job({ units: 2 }))).to.equal(false);
    expect(isEligible(agent('a', { free: -1 }), job())).to.equal(false);
    expect(isEligible(agent('a', { free: 99, sessions: MOST_SESSIONS - 1 }), job())).to.equal(true);
    expect(isEligible(agent('a', { free: 99, sessions: MOST_SESSIONS }), job())).to.equal(false);
    const french = agent('a', { skills: new Set(['french']) });
    expect(isEligible(french, job({ skills: ['french'] }))).to.equal(true);
    expect(isEligible(french, job({ skills: ['french', 'billing'] }))).to.equal(false);
    expect(isEligible(agent('a'), job({ declined: new Set(['a']) }))).to.equal(false);
  });
});

describe('a queue offers', () => {
  it('"all": to everybody who may', () => {
    expect(chooseAgents('all', [agent('a'), agent('b', { free: 0 }), agent('c', { offers: 4 })], job())).to.deep.equal([
      'a',
      'c',
    ]);
  });

  it('"round-robin": to whoever was asked longest ago, one at a time', () => {
    const team = [agent('a', { lastOfferedAt: 30 }), agent('b', { lastOfferedAt: 10 }), agent('c', { lastOfferedAt: 20 })];
    expect(chooseAgents('round-robin', team, job())).to.deep.equal(['b']);
    expect(chooseAgents('round-robin', [...team, agent('d')], job())).to.deep.equal(['d']);
    expect(chooseAgents('round-robin', [agent('a', { offers: 1 }), agent('b', { lastOfferedAt: 99 })], job())).to.deep.equal([
      'b',
    ]);
    expect(chooseAgents('round-robin', [agent('a', { offers: 1 })], job())).to.deep.equal([]);
  });

  it('"round-robin": gives everybody a turn before anybody has a second one', () => {
    const team = ['c', 'a', 'b'].map((id) => agent(id));
    const turns: string[] = [];
    for (let now = 1; now <= 9; now++) {
      const [id = ''] = chooseAgents('round-robin', team, job());
      turns.push(id);
      team.find((one) => one.id === id)!.lastOfferedAt = now;
    }
    expect(turns).to.deep.equal(['a', 'b', 'c', 'a', 'b', 'c', 'a', 'b', 'c']);
  });

  it('"least-active": to whoever has least to do, and among equals in turn', () => {
    const team = [
      agent('a', { sessions: 2 }),
      agent('b', { sessions: 1, lastOfferedAt: 5 }),
      agent('c', { sessions: 1, lastOfferedAt: 4 }),
    ];
    expect(chooseAgents('least-active', team, job())).to.deep.equal(['c']);
  });

  it('to the preferred agent alone when they can, else to the others, unless nobody else will do', () => {
    const team = [agent('a'), agent('b', { offers: 2 })];
    for (const strategy of STRATEGIES) {
      expect(chooseAgents(strategy, team, job({ preferred: 'b' })), strategy).to.deep.equal(['b']);
      expect(chooseAgents(strategy, team, job({ preferred: 'gone' })), strategy).to.include('a');
      expect(chooseAgents(strategy, team, job({ preferred: 'gone', insist: true })), strategy).to.deep.equal([]);
      expect(chooseAgents(strategy, team, job({ preferred: 'b', insist: true, declined: new Set(['b']) }))).to.deep.equal([]);
    }
  });

  it('only ever to people who may have it, and to nobody only when nobody may', () => {
    const skills = fc.subarray(['french', 'billing']);
    const candidate = fc.record({
      presence: fc.constantFrom('available', 'busy', 'dnd', 'away', 'offline', 'inactive') as fc.Arbitrary<Candidate['presence']>,
      free: fc.integer({ min: -2, max: 4 }),
      sessions: fc.nat({ max: 11 }),
      offers: fc.nat({ max: 2 }),
      lastOfferedAt: fc.option(fc.nat({ max: 50 })),
      skills: skills.map((all) => new Set(all) as ReadonlySet<string>),
    });
    const team = fc.array(candidate, { maxLength: 8 }).map((all) => all.map((one, index) => ({ ...one, id: `agent${index}` })));
    const ids = Array.from({ length: 9 }, (_, index) => `agent${index}`);
    const work = fc.record({
      units: fc.integer({ min: 1, max: 3 }),
      skills,
      preferred: fc.option(fc.constantFrom(...ids)),
      insist: fc.boolean(),
      declined: fc.subarray(ids).map((all) => new Set(all) as ReadonlySet<string>),
    });
    fc.assert(
      fc.property(fc.constantFrom(...STRATEGIES), team, work, (strategy, agents, wanted) => {
        const chosen = chooseAgents(strategy, agents, wanted);
        const eligible = agents.filter((one) => isEligible(one, wanted));
        for (const id of chosen) expect(eligible.some((one) => one.id === id)).to.equal(true);
        expect(new Set(chosen).size).to.equal(chosen.length);
        if (strategy !== 'all') expect(chosen.length).to.be.at.most(1);
        if (wanted.insist) expect(chosen.every((id) => id === wanted.preferred)).to.equal(true);
        const idle = eligible.some((one) => one.offers === 0 || strategy === 'all');
        if (!wanted.insist && idle) expect(chosen.length).to.be.greaterThan(0);
      }),
    );
  });
});
