import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { newSid } from '../../lib/simulator/state.ts';
import { until } from '../../scripts/node-red-process.ts';
import { botFlow } from './support/flows.ts';
import { expectNoLeak } from './support/leaks.ts';
import { TwilioStub } from './support/twilio-stub.ts';
import { Victim } from './support/victim.ts';
import { Webhooks } from './support/webhooks.ts';

/** Until the disk is really full: what is left of its last pages takes some. */
const MOST_WEBHOOKS = 500;

describe('a disk that is full in the moment of Twilio’s answer', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'whatsapp-full-'));
  const fullDisk = path.join(folder, 'full');
  let victim: Victim;
  let webhooks: Webhooks;
  let twilio: TwilioStub;

  before(async () => {
    twilio = await TwilioStub.start();
    const preload = new URL('./support/full-disk.mjs', import.meta.url).href;
    victim = await Victim.start((publicUrl) => botFlow({ publicUrl, apiBaseUrl: twilio.url }), {
      env: { NODE_OPTIONS: `--import=${preload}`, FULL_DISK: fullDisk },
    });
    webhooks = new Webhooks(victim.port);
  });

  after(async () => {
    webhooks.close();
    await victim.dispose();
    await twilio.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const statusOf = (text: string): string | undefined =>
    victim.rows<{ status: string }>(`select status from messages where direction = 'outbound' and text = ?`, text)[0]?.status;

  /** Somebody else writes until so many of their messages in a row could not be kept. */
  async function refused(count: number): Promise<void> {
    const from = { From: 'whatsapp:+15554009999', WaId: '15554009999', Body: 'x'.repeat(1000) };
    for (let times = 0, inARow = 0; inARow < count; times++) {
      if (times === MOST_WEBHOOKS) throw new Error('The disk was never full.');
      inARow = (await webhooks.message(newSid('SM'), from)).status === 503 ? inARow + 1 : 0;
    }
  }

  it('leaves no message without its fate: it is recorded when there is room again, and sent once', async () => {
    const sid = newSid('SM');
    const text = `Answer to ${sid}`;
    let answered = false;
    twilio.onRecorded = async ({ body }): Promise<'answer'> => {
      if (body !== text) return 'answer';
      writeFileSync(fullDisk, '');
      await refused(1);
      answered = true;
      return 'answer';
    };
    expect((await webhooks.message(sid)).status).to.equal(200);
    await until('Twilio has answered', () => answered);
    // Long enough for the answer to have met the full disk.
    await refused(50);
    expect(statusOf(text)).to.equal('submitting');
    rmSync(fullDisk);
    await until('its fate is recorded', () => statusOf(text) === 'queued');
    const after = newSid('SM');
    expect((await webhooks.message(after)).status).to.equal(200);
    await until('the customer’s next message is answered', () => statusOf(`Answer to ${after}`) === 'queued');
    expect(twilio.count(text)).to.equal(1);
  });

  it('leaves no text, name or secret in the log (I26)', () => expectNoLeak(victim));
});
