import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export interface OldNode {
  node: string;
  args: string[];
  /** "20.20.2" */
  version: string;
}

/**
 * A Node.js that is too old for the package but can run Node-RED 4.1: the machine's own when there is one, otherwise
 * the present one with a preloaded file that makes it say so.
 * @param folder where that file may be written
 */
export function oldNode(folder: string): OldNode {
  for (const entry of (process.env['PATH'] ?? '').split(path.delimiter)) {
    const node = path.join(entry, 'node');
    if (entry.includes('node_modules') || !existsSync(node)) continue;
    const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim().slice(1);
    const [major = 0, minor = 0] = version.split('.').map(Number);
    if ((major >= 18 && major < 22) || (major === 22 && minor < 16)) return { node, args: [], version };
  }
  const version = '20.19.0';
  const preload = path.join(folder, 'pretend-old.cjs');
  writeFileSync(
    preload,
    `Object.defineProperty(process, 'version', { value: 'v${version}' });
Object.defineProperty(process, 'versions', { value: Object.freeze({ ...process.versions, node: '${version}' }) });
`,
  );
  return { node: process.execPath, args: ['--require', preload], version };
}
