declare module 'node-red-node-test-helper' {
  import type { FlowMessage, RuntimeApi, RuntimeNode } from '../../../lib/node-red/runtime-api.ts';

  export type NodeSet = (RED: RuntimeApi) => void;

  interface NodeTestHelper {
    init(runtimePath: string): void;
    settings(settings: object): object;
    load(sets: NodeSet[], flow: object[], credentials: object): Promise<void>;
    setFlows(flow: object[], type: 'full' | 'flows' | 'nodes', credentials?: object): Promise<void>;
    unload(): Promise<void>;
    getNode(id: string): RuntimeNode & { receive(message: FlowMessage): void };
    log(): { args: { level: number; msg: unknown; id?: string; type?: string }[][] };
  }

  const helper: NodeTestHelper;
  export default helper;
}
