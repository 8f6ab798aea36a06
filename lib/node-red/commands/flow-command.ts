import type { Center } from '../../center/center.ts';
import type { Requester } from '../../center/engine-contract.ts';
import { CenterError, isCenterError } from '../../domain/errors.ts';
import type { FlowCommand } from '../../flow.ts';

/** What a flow may ask for by `msg.command`; each does what a person could do at the desk, with the same checks. */
export const FLOW_COMMANDS = [
  'assign',
  'transfer',
  'release',
  'hand-back',
  'close',
  'wait',
  'note',
  'internal',
  'tag',
  'setAttributes',
  'message',
] as const satisfies readonly FlowCommandType[];

type FlowCommandType = FlowCommand['type'];
type Fields = Record<string, unknown>;

/** Where a command comes from and what it is about. */
export interface CommandSite {
  center: Center;
  conversationId: string;
  node: { id: string; name?: string };
  /** The id of what is written to the customer unless the flow chose one; the same when a message is handed over again. */
  onceId: string | null;
}

/**
 * Does what `msg.command` says.
 * @throws CenterError `UNKNOWN_COMMAND` for a type that is none, `INVALID_REQUEST` for a field that is missing, or whatever the
 * command itself refuses with
 */
export async function runFlowCommand(site: CommandSite, command: unknown): Promise<void> {
  const fields: Fields = typeof command === 'object' && command !== null ? (command as Fields) : {};
  const type = fields['type'];
  if (!isCommandType(type)) {
    throw new CenterError('UNKNOWN_COMMAND', `msg.command.type must be one of ${FLOW_COMMANDS.join(', ')}.`);
  }
  await COMMANDS[type](site, fields);
}

function isCommandType(type: unknown): type is FlowCommandType {
  return (FLOW_COMMANDS as readonly unknown[]).includes(type);
}

const COMMANDS: Record<FlowCommandType, (site: CommandSite, fields: Fields) => Promise<unknown>> = {
  assign: (site, fields) => site.center.run('assign', { ...base(site), toAgentId: need(fields, 'agent') }),
  transfer: (site, fields) => {
    const note = maybe(fields, 'note');
    if (fields['agent'] === undefined && fields['queue'] === undefined) throw missing('agent or queue');
    if (fields['agent'] !== undefined) {
      return site.center.run('transferToAgent', { ...base(site), toAgentId: need(fields, 'agent'), note });
    }
    return site.center.run('transferToQueue', { ...base(site), queueId: need(fields, 'queue'), note });
  },
  release: (site, fields) => site.center.run('release', { ...base(site), reason: maybe(fields, 'reason') }),
  'hand-back': (site, fields) => site.center.run('handBack', { ...base(site), note: maybe(fields, 'note') }),
  close: (site, fields) => site.center.run('forceClose', { ...base(site), reason: maybe(fields, 'reason') }),
  wait: (site, fields) => site.center.run('setAside', { ...base(site), reason: maybe(fields, 'reason') }),
  note: (site, fields) => site.center.run('remark', { ...base(site), kind: 'note', text: need(fields, 'text') }),
  internal: (site, fields) => site.center.run('remark', { ...base(site), kind: 'internal', text: need(fields, 'text') }),
  tag: (site, fields) => site.center.run('setTags', { ...base(site), tags: texts(fields, 'tags') }),
  setAttributes: (site, fields) => {
    const attributes = fields['attributes'];
    if (typeof attributes !== 'object' || attributes === null || Array.isArray(attributes)) throw missing('attributes');
    return site.center.run('setAttributes', { ...base(site), attributes: attributes as Fields });
  },
  message: say,
};

/** Written to the customer; it leaves by `notify-agent`'s first output as an agent's message does. */
async function say({ center, conversationId, node, onceId }: CommandSite, fields: Fields): Promise<void> {
  const own = maybe(fields, 'id');
  const text = need(fields, 'text');
  try {
    await center.run('sayFromFlow', { conversationId, nodeId: node.id, text, messageId: own ?? onceId ?? undefined });
  } catch (error) {
    if (own === undefined && isCenterError(error) && error.code === 'ALREADY_SENT') return;
    throw error;
  }
}

function base({ conversationId, node }: CommandSite): { conversationId: string; by: Requester } {
  return { conversationId, by: { flow: { nodeId: node.id, ...(node.name ? { nodeName: node.name } : {}) } } };
}

function need(fields: Fields, name: string): string {
  const value = fields[name];
  if (typeof value !== 'string' || value.trim() === '') throw missing(name);
  return value;
}

function maybe(fields: Fields, name: string): string | undefined {
  const value = fields[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw new CenterError('INVALID_REQUEST', `msg.command.${name} must be a text.`);
  return value;
}

function texts(fields: Fields, name: string): string[] {
  const value = fields[name];
  const list = typeof value === 'string' ? [value] : value;
  if (!Array.isArray(list) || !list.every((one) => typeof one === 'string')) throw missing(name);
  return list;
}

function missing(name: string): CenterError {
  return new CenterError('INVALID_REQUEST', `This msg.command needs ${name}.`);
}
