import { setTimeout as pause } from 'node:timers/promises';
import { randomInt } from 'node:crypto';
import { expect } from 'chai';
import { until } from '../../scripts/node-red-process.ts';
import { configNodes, node, recorder, switchByStart } from './support/flows.ts';
import { expectNoLeak } from './support/leaks.ts';
import { Load } from './support/load.ts';
import { Victim } from './support/victim.ts';
import { Webhooks } from './support/webhooks.ts';

const CYCLES = 60;
const SENDERS = 16;
const LEAST_MS = 50;
const MOST_MS = 300;

/** The parent owns the truth, the set of acknowledged SIDs; the child is a real Node-RED that dies in the middle of its work. */
describe('kill -9 under load', () => {
  let victim: Victim;

  before(async () => {
    victim = await Victim.start((publicUrl) => [
      ...configNodes({ publicUrl, apiBaseUrl: 'http://127.0.0.1:9' }),
      node('in', 'whatsapp-in', { account: 'account' }, 'switch', []),
      switchByStart('switch', 'zebra', 'guard', 'guard'),
      node('guard', 'session-guard', { center: 'center' }, 'store', []),
      node('store', 'transcript-store', { center: 'center', operation: 'store' }, 'end'),
      recorder('end'),
    ]);
  });

  after(() => victim.dispose());

  it(`loses no acknowledged message in ${CYCLES} cycles (I1)`, async () => {
    const seed = Number(process.env['FAULTS_SEED'] ?? randomInt(2 ** 31));
    const random = generator(seed);
    const acked = new Set<string>();
    let unanswered = 0;
    let kept = 0;
    const started = performance.now();
    for (let cycle = 0; cycle < CYCLES; cycle += 1) {
      if (cycle > 0) await victim.launch();
      const webhooks = new Webhooks(victim.port);
      const load = new Load({ webhooks, senders: SENDERS });
      load.start();
      await until('the first answer', () => load.acked.size > 0);
      await pause(LEAST_MS + random() * (MOST_MS - LEAST_MS));
      await victim.kill();
      await load.stop();
      webhooks.close();
      kept += victim.keptIds().length;
      for (const sid of load.acked) acked.add(sid);
      unanswered += load.others.length;
      expect(
        load.others.filter(({ status }) => status !== null),
        'answers that are neither 200 nor cut off',
      ).to.deep.equal([]);
    }
    const seconds = (performance.now() - started) / 1000;
    console.log(
      `      seed ${seed} (FAULTS_SEED): ${acked.size} acknowledged, ${unanswered} cut off, ${kept} kept and not entered, ${CYCLES} cycles in ${seconds.toFixed(0)} s`,
    );

    expect(victim.integrity()).to.equal('ok');
    expect(victim.missing(acked), `lost; seed ${seed}`).to.deep.equal([]);
    expect(unanswered, 'the kills came in the middle of something').to.be.above(CYCLES);
    const [counts] = victim.rows<{ stored: number; conversations: number; customers: number }>(
      `select (select count(*) from messages) + (select count(*) from arrivals) as stored, (select count(*) from conversations) as conversations,
              (select count(*) from customers) as customers`,
    );
    expect(counts!.stored).to.be.within(acked.size, acked.size + unanswered);
    expect(counts).to.include({ conversations: SENDERS, customers: SENDERS });
  });

  it('goes on where it was: what was not taken up reaches the end of the flow', async () => {
    const waiting = victim.rows<{ id: string }>('select id from messages where feed_state < 2').map(({ id }) => id);
    waiting.push(...victim.keptIds());
    const before = victim.told.length;
    await victim.launch();
    const webhooks = new Webhooks(victim.port);
    expect((await webhooks.message('SM' + 'f'.repeat(32))).status).to.equal(200);
    webhooks.close();
    await until('everything has come by', () => victim.told.length - before >= waiting.length + 1);
    const ids = victim.told.slice(before).map(({ id }) => id);
    expect(ids).to.have.members([...waiting, 'SM' + 'f'.repeat(32)]);
    expect(ids.at(-1), 'new ones come behind').to.equal('SM' + 'f'.repeat(32));
  });

  it('leaves no text, name or secret in the log (I26)', () => expectNoLeak(victim));
});

/** Random numbers from 0 to 1 that a seed repeats (mulberry32). */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
