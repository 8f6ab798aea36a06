import type { FlowNode } from '../../support/demo.ts';
import { SENDER } from '../../unit/twilio/fixture.ts';

export const ACCOUNT_SID = 'AC00000000000000000000000000000001';

/** The tab on which every flow of these tests lies. */
export const TAB = 'tab';

/** A contact center and a real account, whose Twilio is wherever a test says. */
export function configNodes(urls: { publicUrl: string; apiBaseUrl: string }): FlowNode[] {
  return [
    { id: TAB, type: 'tab', label: 'Under test' },
    { id: 'center', type: 'contact-center', name: 'Center', store: 'sqlite', file: 'center.sqlite', path: '/desk' },
    {
      id: 'account',
      type: 'whatsapp-account',
      name: 'Account',
      mode: 'twilio',
      center: 'center',
      accountSid: ACCOUNT_SID,
      sender: SENDER,
      path: '/whatsapp',
      ...urls,
    },
  ];
}

/** A node of the tab; each output leads to one node or to several. */
export function node(id: string, type: string, config: object, ...outputs: (string | string[])[]): FlowNode {
  return { id, type, z: TAB, name: id, x: 0, y: 0, ...config, wires: outputs.map((output) => [output].flat()) };
}

/** A Function node. */
export function code(id: string, func: string, ...outputs: (string | string[])[]): FlowNode {
  return node(id, 'function', { func, outputs: outputs.length, libs: [], initialize: '', finalize: '' }, ...outputs);
}

/** Tells the test which message came by, and whether it was handed over again. It says no more, because logs hold no more. */
export function recorder(id: string, ...outputs: (string | string[])[]): FlowNode {
  const seen = `{ at: '${id}', id: msg.whatsapp?.id, redelivered: msg.redelivered === true, code: msg.error?.code }`;
  return code(id, `console.log('@' + JSON.stringify(${seen})); return msg;`, ...outputs);
}

/** Core's Switch by how the text begins: the first output for `start`, the second for everything else. */
export function switchByStart(id: string, start: string, match: string, otherwise: string): FlowNode {
  const rules = [{ t: 'regex', v: `^${start}`, vt: 'str', case: false }, { t: 'else' }];
  return node(id, 'switch', { property: 'payload', propertyType: 'msg', rules, checkall: 'true', outputs: 2 }, match, otherwise);
}

/** Core's Delay, holding each message for so long. */
export function delay(id: string, seconds: number, to: string): FlowNode {
  const config = { pauseType: 'delay', timeout: String(seconds), timeoutUnits: 'seconds', rate: '1', nbRateUnits: '1' };
  return node(id, 'delay', { ...config, rateUnits: 'second', drop: false, outputs: 1 }, to);
}

/** A bot: answers each message by its id. */
export function bot(id: string, to: string): FlowNode {
  return code(id, `msg.payload = 'Answer to ' + msg.whatsapp.id; return msg;`, to);
}

/** A bot that answers everybody; what was sent and what was refused is recorded. */
export function botFlow(urls: { publicUrl: string; apiBaseUrl: string }): FlowNode[] {
  return [
    ...configNodes(urls),
    node('in', 'whatsapp-in', { account: 'account' }, 'bot', []),
    bot('bot', 'out'),
    node('out', 'whatsapp-out', { account: '' }, 'sent', 'refused'),
    recorder('sent'),
    recorder('refused'),
  ];
}

/** The same flow with some nodes changed. */
export function changed(flows: FlowNode[], changes: Record<string, object>): FlowNode[] {
  return flows.map((one) => ({ ...one, ...changes[one.id] }));
}
