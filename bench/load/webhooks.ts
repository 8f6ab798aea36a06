/**
 * The load generator for webhooks, a process of its own. Reads a {@link WebhookLoad} from its first argument, prints a
 * {@link WebhookResult} as JSON.
 */
import { Connection } from './connection.ts';
import { signedRequest, type SignedTarget } from './webhook-form.ts';

export interface WebhookLoad extends SignedTarget {
  connections: number;
  seconds: number;
  /** Requests that are made and signed before the clock starts. */
  prepared: number;
  /** Where the server tells how many messages reached the end of its flow. */
  countPath?: string;
}

export interface WebhookResult {
  /** Answered with 2xx. */
  acknowledged: number;
  /** Answered with anything else. */
  refused: number;
  /** Messages at the flow's end while the load was on. */
  completed: number;
  seconds: number;
  /** Milliseconds from request to answer. */
  p50: number;
  p99: number;
  /** How busy the generator was, 0 to 1. Near 1 means that it, not the server, was measured. */
  generatorBusy: number;
}

async function main(): Promise<void> {
  const load = JSON.parse(process.argv[2]!) as WebhookLoad;
  const requests: Buffer[] = [];
  for (let index = 0; index < load.prepared; index++) requests.push(signedRequest(load, index));

  const connections = await Promise.all(Array.from({ length: load.connections }, () => Connection.open(load.port)));
  const count = async (): Promise<number> => (load.countPath === undefined ? 0 : countOf(load.port, load.countPath));
  const latencies: number[] = [];
  let next = 0;
  let acknowledged = 0;
  let refused = 0;

  const countBefore = await count();
  const cpuBefore = process.cpuUsage();
  const started = performance.now();
  const end = started + load.seconds * 1000;
  await Promise.all(
    connections.map(async (connection) => {
      for (let sent = performance.now(); sent < end;) {
        const index = next++;
        const request = requests[index] ?? signedRequest(load, index);
        const { status } = await connection.send(request);
        const answered = performance.now();
        if (status >= 200 && status < 300) acknowledged++;
        else refused++;
        latencies.push(answered - sent);
        sent = answered;
      }
    }),
  );
  const completed = (await count()) - countBefore;
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);

  latencies.sort((a, b) => a - b);
  const at = (share: number): number => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0;
  const result: WebhookResult = {
    acknowledged,
    refused,
    completed,
    seconds,
    p50: at(0.5),
    p99: at(0.99),
    generatorBusy: (user + system) / 1e6 / seconds,
  };
  for (const connection of connections) connection.close();
  console.log(JSON.stringify(result));
}

/** What the server has counted, over a connection of its own: one kept open would be closed while the load is on. */
async function countOf(port: number, path: string): Promise<number> {
  const connection = await Connection.open(port);
  try {
    return Number(
      (await connection.send(Buffer.from(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`))).body.toString(),
    );
  } finally {
    connection.close();
  }
}

await main();
