import { CenterError } from '../../../lib/domain/errors.ts';

/**
 * Parses JSON and refuses an object that names a key twice: two readers of such a body may see two different requests.
 * @throws CenterError `INVALID_REQUEST`
 */
export function parseStrictJson(source: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(source);
  } catch (cause) {
    throw new CenterError('INVALID_REQUEST', 'The body is not JSON.', { cause });
  }
  refuseRepeatedKeys(source);
  return value;
}

/** Walks over text that is known to be JSON, so that only strings, brackets and colons have to be told apart. */
function refuseRepeatedKeys(source: string): void {
  const open: (Set<string> | null)[] = [];
  for (let at = 0; at < source.length; at += 1) {
    const char = source[at];
    if (char === '{') open.push(new Set());
    else if (char === '[') open.push(null);
    else if (char === '}' || char === ']') open.pop();
    else if (char === '"') {
      const end = endOfString(source, at);
      const keys = open.at(-1);
      if (keys !== undefined && keys !== null && isFollowedByColon(source, end)) {
        // Decoded first: "a" and "\u0061" are the same key.
        const key = JSON.parse(source.slice(at, end)) as string;
        if (keys.has(key)) throw new CenterError('INVALID_REQUEST', `The body names "${key.slice(0, 40)}" twice.`);
        keys.add(key);
      }
      at = end - 1;
    }
  }
}

/** The index behind the closing quote of the string that opens at `start`. */
function endOfString(source: string, start: number): number {
  let at = start + 1;
  while (source[at] !== '"') at += source[at] === '\\' ? 2 : 1;
  return at + 1;
}

function isFollowedByColon(source: string, from: number): boolean {
  let at = from;
  while (source[at] === ' ' || source[at] === '\n' || source[at] === '\r' || source[at] === '\t') at += 1;
  return source[at] === ':';
}

/**
 * Reads a query string; a name that comes twice is refused, for the same reason.
 * @throws CenterError `INVALID_REQUEST`
 */
export function parseStrictQuery(search: string): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(search)) {
    if (Object.hasOwn(result, name)) throw new CenterError('INVALID_REQUEST', `The query names "${name.slice(0, 40)}" twice.`);
    Object.defineProperty(result, name, { value, enumerable: true });
  }
  return result;
}
