/**
 * `npm test`: every stage in turn, to the end even when one fails; then how long each took and one line with the sum.
 * `npm test -- unit nodes` runs only the stages named.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { packageRoot, toolPath } from './paths.ts';

interface Stage {
  name: string;
  /** Commands run one after the other, each with this Node.js. */
  commands: string[][];
}

interface Outcome {
  name: string;
  seconds: number;
  passed: number;
  failed: number;
}

function mocha(name: string, folders: string[], options: string[] = []): Stage {
  const specs = folders.map((folder) => `test/${folder}/**/*.test.ts`);
  return { name, commands: [[toolPath('mocha'), ...options, ...specs]] };
}

const tsc = toolPath('tsc');
const vueTsc = toolPath('vue-tsc');
const stages: Stage[] = [
  { name: 'lint', commands: [[toolPath('eslint'), '--max-warnings', '0', '.']] },
  { name: 'format', commands: [[toolPath('prettier'), '--check', '--log-level', 'warn', '.']] },
  {
    name: 'types',
    commands: [
      [tsc, '-p', 'tsconfig.json'],
      ...['tsconfig.editor.json'].filter(inPackage).map((file) => [tsc, '-p', file]),
      ...['lib/page/tsconfig.json', 'desk/web/tsconfig.json', 'lib/simulator/phone/tsconfig.json']
        .filter(inPackage)
        .map((file) => [vueTsc, '--noEmit', '-p', file]),
    ],
  },
  { name: 'build', commands: [['scripts/build.ts']] },
  mocha('unit', ['unit', 'conformance', 'http', 'repository']),
  mocha('nodes', ['nodes'], ['--timeout', '20000']),
  mocha('examples', ['examples'], ['--timeout', '60000']),
  mocha('package', ['package'], ['--timeout', '180000']),
  mocha('faults', ['faults'], ['--timeout', '600000']),
  mocha('browser', ['browser'], ['--timeout', '180000']),
];

function inPackage(file: string): boolean {
  return existsSync(path.join(packageRoot, file));
}

/** Runs a command; what it prints goes to the terminal and comes back. */
function run(args: string[]): Promise<{ code: number; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...process.execArgv, ...args], {
      cwd: packageRoot,
      env: { ...process.env, ...(process.stdout.isTTY ? { FORCE_COLOR: '1' } : { NO_COLOR: '1' }) },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      process.stdout.write(chunk);
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

/** Mocha's own sum; a stage that broke without one counts as one failure. */
function count(output: string, word: 'passing' | 'failing'): number {
  const plain = output.replace(/\x1b\[[0-9;]*m/g, '');
  const sums = [...plain.matchAll(new RegExp(`^ +(\\d+) ${word}\\b`, 'gm'))];
  return sums.reduce((sum, match) => sum + Number(match[1]), 0);
}

async function runStage(stage: Stage): Promise<Outcome> {
  console.log(`\n── ${stage.name}`);
  const started = performance.now();
  const outcome = { name: stage.name, seconds: 0, passed: 0, failed: 0 };
  for (const command of stage.commands) {
    const isMocha = command[0] === toolPath('mocha');
    const { code, output } = await run(command);
    const failing = isMocha ? count(output, 'failing') : 0;
    outcome.passed += isMocha ? count(output, 'passing') : Number(code === 0);
    outcome.failed += failing === 0 && code !== 0 ? 1 : failing;
  }
  outcome.seconds = (performance.now() - started) / 1000;
  return outcome;
}

async function main(): Promise<void> {
  const wanted = process.argv.slice(2);
  const unknown = wanted.filter((name) => !stages.some((stage) => stage.name === name));
  if (unknown.length > 0)
    throw new Error(`No stage called ${unknown.join(', ')}; there are ${stages.map((stage) => stage.name).join(', ')}.`);
  const outcomes: Outcome[] = [];
  for (const stage of stages) if (wanted.length === 0 || wanted.includes(stage.name)) outcomes.push(await runStage(stage));

  console.log('');
  for (const { name, seconds, passed, failed } of outcomes) {
    console.log(
      `${failed ? 'FAIL' : 'ok  '}  ${name.padEnd(9)} ${seconds.toFixed(1).padStart(6)} s  ${passed} passed, ${failed} failed`,
    );
  }
  const sum = (key: 'passed' | 'failed'): number => outcomes.reduce((total, outcome) => total + outcome[key], 0);
  console.log(`\n${sum('passed')} passed, ${sum('failed')} failed`);
  process.exitCode = sum('failed') === 0 ? 0 : 1;
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
