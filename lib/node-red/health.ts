import { CenterError, isCenterError } from '../domain/errors.ts';

/** What is wrong with a config node, told to the nodes that depend on it. */
export class Health {
  #problem: CenterError | null = null;
  readonly #listeners = new Set<(problem: CenterError | null) => void>();

  get problem(): CenterError | null {
    return this.#problem;
  }

  set(problem: CenterError | null): void {
    if (problem === this.#problem) return;
    this.#problem = problem;
    for (const listener of [...this.#listeners]) listener(problem);
  }

  /** Told at once and at each change. Returns the way out. */
  follow(listener: (problem: CenterError | null) => void): () => void {
    this.#listeners.add(listener);
    listener(this.#problem);
    return () => void this.#listeners.delete(listener);
  }

  /** Told each time a problem has gone away. Returns the way out. */
  onRecovery(listener: () => void): () => void {
    let ill = false;
    return this.follow((problem) => {
      const recovered = ill && problem === null;
      ill = problem !== null;
      if (recovered) listener();
    });
  }
}

/** Any failure as an expected one, so that a node can show it by its code. */
export function asCenterError(error: unknown): CenterError {
  if (isCenterError(error)) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new CenterError('STORE_UNAVAILABLE', message, { cause: error });
}
