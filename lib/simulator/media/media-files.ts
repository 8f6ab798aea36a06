import { mkdir, readFile, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const NAME = /^[A-Za-z0-9]{1,64}$/;

/** The bytes of what phones and business send each other: in a folder beside the phone's memory, or only in this process. */
export class MediaFiles {
  readonly #folder: string | null;
  readonly #inMemory = new Map<string, Buffer>();

  /** @param file the phone's memory; null keeps nothing over a restart */
  constructor(file: string | null) {
    this.#folder = file === null ? null : `${file}.media`;
  }

  async put(sid: string, bytes: Buffer): Promise<void> {
    if (this.#folder === null) {
      this.#inMemory.set(sid, bytes);
      return;
    }
    await mkdir(this.#folder, { recursive: true });
    await writeFile(this.#pathOf(this.#folder, sid), bytes, { mode: 0o600 });
  }

  /** Null when there is no such file. */
  async get(sid: string): Promise<Buffer | null> {
    if (this.#folder === null) return this.#inMemory.get(sid) ?? null;
    try {
      return await readFile(this.#pathOf(this.#folder, sid));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  }

  async remove(sid: string): Promise<void> {
    this.#inMemory.delete(sid);
    if (this.#folder !== null) await unlink(this.#pathOf(this.#folder, sid)).catch(() => undefined);
  }

  #pathOf(folder: string, sid: string): string {
    if (!NAME.test(sid)) throw new Error('This is no name of a file of the simulator.');
    return join(folder, sid);
  }
}
