import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { HOUR_MS } from '../../lib/domain/session-window.ts';
import { newSid } from '../../lib/simulator/state.ts';
import { until } from '../../scripts/node-red-process.ts';
import { CUSTOMER } from '../unit/twilio/fixture.ts';
import { bot, code, configNodes, node, recorder } from './support/flows.ts';
import { expectNoLeak } from './support/leaks.ts';
import { TwilioStub } from './support/twilio-stub.ts';
import { Victim } from './support/victim.ts';
import { Webhooks } from './support/webhooks.ts';

/** Nothing but `whatsapp-out` stands between this flow and Twilio, and somebody sets the machine's clock. */
describe('the session window while the machine’s clock is set (I12)', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'whatsapp-clock-'));
  const setting = path.join(folder, 'clock');
  let victim: Victim;
  let webhooks: Webhooks;
  let twilio: TwilioStub;
  let written = 0;

  before(async () => {
    twilio = await TwilioStub.start();
    const preload = new URL('./support/set-clock.mjs', import.meta.url).href;
    const flows = (publicUrl: string): ReturnType<typeof configNodes> => [
      ...configNodes({ publicUrl, apiBaseUrl: twilio.url }),
      node('in', 'whatsapp-in', { account: 'account' }, 'bot', []),
      bot('bot', 'out'),
      node('http', 'http in', { url: '/say/:text', method: 'get' }, ['say', 'done']),
      code('say', `return { topic: '${CUSTOMER.slice('whatsapp:'.length)}', payload: msg.req.params.text };`, 'out'),
      node('done', 'http response', { statusCode: '200' }),
      node('out', 'whatsapp-out', { account: '' }, 'sent', 'refused'),
      recorder('sent'),
      recorder('refused'),
    ];
    victim = await Victim.start(flows, { env: { NODE_OPTIONS: `--import=${preload}`, SET_CLOCK: setting } });
    webhooks = new Webhooks(victim.port);
  });

  after(async () => {
    webhooks.close();
    await victim.dispose();
    await twilio.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const setBy = (hours: number): void => writeFileSync(setting, String(hours * HOUR_MS));

  async function customerWrites(): Promise<void> {
    const sid = newSid('SM');
    const before = victim.told.length;
    expect((await webhooks.message(sid, { From: CUSTOMER })).status).to.equal(200);
    await until('the bot has answered', () => victim.told.length > before);
    expect(twilio.count(`Answer to ${sid}`)).to.equal(1);
  }

  /** Says something to the customer; resolves with what became of it. */
  async function say(): Promise<string> {
    const text = `say-${(written += 1)}`;
    const before = victim.told.length;
    await fetch(`${victim.url}/say/${text}`);
    const told = await until('it is sent or refused', () => victim.told[before]);
    expect(twilio.count(text)).to.equal(told.at === 'sent' ? 1 : 0);
    return told.code ?? told.at;
  }

  async function restart(): Promise<void> {
    await victim.stop();
    await victim.launch();
  }

  it('closes with the clock, and a step back does not open it, neither in the process nor for the next one', async () => {
    await customerWrites();
    expect(await say()).to.equal('sent');
    setBy(25);
    expect(await say()).to.equal('SESSION_EXPIRED');
    const noted = `select 1 from settings where key = 'clock.noted' and cast(value as integer) > ?`;
    await until('the time is written down', () => victim.rows(noted, Date.now() + 24 * HOUR_MS).length === 1);
    setBy(0);
    expect(await say()).to.equal('SESSION_EXPIRED');
    await restart();
    expect(await say()).to.equal('SESSION_EXPIRED');
    setBy(-2);
    await restart();
    expect(await say()).to.equal('SESSION_EXPIRED');
  });

  it('opens with the customer’s next message, wherever the machine’s clock stands', async () => {
    await customerWrites();
    expect(await say()).to.equal('sent');
  });

  it('leaves no text, name or secret in the log (I26)', () => expectNoLeak(victim));
});
