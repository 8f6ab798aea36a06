import { newId } from './ids.ts';

/**
 * Gives what is created an id before it is sent, and the same one when it is sent again: an answer that got lost on the way
 * creates nothing twice.
 */
export function createAttempts() {
  const ids = new Map<string, string>();
  return {
    /** @param what what is sent, in full: something else is another attempt */
    async send<Result>(what: string, request: (id: string) => Promise<Result>): Promise<Result> {
      const id = ids.get(what) ?? newId();
      ids.set(what, id);
      const result = await request(id);
      ids.delete(what);
      return result;
    },
    clear: () => ids.clear(),
  };
}
