import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { anyFreePort, startNodeRed, type NodeRedProcess } from '../../scripts/node-red-process.ts';
import { packageRoot } from '../../scripts/paths.ts';
import type { FlowNode } from './flows.ts';
import { pinned, SERVER_CORE } from './machine.ts';

export interface ServerOptions {
  flows: FlowNode[];
  /** With our package, or Node-RED as it comes. */
  ours: boolean;
  credentials?: Record<string, Record<string, string>>;
  /** Switches of Node.js, for profiles. */
  nodeArgs?: string[];
  /** False to leave out the nodes that count and pump. */
  benchNodes?: boolean;
  /** Leaves the process all cores, as on a real machine. */
  allCores?: boolean;
  /** Runs before Node-RED does, with the path of its future store. */
  prepare?(storeFile: string): Promise<void>;
}

const STORE = 'whatsapp.sqlite';

/** A Node-RED 5 as a process of its own on the server's core, with a user directory of its own. */
export class Server {
  readonly port: number;
  readonly #process: NodeRedProcess;
  readonly #userDir: string;

  private constructor(port: number, nodeRed: NodeRedProcess, userDir: string) {
    this.port = port;
    this.#process = nodeRed;
    this.#userDir = userDir;
  }

  /** Starts it and returns at once; {@link started} tells when its flows run. */
  static async launch(options: ServerOptions): Promise<Server> {
    const port = await anyFreePort();
    const userDir = mkdtempSync(path.join(tmpdir(), 'whatsapp-bench-'));
    await options.prepare?.(path.join(userDir, STORE));
    const node: [string, ...string[]] = [process.execPath, ...(options.nodeArgs ?? [])];
    const [command, ...args] = options.allCores === true ? node : pinned(SERVER_CORE, ...node);
    const nodesDir = [
      ...(options.ours ? [packageRoot] : []),
      ...(options.benchNodes === false ? [] : [path.join(packageRoot, 'bench', 'nodes')]),
    ];
    const nodeRed = startNodeRed({
      userDir,
      port,
      node: command,
      nodeArgs: args,
      flows: options.flows,
      credentials: options.credentials ?? {},
      nodesDir: null,
      logLevel: 'info',
      settings: nodesDir.length === 0 ? {} : { nodesDir },
    });
    return new Server(port, nodeRed, userDir);
  }

  static async start(options: ServerOptions): Promise<Server> {
    const server = await Server.launch(options);
    try {
      await server.started;
      return server;
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  get url(): string {
    return this.#process.url;
  }

  get pid(): number {
    return this.#process.child.pid!;
  }

  /** Where the contact center keeps everything, when the flows leave it at its default. */
  get storeFile(): string {
    return path.join(this.#userDir, STORE);
  }

  get output(): string {
    return this.#process.output();
  }

  get started(): Promise<void> {
    return this.#process.started;
  }

  /** Messages that have reached the end of its flow. */
  async count(): Promise<number> {
    return Number(await (await fetch(`${this.url}/bench/count`)).text());
  }

  async post<T>(address: string, body: unknown): Promise<T> {
    const response = await fetch(this.url + address, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${address} answered ${response.status}`);
    return (await response.json()) as T;
  }

  async stop(): Promise<void> {
    await this.#process.stop();
    rmSync(this.#userDir, { recursive: true, force: true });
  }
}

/** Runs both sides at the same time for as long as `work` takes; the one that is not under load is idle. */
export async function withServers<T>(
  ours: ServerOptions,
  peer: ServerOptions,
  work: (ours: Server, peer: Server) => Promise<T>,
): Promise<T> {
  const started: Server[] = [];
  try {
    for (const options of [ours, peer]) started.push(await Server.start(options));
    return await work(started[0]!, started[1]!);
  } finally {
    await Promise.all(started.map((server) => server.stop()));
  }
}
