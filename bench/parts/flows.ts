/** Flows of both sides: ours, and those of core nodes they are compared with. */

export interface FlowNode {
  id: string;
  type: string;
  [property: string]: unknown;
}

/** What Twilio would sign; nothing of it is ever called. */
export const PUBLIC_URL = 'https://bench.example.com';
export const SENDER = 'whatsapp:+15550100000';
export const AUTH_TOKEN = 'bench-token-for-the-loopback-only';
export const WEBHOOK_PATH = '/whatsapp/inbound';
export const PEER_PATH = '/peer';

const CENTER = 'bench-center';
const ACCOUNT = 'bench-account';
const TAB = { id: 'bench-tab', type: 'tab', label: 'Bench' };

/** The credentials that go with {@link accountFlow}. */
export const CREDENTIALS = {
  [ACCOUNT]: { authToken: AUTH_TOKEN },
  [CENTER]: { supervisorUsername: 'sofia', supervisorPassword: 'correct horse battery staple' },
};

/** A contact center and a real account; every flow of ours needs them. */
export function accountFlow(...nodes: FlowNode[]): FlowNode[] {
  return [
    TAB,
    { id: CENTER, type: 'contact-center', name: '', store: 'sqlite', file: '', path: '/desk', sessionHours: 24, allowHttp: true },
    {
      id: ACCOUNT,
      type: 'whatsapp-account',
      name: '',
      mode: 'twilio',
      center: CENTER,
      accountSid: `AC${'0'.repeat(32)}`,
      sender: SENDER,
      messagingServiceSid: '',
      publicUrl: PUBLIC_URL,
      path: '/whatsapp',
      // Nobody listens there: nothing of a measurement leaves this machine.
      apiBaseUrl: 'http://127.0.0.1:9',
    },
    ...nodes,
  ];
}

/** A node on the tab; `wires` name the next node of each output. */
function node(id: string, type: string, properties: Record<string, unknown>, ...wires: string[]): FlowNode {
  return {
    id,
    type,
    z: TAB.id,
    name: '',
    x: 0,
    y: 0,
    ...properties,
    wires: wires.map((target) => (target === '' ? [] : [target])),
  };
}

export const whatsappIn = (next: string): FlowNode => node('in', 'whatsapp-in', { account: ACCOUNT }, next, '');
export const sessionGuard = (next: string): FlowNode =>
  node('guard', 'session-guard', { center: CENTER, limitMessage: '' }, next, '');
export const notifyAgent = (): FlowNode =>
  node('notify', 'notify-agent', { center: CENTER, queue: 'Bench', offerSeconds: 3600 }, '', '');
export const transcriptStore = (next: string): FlowNode =>
  node('store', 'transcript-store', { center: CENTER, operation: 'store' }, next);
export const end = (): FlowNode => node('end', 'bench-end', {});
export const pump = (next: string): FlowNode => node('pump', 'bench-pump', {}, next);

/** Core `http in` that answers at once. */
export function plainHttpFlow(): FlowNode[] {
  return [TAB, httpIn('answer'), httpResponse()];
}

/** Core `http in`, four core nodes, answer: a flow of the same length as ours. */
export function coreNodesFlow(): FlowNode[] {
  return [
    TAB,
    httpIn('first'),
    node('first', 'function', { func: 'msg.topic = msg.payload.From;\nreturn msg;', outputs: 1, libs: [] }, 'change'),
    node(
      'change',
      'change',
      { rules: [{ t: 'set', p: 'customer', pt: 'msg', to: 'payload.ProfileName', tot: 'msg' }] },
      'decide',
    ),
    coreSwitch('decide', 'payload.Body', { t: 'nempty' }, 'second'),
    node('second', 'function', { func: "msg.payload = '';\nreturn msg;", outputs: 1, libs: [] }, 'answer'),
    httpResponse(),
  ];
}

/** Core `switch` that asks what the guard asks: within the window, or not. */
export function switchFlow(): FlowNode[] {
  return [TAB, pump('decide'), coreSwitch('decide', 'conversation.session.open', { t: 'true' }, 'end'), end()];
}

function coreSwitch(id: string, property: string, rule: Record<string, unknown>, next: string): FlowNode {
  const rules = [rule, { t: 'else' }];
  return node(id, 'switch', { property, propertyType: 'msg', rules, checkall: 'false', outputs: 2, repair: false }, next, '');
}

function httpIn(next: string): FlowNode {
  return node('http', 'http in', { url: PEER_PATH, method: 'post', upload: false, swaggerDoc: '' }, next);
}

function httpResponse(): FlowNode {
  return node('answer', 'http response', { statusCode: '', headers: {} });
}
