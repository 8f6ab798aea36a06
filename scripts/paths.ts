import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder with package.json. */
export const packageRoot = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** The script behind a command of an installed package, to be run with a Node.js of our choice on any system. */
export function toolPath(command: string): string {
  const folders: Record<string, string> = { tsc: 'typescript' };
  const folder = path.join(packageRoot, 'node_modules', folders[command] ?? command);
  const { bin } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as { bin: string | Record<string, string> };
  const script = typeof bin === 'string' ? bin : bin[command];
  if (!script) throw new Error(`${command} has no command of that name.`);
  return path.join(folder, script);
}
