import { createHmac } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import helper from 'node-red-node-test-helper';
import type { NodeSet } from 'node-red-node-test-helper';
import type { Center } from '../../../lib/center/center.ts';
import type { AccountSlot } from '../../../lib/node-red/accounts/account-slot.ts';
import type { CenterSlot } from '../../../lib/node-red/centers/center-slot.ts';
import type { AccountNode, ContactCenterNode } from '../../../lib/node-red/config-nodes.ts';
import { registryOf } from '../../../lib/node-red/registry.ts';
import type { Registry } from '../../../lib/node-red/registry.ts';
import type { FlowMessage, HttpApp, NodeStatus, RuntimeApi } from '../../../lib/node-red/runtime-api.ts';
import contactCenter from '../../../nodes/contact-center/contact-center.ts';
import notifyAgent from '../../../nodes/notify-agent/notify-agent.ts';
import sessionGuard from '../../../nodes/session-guard/session-guard.ts';
import transcriptStore from '../../../nodes/transcript-store/transcript-store.ts';
import whatsappAccount from '../../../nodes/whatsapp-account/whatsapp-account.ts';
import whatsappIn from '../../../nodes/whatsapp-in/whatsapp-in.ts';
import whatsappOut from '../../../nodes/whatsapp-out/whatsapp-out.ts';
import { PhoneClient } from '../../support/phone-client.ts';
import { Inbox } from './inbox.ts';

const require = createRequire(import.meta.url);
helper.init(require.resolve('node-red'));

const coreNode = (file: string): NodeSet => require(join('@node-red/nodes/core', file)) as NodeSet;
const CORE = [
  'common/25-catch.js',
  'common/24-complete.js',
  'function/10-switch.js',
  'function/89-delay.js',
  'sequence/17-split.js',
];

export const TOKEN = 'a-token-for-tests';
/** Cloned for each use: Node-RED takes out of them what a flow no longer needs. */
const CREDENTIALS = { account: { authToken: TOKEN } };
export const PUBLIC_URL = 'https://example.com';
export const SENDER = 'whatsapp:+15550100100';
export const CUSTOMER = 'whatsapp:+15551230001';

/** Node-RED's levels of the log. */
const ERROR = 20;
const WARN = 30;

/** The two config nodes that nearly every flow shares; a real account whose API is wherever the test says. */
export function config(account: object = {}, center: object = {}): object[] {
  return [
    { id: 'center', type: 'contact-center', name: '', file: 'center.sqlite', path: '/desk', sessionHours: '24', ...center },
    {
      id: 'account',
      type: 'whatsapp-account',
      name: '',
      mode: 'twilio',
      center: 'center',
      accountSid: `AC${'0'.repeat(32)}`,
      sender: SENDER,
      publicUrl: PUBLIC_URL,
      path: '/whatsapp',
      // Nobody listens there: what the account asks Twilio by itself must not leave this machine.
      apiBaseUrl: 'http://127.0.0.1:9',
      ...account,
    },
  ];
}

/** A test's flow lies on one tab, because Catch and Complete look at their own only; nodes without a place are config nodes. */
export function onTab(...nodes: object[]): object[] {
  return [
    { id: 'tab', type: 'tab', label: 'Test' },
    ...nodes.map((node, index) => ({ z: 'tab', x: 100, y: 40 * index, ...node })),
  ];
}

/** Node-RED in the test helper with our nodes, and a real server in front of our one HTTP handler. */
export class TestRuntime {
  registry!: Registry;
  baseUrl = '';
  /** Where what the editor asks for is served; the test helper lets every permission pass. */
  adminUrl = '';
  #admin: HttpApp | null = null;
  folder = '';
  readonly #server: Server = createServer((request, response) => this.registry.host.handle(request, response));
  readonly #adminServer: Server = createServer((request, response) =>
    (this.#admin as unknown as RequestListener)(request, response),
  );
  readonly #inboxes = new Map<string, Inbox>();
  readonly #statuses = new Map<string, Inbox>();
  #more: NodeSet[] = [];
  #settings: object = {};
  #sid = 0;
  #forgetStatuses: () => void = () => {};

  /**
   * @param more further kinds of nodes that the flow needs
   * @param settings of Node-RED, besides the test helper's own
   */
  static async start(
    flow: object[],
    credentials: object = CREDENTIALS,
    more: NodeSet[] = [],
    settings: object = {},
  ): Promise<TestRuntime> {
    const runtime = new TestRuntime();
    runtime.#more = more;
    runtime.#settings = settings;
    runtime.folder = await mkdtemp(join(tmpdir(), 'nodes-'));
    await new Promise<void>((resolve) => runtime.#server.listen(0, '127.0.0.1', resolve));
    runtime.baseUrl = `http://127.0.0.1:${(runtime.#server.address() as AddressInfo).port}`;
    await new Promise<void>((resolve) => runtime.#adminServer.listen(0, '127.0.0.1', resolve));
    runtime.adminUrl = `http://127.0.0.1:${(runtime.#adminServer.address() as AddressInfo).port}`;
    await runtime.load(flow, credentials);
    return runtime;
  }

  /** Starts the flows, as a new process would. */
  async load(flow: object[], credentials: object = CREDENTIALS): Promise<void> {
    this.#inboxes.clear();
    this.#statuses.clear();
    const probe: NodeSet = (RED) => this.#probe(RED);
    helper.settings(this.#settings);
    const ours = [contactCenter, whatsappAccount, whatsappIn, whatsappOut, sessionGuard, notifyAgent, transcriptStore];
    await helper.load([probe, ...CORE.map(coreNode), ...this.#more, ...ours], this.#inFolder(flow), structuredClone(credentials));
    await this.registry.settled();
  }

  /** Deploys another flow into the running one. */
  async deploy(flow: object[], type: 'full' | 'nodes' | 'flows' = 'full', credentials: object = CREDENTIALS): Promise<void> {
    await helper.setFlows(this.#inFolder(flow), type, structuredClone(credentials));
    await this.registry.settled();
  }

  /** Ends the flows and everything that outlives them, as the end of the process does. */
  async unload(): Promise<void> {
    await helper.unload();
    await this.registry.close();
    this.#forgetStatuses();
  }

  async stop(): Promise<void> {
    await this.unload();
    for (const server of [this.#server, this.#adminServer]) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
    await rm(this.folder, { recursive: true, force: true });
  }

  /** What arrived at a node of type "probe". */
  inbox(id: string): Inbox {
    return boxOf(this.#inboxes, id);
  }

  /** What a node showed under itself. */
  statuses(id: string): Inbox {
    return boxOf(this.#statuses, id);
  }

  /** Waits until a node shows a status whose text contains `text` (the helper does not translate: texts are keys). */
  async shows(id: string, text: string): Promise<NodeStatus> {
    return (await this.statuses(id).next((status) => String(status.text ?? '').includes(text))) as NodeStatus;
  }

  send(id: string, message: FlowMessage): void {
    helper.getNode(id).receive(message);
  }

  center(id = 'center'): Promise<Center> {
    return (helper.getNode(id) as unknown as ContactCenterNode).slot!.center();
  }

  /** Waits until the simulator of an account answers. */
  async simulator(id = 'account'): Promise<void> {
    const slot = this.slotOf(id);
    await slot.ready;
    await slot.simulatorTurns.run(async () => {});
  }

  /** The simulated phone, once it answers. */
  async phone(): Promise<PhoneClient> {
    await this.simulator();
    return new PhoneClient(`${this.baseUrl}/whatsapp/simulator/`);
  }

  /** Waits until a desk is served, or was tried to be. */
  async deskReady(id = 'center'): Promise<void> {
    await this.center(id);
    await this.centerSlot(id).deskTurns.run(async () => {});
  }

  centerSlot(id = 'center'): CenterSlot {
    return (helper.getNode(id) as unknown as ContactCenterNode).slot!;
  }

  slotOf(id: string): AccountSlot {
    return (helper.getNode(id) as unknown as AccountNode).slot!;
  }

  /** Errors that nodes reported outside of messages. */
  errorsOf(type: string): string[] {
    return this.#logged(type, ERROR);
  }

  warningsOf(type: string): string[] {
    return this.#logged(type, WARN);
  }

  #logged(type: string, level: number): string[] {
    return helper
      .log()
      .args.map(([entry]) => entry!)
      .filter((entry) => entry.level === level && entry.type === type)
      .map(({ msg }) => (msg instanceof Error ? msg.message : String(msg)));
  }

  /** A customer's text by a signed webhook; resolves to the HTTP status. */
  async receive(text: string, { from = CUSTOMER, to = SENDER, sid = this.newSid(), userId = '' } = {}): Promise<number> {
    return this.webhook('/whatsapp/inbound', {
      MessageSid: sid,
      From: from,
      To: to,
      Body: text,
      NumMedia: '0',
      ProfileName: 'Ada',
      ...(userId === '' ? {} : { ExternalUserId: userId }),
    });
  }

  /** A customer has written; resolves to the message as the flow's `whatsapp-in` gave it to the probe "got". */
  async written(text = 'Hello'): Promise<FlowMessage> {
    await this.receive(text);
    return this.inbox('got').next();
  }

  newSid(): string {
    this.#sid += 1;
    return `SM${String(this.#sid).padStart(32, '0')}`;
  }

  async webhook(path: string, form: Record<string, string>, signature = sign(PUBLIC_URL + path, form)): Promise<number> {
    const response = await fetch(this.baseUrl + path, {
      method: 'POST',
      headers: { 'x-twilio-signature': signature },
      body: new URLSearchParams(form),
    });
    await response.arrayBuffer();
    return response.status;
  }

  #probe(RED: RuntimeApi): void {
    this.registry = registryOf(RED);
    this.#admin = RED.httpAdmin;
    const inboxes = this.#inboxes;
    const statuses = this.#statuses;
    RED.nodes.registerType('probe', function (this: never, config: { id: string }): void {
      const node = this as Parameters<RuntimeApi['nodes']['createNode']>[0];
      RED.nodes.createNode(node, config as never);
      node.on('input', (message, _send, done) => {
        boxOf(inboxes, config.id).put(message);
        done();
      });
    } as (this: never, config: never) => void);
    const onStatus = ((event: { id: string; status?: FlowMessage }) => {
      // A removed node's is taken away.
      if (event.status !== undefined) boxOf(statuses, event.id).put(event.status);
    }) as (...args: never[]) => void;
    RED.events.on('node-status', onStatus);
    this.#forgetStatuses = () => RED.events.removeListener('node-status', onStatus);
  }

  #inFolder(flow: object[]): object[] {
    return flow.map((node) => ('file' in node ? { ...node, file: join(this.folder, String(node.file)) } : node));
  }
}

function boxOf(boxes: Map<string, Inbox>, id: string): Inbox {
  let box = boxes.get(id);
  if (box === undefined) boxes.set(id, (box = new Inbox(id)));
  return box;
}

/** Twilio's signature of a form: the address and every parameter, sorted by name. */
export function sign(url: string, form: Record<string, string>, token = TOKEN): string {
  const text = Object.keys(form)
    .sort()
    .reduce((before, name) => before + name + form[name], url);
  return createHmac('sha1', token).update(text).digest('base64');
}
