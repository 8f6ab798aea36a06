/**
 * `npm start`: Node-RED with the first example flow and the simulator, everything in `.data/`, on this machine only.
 * `npm start -- --fresh` forgets what was there. Ctrl-C ends it.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build } from './build.ts';
import { isPortFree, startNodeRed, until } from './node-red-process.ts';
import { packageRoot } from './paths.ts';

const FIRST_PORT = 1880;
const dataDir = path.join(packageRoot, '.data');
const example = path.join(packageRoot, 'examples', '01 Answer by an agent.json');
const supervisor = 'demo';
/** Where the one that uses `.data/` answers, so that a second one finds it. */
const running = path.join(dataDir, 'address');

/** A secret that is made here at the first start, so that none stands in the repository. */
function ownSecret(name: string): string {
  const file = path.join(dataDir, name);
  if (!existsSync(file)) writeFileSync(file, randomBytes(9).toString('base64url'), { mode: 0o600 });
  return readFileSync(file, 'utf8').trim();
}

async function firstFreePort(): Promise<number> {
  for (let port = FIRST_PORT; port < FIRST_PORT + 100; port++) if (await isPortFree(port)) return port;
  throw new Error(`The ports ${FIRST_PORT} to ${FIRST_PORT + 99} are all in use.`);
}

async function answers(url: string): Promise<boolean> {
  const response = await fetch(url, { redirect: 'manual' });
  await response.arrayBuffer();
  return response.status === 200;
}

/**
 * Two Node-REDs must not share `.data/`: both would send from the same store, and `--fresh` would delete it under the other.
 * @throws Error when the one that was started before still answers
 */
async function refuseSecond(): Promise<void> {
  if (!existsSync(running)) return;
  const url = readFileSync(running, 'utf8').trim();
  const alive = await answers(`${url}/whatsapp/simulator/`).catch(() => false);
  if (alive) throw new Error(`It runs already, at ${url}/; end that one first (Ctrl-C where it was started).`);
}

async function main(): Promise<void> {
  const fresh = process.argv.includes('--fresh');
  await refuseSecond();
  await build();
  if (fresh) rmSync(dataDir, { recursive: true, force: true });
  mkdirSync(dataDir, { recursive: true });

  const flows = JSON.parse(readFileSync(example, 'utf8')) as { id: string; type: string }[];
  const center = flows.find((node) => node.type === 'contact-center')!;
  const password = ownSecret('demo-password');
  const port = await firstFreePort();
  const nodeRed = startNodeRed({
    userDir: dataDir,
    port,
    logLevel: 'warn',
    settings: { credentialSecret: ownSecret('credential-secret') },
    flows,
    credentials: { [center.id]: { supervisorUsername: '${DEMO_USERNAME}', supervisorPassword: '${DEMO_PASSWORD}' } },
    env: { DEMO_USERNAME: supervisor, DEMO_PASSWORD: password },
    onLine: (line) => line.trim() && console.log(line),
  });

  writeFileSync(running, nodeRed.url);

  let ending = false;
  const end = (): void => {
    if (ending) return;
    ending = true;
    console.log('\nEnding …');
    void nodeRed.stop().then(() => process.exit(0));
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end);
  void nodeRed.exited.then((code) => {
    if (ending) return;
    console.error(`Node-RED ended by itself with code ${code}.`);
    process.exit(1);
  });

  const addresses = { editor: `${nodeRed.url}/`, desk: `${nodeRed.url}/desk/`, phone: `${nodeRed.url}/whatsapp/simulator/` };
  for (const [name, url] of Object.entries(addresses)) await until(`the ${name} answers at ${url}`, () => answers(url), 60);
  if (port !== FIRST_PORT) console.log(`Port ${FIRST_PORT} is in use; this is ${port}.`);
  console.log(`
  Editor  ${addresses.editor}
  Desk    ${addresses.desk}   sign in as "${supervisor}" with "${password}"
  Phone   ${addresses.phone}

Write on the phone, answer at the desk. Ctrl-C ends everything; "npm start -- --fresh" begins anew.
`);
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exit(1);
});
