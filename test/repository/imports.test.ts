import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import { packageRoot } from '../../scripts/paths.ts';

/** What is loaded in Node-RED's process. */
const ROOMS = ['lib', 'nodes', 'desk/api'];

const files = ROOMS.flatMap((room) =>
  readdirSync(path.join(packageRoot, room), { recursive: true, encoding: 'utf8' }).map((file) => path.posix.join(room, file)),
).filter((file) => /(?<!\.d)\.ts$/.test(file));

/** The files whose code a file needs when it is loaded; types are gone by then. */
function needs(file: string): string[] {
  const code = readFileSync(path.join(packageRoot, file), 'utf8');
  const imports = [...code.matchAll(/^(?:import|export) (?!type\b)([^;]*?) from '(\.[^']+)';/gm)];
  return imports
    .filter(([, names]) => !/^\{(?:\s*type [^,}]+,?)+\s*\}$/.test(names!))
    .map(([, , target]) => path.posix.join(path.posix.dirname(file), target!))
    .filter((target) => target.endsWith('.ts'));
}

/** A way along the imports that comes back to where it began, or null. */
function circle(graph: Map<string, string[]>): string[] | null {
  const done = new Set<string>();
  const walk = (file: string, way: string[]): string[] | null => {
    if (way.includes(file)) return [...way.slice(way.indexOf(file)), file];
    if (done.has(file)) return null;
    for (const next of graph.get(file) ?? []) {
      const found = walk(next, [...way, file]);
      if (found !== null) return found;
    }
    done.add(file);
    return null;
  };
  for (const file of graph.keys()) {
    const found = walk(file, []);
    if (found !== null) return found;
  }
  return null;
}

describe('imports', () => {
  const graph = new Map(files.map((file) => [file, needs(file)]));

  it('are all read', () => {
    expect(files).to.include.members(['lib/center/commands/index.ts', 'nodes/whatsapp-in/whatsapp-in.ts', 'desk/api/desk.ts']);
    const unknown = [...graph.values()].flat().filter((file) => !graph.has(file));
    expect(unknown).to.deep.equal([]);
    expect(
      circle(
        new Map([
          ['a', ['b']],
          ['b', ['c']],
          ['c', ['b']],
        ]),
      ),
    ).to.deep.equal(['b', 'c', 'b']);
  });

  it('go in no circle', () => {
    expect(circle(graph)).to.equal(null);
  });
});
