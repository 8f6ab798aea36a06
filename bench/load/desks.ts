/**
 * Listens as many desks at once and sends one webhook after the other, a process of its own. Reads a {@link DeskLoad} from
 * its first argument, prints a {@link DeskResult} as JSON.
 */
import { get, type IncomingMessage } from 'node:http';
import { Connection } from './connection.ts';
import { signedRequest, type SignedTarget } from './webhook-form.ts';

export interface DeskLoad extends SignedTarget {
  eventsPath: string;
  /** One cookie for each desk. */
  cookies: string[];
  /** The type of event that tells a desk about a webhook. */
  eventType: string;
  /** Desks that are told about one webhook. */
  told: number;
  /** Where an agent accepts a conversation, ":id" standing for it; without it nobody does. */
  acceptPath?: string;
  /** Webhooks per second; fewer when the desks take longer than that. */
  perSecond: number;
  webhooks: number;
  /** The first of the webhooks, counted over all loads of the batch. */
  first: number;
}

export interface DeskResult {
  /** Milliseconds from the webhook's first byte to the event, over all desks and webhooks. */
  p50: number;
  p95: number;
  p99: number;
}

/** How long all desks may take for one webhook, in milliseconds. */
const GIVE_UP_MS = 20_000;

/** Runs `onEvent` with the conversation's id for each event of a type on one desk's stream. */
function listen(load: DeskLoad, cookie: string, onEvent: (conversationId: string) => void): Promise<IncomingMessage> {
  const mark = `"type":"${load.eventType}"`;
  return new Promise((resolve, reject) => {
    const request = get(
      { port: load.port, host: '127.0.0.1', path: load.eventsPath, headers: { cookie, 'x-twentyfour-desk': '1' } },
      (response) => {
        if (response.statusCode !== 200) return reject(new Error(`A desk was refused: ${response.statusCode}`));
        let rest = '';
        response.setEncoding('utf8');
        response.on('error', () => undefined);
        response.on('data', (text: string) => {
          const blocks = (rest + text).split('\n\n');
          rest = blocks.pop()!;
          for (const block of blocks) if (block.includes(mark)) onEvent(/"conversationId":"([^"]+)"/.exec(block)?.[1] ?? '');
        });
        resolve(response);
      },
    );
    request.on('error', reject);
  });
}

/** An agent takes the conversation, so that the next alert finds a free hand; it is not part of what is measured. */
async function accept(load: DeskLoad, address: string, cookie: string): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${load.port}${address}`, {
    method: 'POST',
    headers: { cookie, 'x-twentyfour-desk': '1', 'content-type': 'application/json' },
    body: '{}',
  });
  if (!response.ok) throw new Error(`Accepting was answered ${response.status}: ${await response.text()}`);
  await response.arrayBuffer();
}

async function main(): Promise<void> {
  const load = JSON.parse(process.argv[2]!) as DeskLoad;
  const latencies: number[] = [];
  let sentAt = 0;
  let missing = 0;
  let everybodyKnows: () => void = () => {};
  let conversationId = '';
  const onEvent = (id: string): void => {
    conversationId = id;
    latencies.push(performance.now() - sentAt);
    if (--missing === 0) everybodyKnows();
  };
  const desks = await Promise.all(load.cookies.map((cookie) => listen(load, cookie, onEvent)));
  const connection = await Connection.open(load.port);

  for (let index = load.first; index < load.first + load.webhooks; index++) {
    const request = signedRequest(load, index);
    missing = load.told;
    const all = new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${missing} desks were not told.`)), GIVE_UP_MS);
      everybodyKnows = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    sentAt = performance.now();
    const pause = new Promise((resolve) => setTimeout(resolve, 1000 / load.perSecond));
    const { status } = await connection.send(request);
    if (status !== 200) throw new Error(`A webhook was answered ${status}.`);
    await all;
    if (load.acceptPath !== undefined) {
      await accept(load, load.acceptPath.replace(':id', conversationId), load.cookies[index % load.cookies.length]!);
    }
    await pause;
  }

  for (const desk of desks) desk.destroy();
  connection.close();
  latencies.sort((a, b) => a - b);
  const at = (share: number): number => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))]!;
  const result: DeskResult = { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
  console.log(JSON.stringify(result));
}

await main();
