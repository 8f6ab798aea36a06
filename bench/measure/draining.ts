import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Center } from '../../lib/center/center.ts';
import type { ClaimArgs } from '../../lib/center/sending-contract.ts';
import { openCenter } from '../../lib/center/open-center.ts';
import { DEFAULT_RATE } from '../../lib/domain/send-rate.ts';
import type { Account } from '../../lib/twilio/account.ts';
import { createOutbox } from '../../lib/twilio/outbox.ts';
import { createSender } from '../../lib/twilio/sender.ts';
import type { Measurement } from '../parts/result.ts';
import { figureOf, QUICK, type Plan } from '../parts/rounds.ts';

const MESSAGES = 10_000;
const MESSAGES_QUICK = 1000;
const CUSTOMERS = 500;
const ANSWER_MS = 50;
/** Of the rate, on average while there is enough to send. */
const LEAST = 76;

const account = (apiBaseUrl: string): Account => ({
  id: 'account',
  name: 'Bench',
  mode: 'twilio',
  accountSid: `AC${'0'.repeat(32)}`,
  sender: 'whatsapp:+15550000001',
  messagingServiceSid: '',
  publicUrl: 'https://example.com',
  path: '/whatsapp',
  edge: '',
  region: '',
  apiBaseUrl,
  authTokens: ['bench'],
  apiKey: null,
});

/** Ten thousand messages that wait at once leave at the sender's rate: never above it in any second, and hardly below it. */
export async function measureDraining(plan: Plan): Promise<Measurement> {
  const messages = plan.rounds === QUICK.rounds && plan.roundSeconds === QUICK.roundSeconds ? MESSAGES_QUICK : MESSAGES;
  const arrivals = await drain(messages);
  const perSecond = countsOfWholeSeconds(arrivals);
  const most = mostInASecond(arrivals);
  const mean = (arrivals.length - 1) / ((arrivals.at(-1)! - arrivals[0]!) / 1000);
  const rate = figureOf([DEFAULT_RATE]);
  return {
    id: 'draining',
    what: `Draining ${messages.toLocaleString('en-US')} queued messages, each answered in ${ANSWER_MS} ms`,
    peer: 'the sender’s rate',
    unit: 'messages/s',
    ours: { median: mean, min: Math.min(...perSecond), max: most },
    against: rate,
    result: { kind: 'ratio', value: mean / DEFAULT_RATE },
    target: `≤ ${DEFAULT_RATE} in every sliding second, ≥ ${LEAST} on average`,
    met: arrivals.length === messages && most <= DEFAULT_RATE && mean >= LEAST,
    notes: [`${arrivals.length.toLocaleString('en-US')} arrived, at most ${most} within a second, to ${CUSTOMERS} customers`],
  };
}

async function drain(messages: number): Promise<number[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'bench-draining-'));
  const twilio = new Worker(new URL('../load/slow-twilio.ts', import.meta.url), { workerData: { answerMs: ANSWER_MS } });
  const [port] = (await once(twilio, 'message')) as [number];
  const center = await openCenter({ file: path.join(folder, 'center.sqlite') });
  const here = account(`http://127.0.0.1:${port}`);
  const sender = createSender(here);
  try {
    const customers = await customersInSession(center, here);
    const outbox = createOutbox({ center, account: here, sender });
    const claims = Array.from({ length: messages }, (_, index) =>
      claimTo(here, customers[index % CUSTOMERS]!, `Message ${index}`),
    );
    const outcomes = await Promise.all(claims.map((claim) => outbox.submit(claim)));
    const lost = outcomes.filter(({ kind }) => kind !== 'sent').length;
    if (lost > 0) throw new Error(`${lost} messages were not sent.`);
    twilio.postMessage('times');
    const [arrivals] = (await once(twilio, 'message')) as [number[]];
    return arrivals;
  } finally {
    sender.close();
    await center.close();
    await twilio.terminate();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Customers who have just written, so that free text may be sent to them. */
async function customersInSession(center: Center, { id, sender }: Account): Promise<string[]> {
  const customers = Array.from({ length: CUSTOMERS }, (_, index) => `whatsapp:+1555600${String(index).padStart(4, '0')}`);
  await Promise.all(
    customers.map((from, index) => {
      const sid = `SM${String(index).padStart(32, '0')}`;
      return center.run('receive', {
        accountId: id,
        routed: true,
        message: {
          id: sid,
          sid,
          direction: 'inbound',
          type: 'text',
          text: 'Hello',
          from,
          to: sender,
          author: { kind: 'customer' },
          status: 'received',
          timestamp: new Date(center.now()).toISOString(),
        },
      });
    }),
  );
  return customers;
}

function claimTo({ id, sender }: Account, to: string, text: string): ClaimArgs {
  return {
    messageId: null,
    answer: null,
    accountId: id,
    from: sender,
    to,
    text,
    template: null,
    author: { kind: 'flow', id: 'bench' },
    conversationId: null,
  };
}

function mostInASecond(times: readonly number[]): number {
  let most = 0;
  let first = 0;
  times.forEach((time, index) => {
    while (times[first]! <= time - 1000) first++;
    most = Math.max(most, index - first + 1);
  });
  return most;
}

/** How many arrived in each second that was full of sending. */
function countsOfWholeSeconds(times: readonly number[]): number[] {
  const start = times[0]!;
  const counts = Array.from({ length: Math.floor((times.at(-1)! - start) / 1000) }, () => 0);
  for (const time of times) {
    const second = Math.floor((time - start) / 1000);
    if (second < counts.length) counts[second]!++;
  }
  return counts;
}
