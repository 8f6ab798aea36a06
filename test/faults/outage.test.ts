import { expect } from 'chai';
import { newSid } from '../../lib/simulator/state.ts';
import { anyFreePort, until } from '../../scripts/node-red-process.ts';
import { botFlow } from './support/flows.ts';
import { expectNoLeak } from './support/leaks.ts';
import { TwilioStub } from './support/twilio-stub.ts';
import { Victim } from './support/victim.ts';
import { Webhooks } from './support/webhooks.ts';

const CUSTOMERS = 10;
const EACH = 3;

interface Row {
  id: string;
  status: string;
  postponed_at: number | null;
}

describe('Twilio is away', () => {
  let victim: Victim;
  let webhooks: Webhooks;
  let port: number;
  let twilio: TwilioStub | null = null;

  before(async () => {
    port = await anyFreePort();
    victim = await Victim.start((publicUrl) => botFlow({ publicUrl, apiBaseUrl: `http://127.0.0.1:${port}` }));
    webhooks = new Webhooks(victim.port);
  });

  after(async () => {
    webhooks.close();
    await victim.dispose();
    await twilio?.close();
  });

  const answers = (): Row[] =>
    victim.rows<Row>(`select id, status, postponed_at from messages where direction = 'outbound' order by seq`);

  it('answers wait over kill -9, and leave once and in order when it is back', async () => {
    const sids = Array.from({ length: CUSTOMERS }, () => Array.from({ length: EACH }, () => newSid('SM')));
    for (let nth = 0; nth < EACH; nth += 1) {
      for (const [customer, own] of sids.entries()) {
        const phone = String(15554002000 + customer);
        expect((await webhooks.message(own[nth]!, { From: `whatsapp:+${phone}`, WaId: phone })).status).to.equal(200);
      }
    }
    const all = CUSTOMERS * EACH;
    await until('every answer waits', () => answers().filter(({ postponed_at }) => postponed_at !== null).length === all);
    expect(new Set(answers().map(({ status }) => status))).to.deep.equal(new Set(['pending']));
    await victim.kill();
    await victim.launch();
    twilio = await TwilioStub.start(port);
    await until('every answer is sent', () => answers().every(({ status }) => status === 'queued'), 90);
    await victim.stop();
    await victim.launch();
    expect(twilio.creates).to.have.length(all);
    for (const own of sids) {
      const texts = own.map((sid) => `Answer to ${sid}`);
      expect(twilio.creates.map(({ body }) => body).filter((body) => texts.includes(body))).to.deep.equal(texts);
    }
    const sent = victim.toldAt('sent');
    expect(new Set(sent.map(({ id }) => id))).to.deep.equal(new Set(answers().map(({ id }) => id)));
    expect(sent.every(({ redelivered }) => redelivered)).to.equal(true);
    expect(victim.toldAt('refused')).to.deep.equal([]);
  });

  it('leaves no text, name or secret in the log (I26)', () => expectNoLeak(victim));
});
