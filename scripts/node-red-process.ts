import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { packageRoot } from './paths.ts';

export interface NodeRedOptions {
  userDir: string;
  port: number;
  /** 5 unless told. */
  version?: 4 | 5;
  /** The Node.js to run it with; this one unless told. */
  node?: string;
  /** Preloaded modules and other switches of Node.js. */
  nodeArgs?: string[];
  /** Where the package is found; the package's own folder unless told, null for nowhere. */
  nodesDir?: string | null;
  /** Written only when the user directory has no flows yet. */
  flows?: unknown[];
  /** By node id; a value may be `${NAME}` of an environment variable. Written together with the flows. */
  credentials?: Record<string, Record<string, string>>;
  env?: Record<string, string>;
  settings?: Record<string, unknown>;
  /** "info" unless told. */
  logLevel?: 'info' | 'warn';
  /** Called with every line it prints. */
  onLine?(line: string): void;
}

export interface NodeRedProcess {
  /** Without a slash at the end. */
  readonly url: string;
  readonly child: ChildProcess;
  /** Everything printed so far. */
  output(): string;
  /** Resolves when the flows run; rejects when the process ends before. */
  started: Promise<void>;
  exited: Promise<number | null>;
  /** Asks it to end (SIGTERM) and waits until it has. */
  stop(): Promise<void>;
  /** Ends it at once (SIGKILL) and waits. */
  kill(): Promise<void>;
}

/** The settings of a Node-RED for demonstration and tests: on the loopback only, telling nobody about itself. */
function settingsFor(options: NodeRedOptions): Record<string, unknown> {
  return {
    uiHost: '127.0.0.1',
    uiPort: options.port,
    flowFile: 'flows.json',
    flowFilePretty: true,
    credentialSecret: false,
    lang: 'en-US',
    telemetry: { enabled: false, updateNotification: false },
    externalModules: { autoInstall: false },
    editorTheme: { tours: false },
    diagnostics: { enabled: false },
    logging: { console: { level: options.logLevel ?? 'info', metrics: false, audit: false } },
    ...(options.nodesDir === null ? {} : { nodesDir: [options.nodesDir ?? packageRoot] }),
    ...options.settings,
  };
}

/** Starts a real Node-RED as a process of its own, with its data in a directory of the caller's. */
export function startNodeRed(options: NodeRedOptions): NodeRedProcess {
  mkdirSync(options.userDir, { recursive: true });
  const settings = path.join(options.userDir, 'settings.cjs');
  writeFileSync(settings, `module.exports = ${JSON.stringify(settingsFor(options), null, 2)};\n`, { mode: 0o600 });
  const flowFile = path.join(options.userDir, 'flows.json');
  if (options.flows && !existsSync(flowFile)) {
    writeFileSync(flowFile, JSON.stringify(options.flows, null, 2));
    writeFileSync(path.join(options.userDir, 'flows_cred.json'), JSON.stringify(options.credentials ?? {}, null, 2), {
      mode: 0o600,
    });
  }
  const program = path.join(packageRoot, 'node_modules', options.version === 4 ? 'node-red-4' : 'node-red', 'red.js');
  const args = [...(options.nodeArgs ?? []), program, '-s', settings, '-u', options.userDir];
  const child = spawn(options.node ?? process.execPath, args, {
    cwd: options.userDir,
    env: { ...process.env, FORCE_COLOR: '0', ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines = new LineSplitter(options.onLine);
  child.stdout!.on('data', (chunk: Buffer) => lines.add(chunk.toString()));
  child.stderr!.on('data', (chunk: Buffer) => lines.add(chunk.toString()));
  const exited = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  const started = new Promise<void>((resolve, reject) => {
    lines.onceSeen('Started flows', resolve);
    lines.onceSeen('Waiting for missing types', () => reject(new Error(`Node-RED misses a type:\n${lines.text}`)));
    void exited.then((code) => reject(new Error(`Node-RED ended with code ${code} before its flows ran:\n${lines.text}`)));
  });
  started.catch(() => undefined);
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await exited;
  };
  return {
    url: `http://127.0.0.1:${options.port}`,
    child,
    output: () => lines.text,
    started,
    exited,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
  };
}

/** Collects output and hands it on line by line. */
class LineSplitter {
  text = '';
  #rest = '';
  #wanted: { text: string; found: () => void }[] = [];
  readonly #onLine: ((line: string) => void) | undefined;

  constructor(onLine: ((line: string) => void) | undefined) {
    this.#onLine = onLine;
  }

  add(chunk: string): void {
    this.text += chunk;
    const lines = (this.#rest + chunk).split('\n');
    this.#rest = lines.pop()!;
    for (const line of lines) {
      this.#onLine?.(line);
      for (const wanted of this.#wanted) if (line.includes(wanted.text)) wanted.found();
    }
  }

  onceSeen(text: string, found: () => void): void {
    this.#wanted.push({ text, found });
  }
}

/** True when nothing listens on that port of the loopback. */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** A port of the loopback that nobody uses now. */
export function anyFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

/**
 * Waits until a condition holds; polls, because what is waited for happens in another process.
 * @param seconds until it gives up
 * @throws Error with `what` when it did not come true in time
 */
export async function until<T>(
  what: string,
  condition: () => Promise<T | false | null | undefined> | T | false | null | undefined,
  seconds = 20,
): Promise<T> {
  const end = performance.now() + seconds * 1000;
  let last: unknown;
  for (;;) {
    try {
      const value = await condition();
      if (value) return value;
    } catch (error) {
      last = error;
    }
    if (performance.now() > end) {
      throw new Error(`Waited ${seconds} s in vain: ${what}${last instanceof Error ? ` (${last.message})` : ''}`, {
        cause: last,
      });
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
