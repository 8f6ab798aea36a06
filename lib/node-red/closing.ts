import type { RuntimeNode } from './runtime-api.ts';

/**
 * Collects what a node has to undo and undoes it when the node closes, last things first. Node-RED waits for the
 * whole of it only because the listener takes two arguments.
 */
export class Closing {
  readonly #undo: ((removed: boolean) => void | Promise<void>)[] = [];
  #closed = false;

  constructor(node: RuntimeNode) {
    node.on('close', (removed, done) => {
      this.#closed = true;
      void this.#run(removed, node).finally(done);
    });
  }

  /** True from the moment the node is told to close; what starts later must not. */
  get closed(): boolean {
    return this.#closed;
  }

  add(undo: (removed: boolean) => void | Promise<void>): void {
    this.#undo.push(undo);
  }

  async #run(removed: boolean, node: RuntimeNode): Promise<void> {
    for (const undo of this.#undo.splice(0).reverse()) {
      try {
        await undo(removed);
      } catch (error) {
        node.warn(error instanceof Error ? error.message : String(error));
      }
    }
  }
}
