import { expect } from 'chai';
import { newSid } from '../../lib/simulator/state.ts';
import { until } from '../../scripts/node-red-process.ts';
import { json, SENDER } from '../unit/twilio/fixture.ts';
import { ACCOUNT_SID, botFlow } from './support/flows.ts';
import { expectNoLeak } from './support/leaks.ts';
import { TwilioStub, type Create, type Recorded } from './support/twilio-stub.ts';
import { Victim } from './support/victim.ts';
import { Webhooks } from './support/webhooks.ts';

/** Each kills Node-RED at the moment at which Twilio has the message and we do not know it. */
const KILLS = 8;
const TOGETHER = 25;

/** What can become of a create that Twilio has recorded. */
const BROKEN_ANSWERS: Record<string, Recorded> = {
  'drops the connection': (_create, response) => {
    response.destroy();
    return 'silence';
  },
  'answers 500': (_create, response) => {
    json(response, 500, { code: 20500, message: 'Internal Server Error', status: 500 });
    return 'silence';
  },
  'answers half a sentence': (_create, response) => {
    response.writeHead(201, { 'content-type': 'application/json' }).end('{"sid": "SM');
    return 'silence';
  },
};

interface Row {
  id: string;
  sid: string | null;
  status: string;
}

describe('at most once to the customer, whatever happens after Twilio has the message', () => {
  let victim: Victim;
  let webhooks: Webhooks;
  let twilio: TwilioStub;
  let customers = 0;

  before(async () => {
    twilio = await TwilioStub.start();
    victim = await Victim.start((publicUrl) => botFlow({ publicUrl, apiBaseUrl: twilio.url }));
    webhooks = new Webhooks(victim.port);
  });

  beforeEach(() => {
    twilio.onRecorded = () => 'answer';
    twilio.listed = true;
  });

  after(async () => {
    webhooks.close();
    await victim.dispose();
    await twilio.close();
  });

  /** A new customer writes; the bot's answer is known by the message's SID. */
  async function write(): Promise<string> {
    const sid = newSid('SM');
    const phone = String(15554001000 + (customers += 1));
    expect((await webhooks.message(sid, { From: `whatsapp:+${phone}`, WaId: phone })).status).to.equal(200);
    return sid;
  }

  const answerTo = (sid: string): Row =>
    victim.rows<Row>(`select id, sid, status from messages where direction = 'outbound' and text = ?`, `Answer to ${sid}`)[0]!;

  const createFor = (sid: string): Create => twilio.creates.find(({ body }) => body === `Answer to ${sid}`)!;

  const restart = async (): Promise<void> => {
    await victim.stop();
    await victim.launch();
  };

  /** Nobody sends it again, however often flows and Node-RED start. */
  async function expectSentOnce(sids: string[]): Promise<void> {
    await victim.deploy('full');
    const after = await write();
    await until('the flow has had its turn', () => twilio.count(`Answer to ${after}`) === 1);
    for (const sid of sids) expect(twilio.count(`Answer to ${sid}`), `creates for ${sid}`).to.equal(1);
  }

  for (const [name, broken] of Object.entries(BROKEN_ANSWERS)) {
    it(`Twilio accepts and ${name}: unknown, until a look-up or a callback tells (I9)`, async () => {
      // Twilio does not list them at first: with the look-up that follows at once they would not stay unknown.
      twilio.listed = false;
      twilio.onRecorded = broken;
      const sids = [await write(), await write()];
      await until('both are unknown', () => sids.every((sid) => answerTo(sid)?.status === 'unknown'));
      twilio.onRecorded = () => 'answer';
      await expectSentOnce(sids);
      twilio.listed = true;
      const refusals = victim.toldAt('refused').filter(({ id }) => sids.some((sid) => answerTo(sid).id === id));
      expect(refusals.map(({ code }) => code)).to.deep.equal(['SEND_UNKNOWN', 'SEND_UNKNOWN']);

      const [called, found] = sids as [string, string];
      const { statusCallback, sid, to } = createFor(called);
      const { pathname, search } = new URL(statusCallback);
      const status = { MessageSid: sid, SmsSid: sid, MessageStatus: 'delivered', SmsStatus: 'delivered' };
      const form = { ...status, From: SENDER, To: to, AccountSid: ACCOUNT_SID, ApiVersion: '2010-04-01' };
      expect((await webhooks.post(pathname + search, form)).status).to.equal(200);
      expect(answerTo(called)).to.include({ sid, status: 'delivered' });

      await restart();
      await until('it is found', () => answerTo(found).status === 'queued');
      expect(answerTo(found).sid).to.equal(createFor(found).sid);
      expect(answerTo(called).status).to.equal('delivered');
      await expectSentOnce(sids);
    });
  }

  it('Twilio accepts and drops the connection: looked up at once, without a restart (I9)', async () => {
    twilio.onRecorded = BROKEN_ANSWERS['drops the connection']!;
    const sid = await write();
    await until('it is found', () => answerTo(sid)?.status === 'queued');
    twilio.onRecorded = () => 'answer';
    expect(answerTo(sid).sid).to.equal(createFor(sid).sid);
    await expectSentOnce([sid]);
  });

  it(`kill -9 between Twilio’s 201 and our record, ${KILLS} times with ${TOGETHER} under way: sent once, found or unknown (I10)`, async () => {
    const sids: string[] = [];
    for (let kill = 0; kill < KILLS; kill += 1) {
      twilio.listed = kill % 2 === 0;
      let recorded = 0;
      const killed = new Promise<void>((resolve, reject) => {
        twilio.onRecorded = async (): Promise<'silence'> => {
          recorded += 1;
          if (recorded === TOGETHER) await victim.kill().then(resolve, reject);
          // The others have no answer yet either.
          await killed;
          return 'silence';
        };
      });
      const written = await Promise.all(Array.from({ length: TOGETHER }, write));
      await killed;
      twilio.onRecorded = () => 'answer';
      expect(written.map((sid) => answerTo(sid).status)).to.deep.equal(Array(TOGETHER).fill('submitting'));
      await victim.launch();
      const settled = twilio.listed ? 'queued' : 'unknown';
      await until(`all are ${settled}`, () => written.every((sid) => answerTo(sid).status === settled));
      for (const sid of written) expect(answerTo(sid).sid).to.equal(twilio.listed ? createFor(sid).sid : null);
      sids.push(...written);
    }
    await expectSentOnce(sids);
  });

  it('Twilio cannot be asked after the restart either: asked again until it can', async () => {
    const killed = new Promise<void>((resolve, reject) => {
      twilio.onRecorded = async (): Promise<'silence'> => {
        await victim.kill().then(resolve, reject);
        return 'silence';
      };
    });
    const sid = await write();
    await killed;
    twilio.onRecorded = () => 'answer';
    twilio.down = true;
    await victim.launch();
    await until('it was asked', () => twilio.askedInVain.has(createFor(sid).to));
    expect(answerTo(sid).status).to.equal('submitting');
    twilio.down = false;
    await until('it is found', () => answerTo(sid).status === 'queued', 40);
    expect(twilio.count(`Answer to ${sid}`)).to.equal(1);
  });

  it('leaves no text, name or secret in the log (I26)', () => expectNoLeak(victim));
});
