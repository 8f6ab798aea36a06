import { CenterError } from '../domain/errors.ts';

/** The first Node.js whose official builds have `node:sqlite` with FTS5 and its trigram tokenizer. */
const OLDEST_NODE = '22.16.0';

/**
 * Says in one line that this Node.js is too old. Asked before the store's thread is started, which is the only place
 * where `node:sqlite` is imported; whether FTS5 is there is probed in that thread.
 */
export function runtimeProblem(version: string = process.versions.node): CenterError | null {
  if (isAtLeast(version, OLDEST_NODE)) return null;
  return new CenterError('RUNTIME_TOO_OLD', `Node.js ${version} is too old for the contact center: it needs 22.16 or newer.`, {
    details: { version, needed: OLDEST_NODE },
  });
}

function isAtLeast(version: string, oldest: string): boolean {
  const have = version.split('.').map(Number);
  const need = oldest.split('.').map(Number);
  for (const [index, part] of need.entries()) {
    const mine = have[index] ?? 0;
    if (mine !== part) return mine > part;
  }
  return true;
}
