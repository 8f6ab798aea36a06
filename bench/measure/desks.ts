import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { hashToken, newToken } from '../../desk/api/people/session-cookie.ts';
import { openCenter } from '../../lib/center/open-center.ts';
import { anyFreePort, until } from '../../scripts/node-red-process.ts';
import { packageRoot } from '../../scripts/paths.ts';
import type { DeskLoad, DeskResult } from '../load/desks.ts';
import {
  accountFlow,
  AUTH_TOKEN,
  CREDENTIALS,
  notifyAgent,
  PUBLIC_URL,
  SENDER,
  WEBHOOK_PATH,
  whatsappIn,
} from '../parts/flows.ts';
import { pinned, runGenerator, SERVER_CORE } from '../parts/machine.ts';
import { atMost, type Measurement } from '../parts/result.ts';
import { alternate, figureOf, type Plan } from '../parts/rounds.ts';
import { Server } from '../parts/server.ts';

const DESKS = 100;
const PER_SECOND = 10;
/** What people do not notice, in milliseconds. */
const LIMIT_MS = 200;

/** What desks are told about: a new customer's alert goes to all of them, what follows to the agent who accepted. */
interface Part {
  id: string;
  what: string;
  eventType: string;
  told: number;
  acceptPath?: string;
}

const PARTS: Part[] = [
  {
    id: 'alert',
    what: `Webhook of a new customer → flow → \`notify-agent\` → alert on each of ${DESKS} desks`,
    eventType: 'offer.created',
    told: DESKS,
    acceptPath: '/desk/api/conversations/:id/accept',
  },
  {
    id: 'screen',
    what: `Webhook of a customer in a conversation → its agent’s screen, ${DESKS} desks connected`,
    eventType: 'message.received',
    told: 1,
  },
];

/** From the webhook to the screens of a hundred agents: of a message, and of a new customer's alert. */
export async function measureDesks(plan: Plan): Promise<Measurement[]> {
  const tokens: string[] = [];
  const server = await Server.start({
    flows: accountFlow(whatsappIn('notify'), notifyAgent()),
    ours: true,
    credentials: CREDENTIALS,
    prepare: (file) => addAgents(file, tokens),
  });
  const bare = await startBare();
  try {
    const cookieName = await nameOfCookie(server);
    const cookies = tokens.map((token) => `${cookieName}=${token}`);
    const webhooks = PER_SECOND * plan.roundSeconds;
    const loadOf = (port: number, round: number, part: Part): Promise<DeskResult> => {
      const ours = port === server.port;
      const load: DeskLoad = {
        port,
        path: ours ? WEBHOOK_PATH : '/',
        signedUrl: PUBLIC_URL + WEBHOOK_PATH,
        authToken: AUTH_TOKEN,
        sender: SENDER,
        customers: Number.MAX_SAFE_INTEGER,
        batch: `${part.id} ${round}`,
        eventsPath: ours ? '/desk/api/events' : '/',
        cookies,
        eventType: ours ? part.eventType : 'message.received',
        told: ours ? part.told : DESKS,
        acceptPath: ours ? part.acceptPath : undefined,
        perSecond: PER_SECOND,
        webhooks,
        // In the second part the same customers write again.
        first: round * webhooks,
      };
      return runGenerator<DeskResult>(path.join(packageRoot, 'bench', 'load', 'desks.ts'), load);
    };
    const measurements: Measurement[] = [];
    for (const part of PARTS) {
      const results = await alternate(
        plan.rounds,
        (round) => loadOf(server.port, round, part),
        (round) => loadOf(bare.port, round, part),
      );
      measurements.push(
        atMost({
          id: part.id,
          what: part.what,
          peer: `bare Node.js server that tells ${DESKS} listeners and stores nothing`,
          unit: 'ms',
          ours: figureOf(results.ours.map(({ p95 }) => p95)),
          against: figureOf(results.peer.map(({ p95 }) => p95)),
          atMost: LIMIT_MS,
          notes: [`p95; p50 ${figureOf(results.ours.map(({ p50 }) => p50)).median.toFixed(1)} ms`],
        }),
      );
    }
    return measurements;
  } finally {
    await Promise.all([server.stop(), bare.stop()]);
  }
}

/** Agents and their sessions as they are after signing in; hashing a hundred passwords would take a minute. */
async function addAgents(file: string, tokens: string[]): Promise<void> {
  const center = await openCenter({ file });
  const passwordHash = 'nobody signs in with this';
  const first = { username: 'first', name: 'First', role: 'supervisor' as const, passwordHash };
  const { id: actorId } = await center.run('addAgent', { actorId: null, agent: first });
  for (let number = 1; number <= DESKS; number++) {
    const agent = { username: `agent${number}`, name: `Agent ${number}`, role: 'agent' as const, passwordHash };
    const { id: agentId } = await center.run('addAgent', { actorId, agent });
    const token = newToken();
    await center.run('signIn', {
      agentId,
      passwordHash,
      tokenHash: hashToken(token),
      endsTokenHash: null,
      keys: [],
      at: center.now(),
    });
    tokens.push(token);
  }
  await center.close();
}

/** The name is made from the store's file; a real sign-in tells it. */
async function nameOfCookie(server: Server): Promise<string> {
  await until('the desk answers', async () => (await fetch(`${server.url}/desk/`)).status === 200);
  const { supervisorUsername: username, supervisorPassword: password } = CREDENTIALS['bench-center'];
  const response = await fetch(`${server.url}/desk/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-twentyfour-desk': '1' },
    body: JSON.stringify({ username, password }),
  });
  if (!response.ok) throw new Error(`The desk answered ${response.status}: ${await response.text()}`);
  return response.headers.getSetCookie()[0]!.split('=')[0]!;
}

async function startBare(): Promise<{ port: number; stop(): Promise<void> }> {
  const port = await anyFreePort();
  const script = path.join(packageRoot, 'bench', 'peers', 'bare-live.ts');
  const [command, ...args] = pinned(SERVER_CORE, process.execPath, ...process.execArgv, script, String(port));
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return {
    port,
    stop: async () => {
      child.kill();
      await once(child, 'exit');
    },
  };
}
