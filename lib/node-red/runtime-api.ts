import type { RequestListener, Server } from 'node:http';

/** The part of Node-RED's `RED` object that the nodes use. Passed on explicitly; there is no global. */
export interface RuntimeApi {
  version(): string;
  nodes: {
    createNode(node: RuntimeNode, config: NodeConfig): void;
    getNode(id: string): RuntimeNode | null;
    registerType(
      type: string,
      constructor: (this: never, config: never) => void,
      options?: { credentials?: Record<string, { type: 'text' | 'password' }> },
    ): void;
  };
  httpNode: HttpApp;
  httpAdmin: HttpApp;
  /** Undefined where Node-RED is embedded in somebody else's program. */
  server?: Server;
  settings: {
    userDir?: string;
    uiPort?: number | string;
    uiHost?: string;
    httpNodeRoot?: string | false;
    httpAdminRoot?: string | false;
    httpNodeAuth?: unknown;
    adminAuth?: unknown;
    https?: unknown;
  };
  events: {
    on(event: string, listener: (...args: never[]) => void): void;
    removeListener(event: string, listener: (...args: never[]) => void): void;
  };
  auth: { needsPermission(permission: string): RequestListener };
  log: { info(text: string): void; warn(text: string): void; error(text: string): void };
  util: {
    cloneMessage<T>(message: T): T;
    /** Reads a property that a typed input has set; the callback gets what was found. */
    evaluateNodeProperty(
      value: string,
      type: string,
      node: RuntimeNode,
      message: FlowMessage,
      callback: (error: unknown, result: unknown) => void,
    ): void;
  };
  _(key: string, values?: Record<string, unknown>): string;
}

/** An Express application as far as we lean on it. */
export interface HttpApp {
  path?(): string;
  parent?: HttpApp;
  use(handler: unknown): void;
  get(path: string, ...handlers: unknown[]): void;
  post(path: string, ...handlers: unknown[]): void;
  _router?: { stack: { handle: unknown }[] };
  router?: { stack: { handle: unknown }[] };
}

export interface NodeConfig {
  id: string;
  type: string;
  name?: string;
}

/** A message of a flow; whatever else is on it passes through untouched. */
export type FlowMessage = Record<string, unknown> & { _msgid?: string };

export interface NodeStatus {
  fill?: 'red' | 'green' | 'yellow' | 'blue' | 'grey';
  shape?: 'ring' | 'dot';
  text?: string;
}

export interface RuntimeNode {
  id: string;
  type: string;
  name?: string;
  z?: string;
  wires: string[][];
  credentials?: Record<string, string | undefined>;
  send(message: FlowMessage | (FlowMessage | null)[] | null): void;
  status(status: NodeStatus): void;
  log(text: string): void;
  warn(text: string): void;
  error(error: unknown, message?: FlowMessage): void;
  on(event: 'input', listener: (message: FlowMessage, send: Send, done: Done) => void): void;
  on(event: 'close', listener: (removed: boolean, done: () => void) => void): void;
}

export type Send = (message: FlowMessage | (FlowMessage | null)[] | null) => void;
export type Done = (error?: unknown) => void;
