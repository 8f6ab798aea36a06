import type { MediaFolder } from '../store/media-folder.ts';
import type { Center } from './center.ts';

const BATCH = 200;

/**
 * Deletes from disk what the store has let go. The store writes down what is to be deleted in the transaction that forgets it,
 * and strikes it out when it is gone: neither a crash nor a file that another program holds open leaves one behind for good.
 */
export class FileCleaner {
  readonly #center: Pick<Center, 'run' | 'query'>;
  readonly #folder: MediaFolder;
  #running: Promise<void> = Promise.resolve();

  constructor(center: Pick<Center, 'run' | 'query'>, folder: MediaFolder) {
    this.#center = center;
    this.#folder = folder;
  }

  /** Resolves when everything that was to be deleted at this moment is, or cannot be just now. */
  clean(): Promise<void> {
    this.#running = this.#running.then(() => this.#cleanNow()).catch(() => {});
    return this.#running;
  }

  async #cleanNow(): Promise<void> {
    for (;;) {
      const { files } = await this.#center.query('filesToDelete', { limit: BATCH });
      const gone: string[] = [];
      for (const file of files) {
        try {
          await this.#folder.remove(file);
          gone.push(file);
        } catch {
          // In use; the next sweep tries again.
        }
      }
      await this.#center.run('filesDeleted', { files: gone });
      if (files.length < BATCH || gone.length === 0) return;
    }
  }
}
