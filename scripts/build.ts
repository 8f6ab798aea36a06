/**
 * Builds `dist/`: the compiled runtime, the nodes' editor parts and the two pages (desk and phone). A step whose
 * inputs have not changed is skipped, so that a second `npm start` is quick. Any broken step ends with a non-zero code.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { bundleStorageThread } from './bundle-storage-thread.ts';
import { packageRoot, toolPath } from './paths.ts';

interface Step {
  name: string;
  /** Files and folders; a change in any of them builds the step again. */
  inputs: string[];
  /** What must be there for the step to count as built. */
  output: string;
  build(): Promise<unknown>;
}

/** Pages: built by Vite, not compiled. */
const pageFolders = [path.join('lib', 'page'), path.join('lib', 'simulator', 'phone')];

const stamps = path.join(packageRoot, 'dist', '.build');

const steps: Step[] = [
  {
    name: 'runtime',
    inputs: ['lib', 'nodes', 'desk/api', 'tsconfig.json', 'tsconfig.build.json'],
    output: 'dist/lib/center',
    build: compile,
  },
  {
    name: 'nodes',
    inputs: ['nodes', 'icons', 'scripts/build-nodes.ts', 'tsconfig.editor.json'],
    output: 'dist/nodes/whatsapp-in/whatsapp-in.html',
    build: () => run([path.join(packageRoot, 'scripts', 'build-nodes.ts')]),
  },
  {
    name: 'desk page',
    inputs: ['desk/web', 'lib'],
    output: 'dist/desk/web/index.html',
    build: () => run([toolPath('vite'), 'build', '--logLevel', 'warn', '-c', 'desk/web/vite.config.ts']),
  },
  {
    name: 'phone page',
    inputs: ['lib/simulator/phone', 'lib/simulator/phone-contract.ts', 'lib/domain', 'lib/page'],
    output: 'dist/lib/simulator/phone/index.html',
    build: () => run([toolPath('vite'), 'build', '--logLevel', 'warn', '-c', 'lib/simulator/phone/vite.config.ts']),
  },
];

/** Compiles with tsc, copies data files, bundles the storage thread, and removes what an earlier compilation left of sources that are gone. */
async function compile(): Promise<void> {
  const list = path.join(stamps, 'runtime.files');
  const before = existsSync(list) ? readFileSync(list, 'utf8').split('\n').filter(Boolean) : [];
  const output = await run([toolPath('tsc'), '-p', 'tsconfig.build.json', '--listEmittedFiles'], true);
  const files = [...output.matchAll(/^TSFILE: (.+)$/gm)].map((match) => path.relative(packageRoot, match[1]!.trim()));
  for (const data of ['lib', 'desk/api'].flatMap(filesUnder)) {
    if (/\.tsx?$/.test(data) || pageFolders.some((folder) => data.startsWith(folder))) continue;
    cpSync(path.join(packageRoot, data), path.join(packageRoot, 'dist', data));
    files.push(path.join('dist', data));
  }
  for (const type of nodeTypes()) files.push(...wrapNode(path.join('dist', 'nodes', type, type)));
  await bundleStorageThread();
  const kept = new Set(files);
  for (const file of before) if (!kept.has(file)) rmSync(path.join(packageRoot, file), { force: true });
  mkdirSync(stamps, { recursive: true });
  writeFileSync(list, files.join('\n'));
}

/**
 * Puts a CommonJS file in front of a node's ES module. Node-RED 4.1 loads nodes with `require()`; before 20.19 Node.js
 * answers that with a lecture on modules, where an admin should read in one line that the version is too old.
 */
function wrapNode(file: string): string[] {
  const wrapper = path.join(packageRoot, `${file}.js`);
  renameSync(wrapper, path.join(packageRoot, `${file}.mjs`));
  const name = path.basename(file);
  writeFileSync(wrapper, `module.exports = (RED) => import('./${name}.mjs').then((node) => node.default(RED));\n`);
  const kind = path.join('dist', 'nodes', 'package.json');
  writeFileSync(path.join(packageRoot, kind), '{ "type": "commonjs" }\n');
  return [`${file}.mjs`, kind];
}

/** The nodes, each in a folder of its name. */
function nodeTypes(): string[] {
  const entries = readdirSync(path.join(packageRoot, 'nodes'), { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
}

/** Every file under a path, relative to the package, in a fixed order. */
function filesUnder(relative: string): string[] {
  const absolute = path.join(packageRoot, relative);
  if (!existsSync(absolute)) return [];
  if (statSync(absolute).isFile()) return [relative];
  return readdirSync(absolute)
    .sort()
    .flatMap((name) => filesUnder(path.join(relative, name)));
}

function fingerprint(inputs: string[]): string {
  const hash = createHash('sha256');
  for (const file of [...inputs, 'package-lock.json', 'scripts/build.ts'].flatMap(filesUnder)) {
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(path.join(packageRoot, file)))
      .update('\0');
  }
  return hash.digest('hex');
}

/** Runs a script with this Node.js; what it prints goes to the terminal, or is collected. */
function run(args: string[], collect = false): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...process.execArgv, ...args], {
      cwd: packageRoot,
      stdio: ['ignore', collect ? 'pipe' : 'inherit', 'inherit'],
    });
    let output = '';
    child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.on('error', reject);
    child.on('exit', (code) => {
      if (code === 0) return resolve(output);
      if (output) console.error(output.replace(/^TSFILE: .*\n?/gm, '').trimEnd());
      reject(new Error(`${path.basename(args[0]!)} ended with code ${code}.`));
    });
  });
}

/**
 * Builds what is missing or out of date.
 * @throws Error naming the step that broke
 */
export async function build(): Promise<void> {
  mkdirSync(stamps, { recursive: true });
  for (const step of steps) {
    const stamp = path.join(stamps, step.name.replaceAll(' ', '-'));
    const print = fingerprint(step.inputs);
    const built = existsSync(path.join(packageRoot, step.output)) && existsSync(stamp) && readFileSync(stamp, 'utf8') === print;
    if (built) continue;
    const started = performance.now();
    try {
      await step.build();
    } catch (error) {
      throw new Error(`The build stopped at "${step.name}": ${(error as Error).message}`, { cause: error });
    }
    if (!existsSync(path.join(packageRoot, step.output))) throw new Error(`The step "${step.name}" left no ${step.output}.`);
    writeFileSync(stamp, print);
    console.log(`built ${step.name} in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  }
}

if (import.meta.main ?? process.argv[1]?.endsWith('build.ts')) {
  build().catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
