import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { anyFreePort, startNodeRed, until, type NodeRedProcess } from '../../../scripts/node-red-process.ts';
import { SUPERVISOR, type FlowNode } from '../../support/demo.ts';
import { TOKEN } from '../../unit/twilio/fixture.ts';

/** Core nodes that no flow here needs; a start without them takes half the time. */
const UNUSED = [
  ...['05-tls', '06-httpproxy', '10-mqtt', '21-httprequest', '22-websocket', '31-tcpin', '32-udp'],
  ...['70-CSV', '70-HTML', '70-JSON', '70-XML', '70-YAML', '17-split', '18-sort', '19-batch', '10-file', '23-watch'],
  ...['15-change', '16-range', '80-template', '89-trigger', '90-exec', 'rbe'],
].map((name) => `${name}.js`);

/** What a recorder in the flow has told. */
export interface Told {
  /** The recorder's id. */
  at: string;
  id?: string;
  redelivered: boolean;
  code?: string;
}

export type Deployment = 'full' | 'nodes' | 'flows';

export interface VictimOptions {
  env?: Record<string, string>;
  /** Node types of somebody else: the body of a constructor, by type. */
  neighbours?: Record<string, string>;
}

/** A real Node-RED with the built package, mistreated by a test. Its data, its port and its output outlive each of its processes. */
export class Victim {
  readonly port: number;
  readonly told: Told[] = [];
  readonly #userDir = mkdtempSync(path.join(tmpdir(), 'whatsapp-faults-'));
  readonly #lines: string[] = [];
  readonly #options: VictimOptions;
  #flows: FlowNode[];
  #process!: NodeRedProcess;

  private constructor(port: number, flows: FlowNode[], options: VictimOptions) {
    this.port = port;
    this.#flows = flows;
    this.#options = options;
  }

  /** @param flows by the address at which the flow will be reached */
  static async start(flows: (url: string) => FlowNode[], options: VictimOptions = {}): Promise<Victim> {
    const port = await anyFreePort();
    const victim = new Victim(port, flows(`http://127.0.0.1:${port}`), options);
    victim.#addNeighbours();
    await victim.launch();
    return victim;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get desk(): string {
    return `${this.url}/desk/`;
  }

  /** The flow as it was deployed last. */
  get flows(): FlowNode[] {
    return this.#flows;
  }

  /** Everything that all of its processes printed. */
  get output(): string {
    return this.#lines.join('\n');
  }

  get pid(): number {
    return this.#process.child.pid!;
  }

  get alive(): boolean {
    return this.#process.child.exitCode === null && this.#process.child.signalCode === null;
  }

  /** Starts a process on the data that is there; resolves when its flows run. */
  async launch(): Promise<void> {
    this.#process = startNodeRed({
      userDir: this.#userDir,
      port: this.port,
      flows: this.#flows,
      credentials: {
        account: { authToken: TOKEN },
        center: { supervisorUsername: SUPERVISOR.username, supervisorPassword: SUPERVISOR.password },
      },
      settings: {
        disableEditor: true,
        nodesExcludes: UNUSED,
        logging: { console: { level: 'trace', metrics: false, audit: true } },
      },
      env: { NODE_ENV: 'production', ...this.#options.env },
      onLine: (line) => this.#read(line),
    });
    await this.#process.started;
  }

  /** SIGKILL: nothing of it gets another turn. */
  kill(): Promise<void> {
    return this.#process.kill();
  }

  /** SIGTERM, as a service manager ends it. */
  stop(): Promise<void> {
    return this.#process.stop();
  }

  /** Resolves with the code when it has ended by itself. */
  get exited(): Promise<number | null> {
    return this.#process.exited;
  }

  /** Deploys through the admin API, as the editor does; resolves when the flows run again. */
  async deploy(type: Deployment, flows: FlowNode[] = this.#flows): Promise<void> {
    this.#flows = flows;
    const from = this.#lines.length;
    const response = await fetch(`${this.url}/flows`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'node-red-deployment-type': type },
      body: JSON.stringify(flows),
    });
    if (response.status !== 204) throw new Error(`The deploy was answered ${response.status}: ${await response.text()}`);
    await until('the flows run again', () =>
      this.#lines.slice(from).some((line) => /Started (modified )?(flows|nodes)/.test(line)),
    );
  }

  /** Resolves when agents can work; flows and webhooks do not wait for that. */
  async deskReady(): Promise<void> {
    await until('the desk answers', async () => ![404, 503].includes((await fetch(`${this.desk}api/session`)).status));
  }

  /** What one recorder has told. */
  toldAt(recorder: string): Told[] {
    return this.told.filter(({ at }) => at === recorder);
  }

  /** Asks the store's file, from outside; works while a process runs and when none does. */
  rows<Row>(sql: string, ...parameters: (string | number)[]): Row[] {
    return this.withStore((db) => db.prepare(sql).all(...parameters) as Row[]);
  }

  /** A connection of another process's kind; the caller closes it. */
  openStore(): DatabaseSync {
    return new DatabaseSync(path.join(this.#userDir, 'center.sqlite'), { timeout: 5000 });
  }

  withStore<Result>(work: (db: DatabaseSync) => Result): Result {
    const db = this.openStore();
    try {
      return work(db);
    } finally {
      db.close();
    }
  }

  /** Those of some ids that are not in the store. */
  missing(ids: Iterable<string>): string[] {
    const kept = new Set(this.keptIds());
    return this.withStore((db) => {
      const find = db.prepare('select 1 from messages where id = ?');
      return [...ids].filter((id) => !kept.has(id) && find.get(id) === undefined);
    });
  }

  /** Messages that are on disk and not in their conversations yet. */
  keptIds(): string[] {
    return this.rows<{ id: string }>(`select arrival ->> '$.message.id' as id from arrivals order by seq`).map(({ id }) => id);
  }

  /** "ok", or what SQLite finds wrong with the file. */
  integrity(): string {
    return this.rows<{ integrity_check: string }>('pragma integrity_check')
      .map((row) => row.integrity_check)
      .join('\n');
  }

  async dispose(): Promise<void> {
    await this.kill();
    rmSync(this.#userDir, { recursive: true, force: true });
  }

  #addNeighbours(): void {
    const folder = path.join(this.#userDir, 'nodes');
    mkdirSync(folder);
    for (const [type, body] of Object.entries(this.#options.neighbours ?? {})) {
      const constructor = `function (config) { RED.nodes.createNode(this, config); ${body} }`;
      writeFileSync(
        path.join(folder, `${type}.js`),
        `module.exports = (RED) => RED.nodes.registerType('${type}', ${constructor});\n`,
      );
      const editor = `RED.nodes.registerType('${type}', { category: 'test', defaults: {} });`;
      writeFileSync(path.join(folder, `${type}.html`), `<script type="text/javascript">${editor}</script>\n`);
    }
  }

  #read(line: string): void {
    this.#lines.push(line);
    if (line.startsWith('@{')) this.told.push(JSON.parse(line.slice(1)) as Told);
  }
}
