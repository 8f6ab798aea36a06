import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import { packageRoot } from '../../scripts/paths.ts';
import { NODE_TYPES } from '../support/contents.ts';

interface FlowNode {
  id: string;
  type: string;
  name?: string;
  z?: string;
  g?: string;
  nodes?: string[];
  wires?: string[][];
  x?: number;
  y?: number;
  w?: number;
  h?: number;
  info?: string;
}

const CORE = [
  'link in',
  'link out',
  'tab',
  'group',
  'comment',
  'debug',
  'switch',
  'change',
  'template',
  'function',
  'rbe',
  'catch',
  'http request',
  'http in',
  'http response',
];
const CONFIG = ['whatsapp-account', 'contact-center'];

/** About as wide as the editor draws it, in its units. */
function widthOf(node: FlowNode): number {
  if (node.type === 'link in' || node.type === 'link out') return 30;
  return Math.max(100, 7 * (node.name ?? '').length + (node.type === 'debug' ? 80 : 50));
}

/** A group as the editor draws it, which makes it as large as its members need where the letters are wide. */
function drawnBox(group: FlowNode, members: FlowNode[]): { left: number; right: number; top: number; bottom: number } {
  const box = { left: group.x!, right: group.x! + group.w!, top: group.y!, bottom: group.y! + group.h! };
  for (const member of members) {
    const half = widthOf(member) / 2 + 0.75 * (member.name ?? '').length + 25;
    box.left = Math.min(box.left, member.x! - half);
    box.right = Math.max(box.right, member.x! + half);
  }
  return box;
}

const folder = path.join(packageRoot, 'examples');
const examples = readdirSync(folder).map((file) => ({
  file,
  nodes: JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as FlowNode[],
}));

describe('the examples', () => {
  it('share their config nodes, so that a second import uses those of the first', () => {
    const configs = examples.map(({ nodes }) => nodes.filter((node) => CONFIG.includes(node.type)));
    expect(configs[0]).to.have.length(2);
    for (const config of configs) expect(config).to.deep.equal(configs[0]);
  });

  it('have no other id in common', () => {
    const ids = examples.flatMap(({ nodes }) => nodes.filter((node) => !CONFIG.includes(node.type)).map((node) => node.id));
    expect(new Set(ids).size).to.equal(ids.length);
  });

  for (const { file, nodes } of examples) {
    describe(file, () => {
      const byId = new Map(nodes.map((node) => [node.id, node]));

      it('uses our nodes and core nodes only', () => {
        for (const node of nodes) expect([...NODE_TYPES, ...CORE]).to.include(node.type);
      });

      it('has wires that end at a node, and a comment that explains it', () => {
        for (const target of nodes.flatMap((node) => node.wires ?? []).flat()) expect(byId.has(target), target).to.equal(true);
        expect(nodes.some((node) => node.type === 'comment' && (node.info ?? '').length > 80)).to.equal(true);
      });

      it('is laid out clean: groups hold their members, nothing lies on something else', () => {
        for (const group of nodes.filter((node) => node.type === 'group')) {
          expect(nodes.filter((node) => node.g === group.id).map((node) => node.id)).to.have.members(group.nodes!);
          for (const id of group.nodes!) {
            const { x, y } = byId.get(id)!;
            expect(x! > group.x! && x! < group.x! + group.w! && y! > group.y! && y! < group.y! + group.h!, id).to.equal(true);
          }
        }
        const placed = nodes.filter((node) => node.z !== undefined && node.type !== 'group');
        for (const one of placed) {
          for (const other of placed) {
            if (one.id >= other.id) continue;
            const apart = (widthOf(one) + widthOf(other)) / 2;
            expect(
              Math.abs(one.x! - other.x!) >= apart || Math.abs(one.y! - other.y!) >= 35,
              `${one.id} and ${other.id}`,
            ).to.equal(true);
          }
        }
        const groups = nodes
          .filter((node) => node.type === 'group')
          .map((group) => ({
            id: group.id,
            ...drawnBox(
              group,
              group.nodes!.map((id) => byId.get(id)!),
            ),
          }));
        for (const one of groups) {
          for (const other of groups) {
            if (one.id >= other.id) continue;
            const apart =
              one.right <= other.left || other.right <= one.left || one.bottom <= other.top || other.bottom <= one.top;
            expect(apart, `${one.id} and ${other.id}`).to.equal(true);
          }
          for (const comment of nodes.filter((node) => node.type === 'comment')) {
            expect(comment.y! + 30 <= one.top || comment.y! - 30 >= one.bottom, `${comment.id} and ${one.id}`).to.equal(true);
          }
        }
      });
    });
  }
});
