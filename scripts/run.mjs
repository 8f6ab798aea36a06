/**
 * The first step of every npm script: `node scripts/run.mjs <name> [arguments]` runs `scripts/<name>.ts`.
 *
 * It is plain JavaScript on purpose, because it runs on whatever Node.js the machine has. `start`, `test` and `bench`
 * install what is missing and go on with the Node.js that came with it; everything else only checks the version.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const windows = process.platform === 'win32';
const [name, ...args] = process.argv.slice(2);
const installing = ['start', 'test', 'bench'].includes(name);

/** @returns {never} */
function refuse(text) {
  console.error(text);
  process.exit(1);
}

function readPackages(file) {
  try {
    return JSON.parse(readFileSync(path.join(root, file), 'utf8')).packages;
  } catch {
    return null;
  }
}

/** True when everything the lock names is in node_modules in that very version. */
function isInstalled() {
  const wanted = readPackages('package-lock.json');
  const present = readPackages('node_modules/.package-lock.json');
  if (!wanted || !present) return false;
  return Object.entries(wanted).every(
    ([where, entry]) => where === '' || entry.optional || entry.devOptional || present[where]?.version === entry.version,
  );
}

function install() {
  console.log('Installing what is missing (npm ci) …');
  const npm = process.env.npm_execpath;
  const result =
    npm && /\.c?js$/.test(npm)
      ? spawnSync(process.execPath, [npm, 'ci'], { cwd: root, stdio: 'inherit' })
      : spawnSync('npm', ['ci'], { cwd: root, stdio: 'inherit', shell: windows });
  if (result.status !== 0) refuse('The installation failed; what npm says above tells why.');
}

function projectNode() {
  const own = path.join(root, 'node_modules', 'node', 'bin', windows ? 'node.exe' : 'node');
  return existsSync(own) ? own : process.execPath;
}

if (!name || !existsSync(path.join(root, 'scripts', `${name}.ts`))) refuse(`There is no script called "${name ?? ''}".`);
if (installing && !isInstalled()) install();

const node = projectNode();
const version = node === process.execPath ? process.version : spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim();
const [major = 0, minor = 0] = version.slice(1).split('.').map(Number);
if (major < 22 || (major === 22 && minor < 16)) {
  refuse(`Node.js 22.16 or newer is needed, and this is ${version}. Run "npm ci" first: it brings one along.`);
}

const env = { ...process.env };
const pathKey = Object.keys(env).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH';
env[pathKey] = [path.dirname(node), path.join(root, 'node_modules', '.bin'), env[pathKey]].join(path.delimiter);
// Type stripping needs a switch before 22.18 and warns that it is new up to 24.2.
const flags = major === 22 && minor < 18 ? ['--experimental-strip-types'] : [];
const child = spawn(
  node,
  [...flags, '--disable-warning=ExperimentalWarning', path.join(root, 'scripts', `${name}.ts`), ...args],
  {
    cwd: root,
    env,
    stdio: 'inherit',
  },
);
// The child decides when it is done. A Ctrl-C reaches it from the terminal anyway.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
  });
}
child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
