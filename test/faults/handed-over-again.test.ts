import { expect } from 'chai';
import { until } from '../../scripts/node-red-process.ts';
import { newSid } from '../../lib/simulator/state.ts';
import { bot, changed, code, configNodes, delay, node, recorder, switchByStart } from './support/flows.ts';
import { expectNoLeak, MARKERS } from './support/leaks.ts';
import { TwilioStub } from './support/twilio-stub.ts';
import { Victim } from './support/victim.ts';
import { Webhooks } from './support/webhooks.ts';

const DELAY_SECONDS = 10;
const SLOW = 20;
const QUICK = 5;

/** The ways in which a flow loses what it was holding. */
const INTERRUPTIONS: Record<string, (victim: Victim) => Promise<void>> = {
  'a full deploy': (victim) => victim.deploy('full'),
  'a deploy of changed nodes': (victim) =>
    victim.deploy('nodes', changed(victim.flows, { delay: { name: 'a new name, so that it is made anew' } })),
  SIGTERM: async (victim) => {
    await victim.stop();
    await victim.launch();
  },
  'kill -9': async (victim) => {
    await victim.kill();
    await victim.launch();
  },
  'a crash of a flow': async (victim) => {
    // Nobody answers: the process ends instead.
    await fetch(`${victim.url}/crash`).catch(() => undefined);
    expect(await victim.exited, 'the code with which it ended').to.equal(1);
    await victim.launch();
  },
};

interface Run {
  victim: Victim;
  twilio: TwilioStub;
  /** Whose answers wait in the Delay when it happens, and whose have left by then. */
  slow: string[];
  quick: string[];
}

/** Messages wait in a core Delay behind a core Switch, of which neither says what it holds, when something goes wrong. */
describe('handed over again after an interruption (I6)', () => {
  const runs = new Map<string, Promise<Run>>();
  const cleanUp: (() => Promise<void>)[] = [];

  before('all at once, because each mostly waits for the Delay', () => {
    for (const [name, interrupt] of Object.entries(INTERRUPTIONS)) {
      const run = play(interrupt, cleanUp);
      run.catch(() => undefined);
      runs.set(name, run);
    }
  });

  after(async () => {
    await Promise.allSettled(runs.values());
    await Promise.all(cleanUp.map((one) => one()));
  });

  for (const name of Object.keys(INTERRUPTIONS)) {
    it(`after ${name} every acknowledged message reaches the end and is answered once`, async () => {
      const { victim, twilio, slow, quick } = await runs.get(name)!;
      for (const sid of slow) {
        const ends = victim.toldAt('end').filter(({ id }) => id === sid);
        expect(ends.length, `${sid} at the end`).to.be.at.least(1);
        const begins = victim.toldAt('begin').filter(({ id }) => id === sid);
        expect(
          begins.map(({ redelivered }) => redelivered),
          `msg.redelivered of ${sid}`,
        ).to.deep.equal([false, true]);
        expect(ends.at(-1)!.redelivered, `msg.redelivered of ${sid} at the end`).to.equal(true);
      }
      // What was answered before is taken up: it is not handed over again.
      for (const sid of quick) expect(victim.toldAt('begin').filter(({ id }) => id === sid)).to.have.length(1);
      for (const sid of [...slow, ...quick]) expect(twilio.count(`Answer to ${sid}`), `answers to ${sid}`).to.equal(1);
      expect(twilio.creates).to.have.length(SLOW + QUICK);
      expect(victim.toldAt('refused')).to.deep.equal([]);
    });
  }

  it('leaves no text, name or secret in the log (I26)', async () => {
    for (const run of runs.values()) expectNoLeak((await run).victim);
  });
});

async function play(interrupt: (victim: Victim) => Promise<void>, cleanUp: (() => Promise<void>)[]): Promise<Run> {
  const twilio = await TwilioStub.start();
  cleanUp.push(() => twilio.close());
  const victim = await Victim.start((publicUrl) => [
    ...configNodes({ publicUrl, apiBaseUrl: twilio.url }),
    node('in', 'whatsapp-in', { account: 'account' }, 'begin', []),
    recorder('begin', 'switch'),
    switchByStart('switch', 'quick', 'bot', 'delay'),
    delay('delay', DELAY_SECONDS, 'bot'),
    bot('bot', 'end'),
    recorder('end', 'out'),
    node('out', 'whatsapp-out', { account: '' }, [], 'refused'),
    recorder('refused'),
    node('http', 'http in', { url: '/crash', method: 'get' }, 'crash'),
    code('crash', `setTimeout(async () => { throw new Error('a defect in a flow'); }, 1);`),
  ]);
  cleanUp.push(() => victim.dispose());
  const webhooks = new Webhooks(victim.port);
  const write = async (text: string, number: number): Promise<string> => {
    const sid = newSid('SM');
    const { status } = await webhooks.message(sid, {
      Body: `${text} ${MARKERS.text}`,
      From: `whatsapp:+1555300${1000 + number}`,
    });
    expect(status).to.equal(200);
    return sid;
  };
  const slow = await Promise.all(Array.from({ length: SLOW }, (_, number) => write('slow', number)));
  const quick = await Promise.all(Array.from({ length: QUICK }, (_, number) => write('quick', SLOW + number)));
  await until('the quick ones are answered', () => quick.every((sid) => twilio.count(`Answer to ${sid}`) === 1));
  await until('the slow ones are in the flow', () => victim.toldAt('begin').length === SLOW + QUICK);
  await interrupt(victim);
  await until('the slow ones are answered', () => slow.every((sid) => twilio.count(`Answer to ${sid}`) > 0), 40);
  await until('nothing is under way', () => victim.rows(`select 1 from messages where status = 'submitting'`).length === 0);
  webhooks.close();
  return { victim, twilio, slow, quick };
}
