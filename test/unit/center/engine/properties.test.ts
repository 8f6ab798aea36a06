import { expect } from 'chai';
import fc from 'fast-check';
import { drawOn } from '../../../support/draw-on.ts';
import {
  checkAbsence,
  checkCapacity,
  checkLine,
  checkOffers,
  checkParticipants,
  checkPresence,
  checkStates,
  checkSteps,
  pictureOf,
} from './invariants.ts';
import { STEPS, World, type Step } from './world.ts';

const choice = fc.nat({ max: 1000 });
const step: fc.Arbitrary<Step> = fc.record({
  // What happens all day long is more frequent than what a supervisor changes.
  kind: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...STEPS) },
    { weight: 5, arbitrary: fc.constantFrom('queue', 'queue', 'accept-offer', 'accept-offer', 'desk-opens', 'time') },
    { weight: 3, arbitrary: fc.constantFrom('transfer', 'consult', 'cancel', 'release', 'end', 'close', 'reject') },
  ),
  a: choice,
  b: choice,
  c: choice,
}) as fc.Arbitrary<Step>;

describe('the engine, whatever is done in whatever order', () => {
  it('keeps to the states, loses nobody, overloads nobody by itself and says why', async () => {
    const refusals = new Set<string>();
    const taken = new Set<string>();
    const property = fc.asyncProperty(fc.array(step, { minLength: 40, maxLength: 120, size: 'max' }), async (steps) => {
      const world = await World.create();
      try {
        let before = pictureOf(world.db);
        for (const one of steps) {
          world.test.events.length = 0;
          const refused = await world.take(one);
          const after = pictureOf(world.db);
          const { events, time } = world.test;
          if (refused === null) taken.add(one.kind);
          else {
            refusals.add(refused);
            // A customer's message before the flow's wish stays, whatever becomes of the wish.
            if (one.kind !== 'queue') expect(events, `refused with ${refused}, and yet something happened`).to.deep.equal([]);
          }
          checkStates(after);
          checkSteps(before, after, events, one.kind === 'time');
          checkOffers(before, after);
          checkPresence(before, after, events);
          checkCapacity(after, events, time);
          checkParticipants(after);
          checkLine(after, time);
          if (one.kind === 'time') checkAbsence(before, after, events, time);
          before = after;
        }
      } finally {
        await world.close();
      }
    });
    await drawOn(property, Number(process.env['ENGINE_RUNS'] ?? 25), () => taken.size === STEPS.length);
    // The sequences have really been through everything.
    expect([...taken].sort()).to.deep.equal([...STEPS].sort());
    expect([...refusals]).to.include.members(['NOT_YOUR_CONVERSATION', 'ILLEGAL_TRANSITION', 'CONVERSATION_CLOSED']);
  }).timeout(300_000);
});
