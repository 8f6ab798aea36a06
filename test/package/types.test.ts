import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { FLOW_COMMANDS } from '../../lib/node-red/commands/flow-command.ts';
import { packageRoot, toolPath } from '../../scripts/paths.ts';

const GOOD = `
import type { ErrorCode, EventMessage, FlowCommand, FlowEventType, InboundMessage, NotifyAgentInput, OutgoingMessage, StatusMessage } from '@twentyfour/node-red-whatsapp';

export function answer(msg: InboundMessage): OutgoingMessage {
  return { ...msg, payload: msg.conversation.isNew ? 'Hello ' + (msg.conversation.customer.name ?? '') : msg.whatsapp.text };
}
export function escalate(msg: EventMessage): NotifyAgentInput | null {
  const wanted: FlowEventType = 'offer.unclaimed';
  if (msg.payload !== wanted || msg.conversation === null) return null;
  return { conversation: { id: msg.conversation.id }, command: { type: 'transfer', queue: 'Sales' }, routing: { skills: ['french'] } };
}
export const failed = (msg: StatusMessage): ErrorCode | undefined => msg.error?.code;
export const commands: FlowCommand['type'][] = ${JSON.stringify(FLOW_COMMANDS)};
`;

const BAD = `
import type { EventMessage, FlowCommand } from '@twentyfour/node-red-whatsapp';
export const isNonsense = (msg: EventMessage): boolean => msg.payload === 'conversation.nonsense';
export const command: FlowCommand = { type: 'assign' };
`;

describe('the types of the package', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'whatsapp-types-'));

  before(() => {
    const scope = path.join(folder, 'node_modules', '@twentyfour');
    mkdirSync(scope, { recursive: true });
    symlinkSync(packageRoot, path.join(scope, 'node-red-whatsapp'));
    writeFileSync(path.join(folder, 'package.json'), '{ "type": "module", "private": true }');
    writeFileSync(path.join(folder, 'good.ts'), GOOD);
    writeFileSync(path.join(folder, 'bad.ts'), BAD);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** As in somebody's own project: strict, and with no types of Node.js at hand. */
  function check(file: string): string[] {
    const options = ['--noEmit', '--strict', '--target', 'es2023', '--module', 'nodenext', '--pretty', 'false'];
    const { stdout } = spawnSync(process.execPath, [toolPath('tsc'), ...options, file], { cwd: folder, encoding: 'utf8' });
    return stdout.split('\n').filter((line) => line.includes('error'));
  }

  it('describe messages, events and commands', () => expect(check('good.ts')).to.deep.equal([]));

  it('find a mistake', () => expect(check('bad.ts').map((line) => line.split('(')[0])).to.deep.equal(['bad.ts', 'bad.ts']));

  it('are all there is of it at run time', async () => {
    expect(await import(path.join(packageRoot, 'dist/lib/flow.js'))).to.be.empty;
  });
});
