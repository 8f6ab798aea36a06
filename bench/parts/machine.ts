import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, release, totalmem } from 'node:os';

export const SERVER_CORE = 0;
const GENERATOR_CORE = 1;

const canPin = availableParallelism() > 1 && spawnSync('taskset', ['--version'], { stdio: 'ignore' }).status === 0;

/** A command bound to one core, where the system can do that. */
export function pinned(core: number, ...command: [string, ...string[]]): [string, ...string[]] {
  return canPin ? ['taskset', '-c', String(core), ...command] : command;
}

/** Runs a script of ours on the generator's core and reads the JSON it prints last. */
export function runGenerator<Result>(script: string, load: unknown): Promise<Result> {
  const [command, ...args] = pinned(GENERATOR_CORE, process.execPath, ...process.execArgv, script, JSON.stringify(load));
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(JSON.parse(output) as Result);
      else reject(new Error(`${script} ended with code ${code}.`));
    });
  });
}

/** Resident memory of a process in megabytes. */
export function residentMegabytes(pid: number): number {
  try {
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) / 1024;
  } catch {
    const { stdout } = spawnSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' });
    return Number(stdout.trim()) / 1024;
  }
}

/** What it ran on, in one line. */
export function machineLine(nodeRed: string): string {
  const memory = `${Math.round(totalmem() / 2 ** 30)} GB`;
  const cores = `${availableParallelism()} × ${cpus()[0]?.model.trim() ?? process.arch}`;
  const how = canPin ? 'server on core 0, load on core 1' : 'not pinned to cores';
  return `${cores}, ${memory}, ${process.platform} ${release()}, Node.js ${process.version}, Node-RED ${nodeRed}; ${how}`;
}
