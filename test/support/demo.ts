import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { anyFreePort, startNodeRed, until, type NodeRedOptions, type NodeRedProcess } from '../../scripts/node-red-process.ts';
import { packageRoot } from '../../scripts/paths.ts';

export interface FlowNode {
  id: string;
  type: string;
  [property: string]: unknown;
}

export const SUPERVISOR = { username: 'sofia', password: 'correct horse battery staple' };

/** The flow of an example, as the import dialog would bring it in. */
export function exampleFlow(name: string): FlowNode[] {
  return JSON.parse(readFileSync(path.join(packageRoot, 'examples', `${name}.json`), 'utf8')) as FlowNode[];
}

/** A real Node-RED with the built package, a flow, and addresses to go to; its data in a folder of its own. */
export class Demo {
  readonly userDir = mkdtempSync(path.join(tmpdir(), 'whatsapp-demo-'));
  readonly #flows: FlowNode[];
  readonly #options: Partial<NodeRedOptions>;
  #port = 0;
  #process!: NodeRedProcess;

  private constructor(flows: FlowNode[], options: Partial<NodeRedOptions>) {
    this.#flows = flows;
    this.#options = options;
  }

  static async start(flows: FlowNode[] | ((url: string) => FlowNode[]), options: Partial<NodeRedOptions> = {}): Promise<Demo> {
    const port = await anyFreePort();
    const demo = new Demo(typeof flows === 'function' ? flows(`http://127.0.0.1:${port}`) : flows, options);
    demo.#port = port;
    try {
      await demo.#launch();
    } catch (error) {
      await demo.dispose();
      throw error;
    }
    return demo;
  }

  get url(): string {
    return this.#process.url;
  }

  get editor(): string {
    return `${this.url}/`;
  }

  get desk(): string {
    return `${this.url}/desk/`;
  }

  get phone(): string {
    return `${this.url}/whatsapp/simulator/`;
  }

  get output(): string {
    return this.#process.output();
  }

  /** Ends Node-RED and starts it again on the same port with the same data. */
  async restart(how: 'stop' | 'kill' = 'stop'): Promise<void> {
    await this.#process[how]();
    await this.#launch();
  }

  /** Deploys its flow anew, without the nodes of one type. */
  async deployWithout(nodeType: string): Promise<void> {
    const response = await fetch(`${this.url}/flows`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'node-red-deployment-type': 'nodes' },
      body: JSON.stringify(this.#flows.filter(({ type }) => type !== nodeType)),
    });
    if (!response.ok) throw new Error(`The deploy was answered ${response.status}: ${await response.text()}`);
  }

  /** Asks one of the test's own "http in" nodes. */
  async get<T>(address: string): Promise<T> {
    const response = await fetch(this.url + address);
    if (response.status !== 200) throw new Error(`${address} answered ${response.status}`);
    return (await response.json()) as T;
  }

  async dispose(): Promise<void> {
    await this.#process.stop();
    rmSync(this.userDir, { recursive: true, force: true });
  }

  async #launch(): Promise<void> {
    const center = this.#flows.find((node) => node.type === 'contact-center')!;
    this.#process = startNodeRed({
      userDir: this.userDir,
      port: this.#port,
      flows: this.#flows,
      credentials: { [center.id]: { supervisorUsername: '${TEST_USERNAME}', supervisorPassword: '${TEST_PASSWORD}' } },
      env: { TEST_USERNAME: SUPERVISOR.username, TEST_PASSWORD: SUPERVISOR.password },
      ...this.#options,
    });
    await this.#process.started;
    for (const url of [this.editor, this.desk, this.phone]) {
      await until(`${url} answers`, async () => (await fetch(url)).status === 200);
    }
  }
}

/**
 * Adds nodes to a flow that remember what comes out of a node's output, and an address that tells it as JSON.
 * @param output counted from 0
 */
export function recordOutput(flows: FlowNode[], nodeType: string, output: number, address: string): FlowNode[] {
  const z = flows.find((node) => node.type === 'tab')!.id;
  const id = address.replace(/\W/g, '');
  const recorder = {
    id: `rec${id}`,
    type: 'function',
    z,
    name: '',
    outputs: 0,
    func: `const all = global.get('${id}') || []; const { req, res, ...rest } = msg; all.push(RED.util.cloneMessage(rest)); global.set('${id}', all);`,
    libs: [],
    x: 0,
    y: 0,
    wires: [],
  };
  const source = { id: `src${id}`, type: 'http in', z, name: '', url: address, method: 'get', x: 0, y: 0, wires: [[`tel${id}`]] };
  const teller = {
    id: `tel${id}`,
    type: 'function',
    z,
    name: '',
    outputs: 1,
    func: `msg.payload = global.get('${id}') || []; return msg;`,
    libs: [],
    x: 0,
    y: 0,
    wires: [[`ans${id}`]],
  };
  const answer = { id: `ans${id}`, type: 'http response', z, name: '', statusCode: '', headers: {}, x: 0, y: 0, wires: [] };
  const wired = flows.map((node) => {
    if (node.type !== nodeType) return node;
    const wires = (node['wires'] as string[][]).map((targets, index) => (index === output ? [...targets, recorder.id] : targets));
    return { ...node, wires };
  });
  return [...wired, recorder, source, teller, answer];
}
