import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Remembered } from './records.ts';

const SAVE_AFTER_MS = 200;

/** Keeps the phone's threads in a file, so that a restart of Node-RED in the middle of a trial changes nothing. */
export class MemoryFile {
  readonly #file: string;
  readonly #content: () => Remembered;
  readonly #failed: (error: unknown) => void;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(file: string, content: () => Remembered, failed: (error: unknown) => void) {
    this.#file = file;
    this.#content = content;
    this.#failed = failed;
  }

  /** What an earlier process left; null when there is nothing, or nothing readable. */
  async load(): Promise<Remembered | null> {
    try {
      const value = JSON.parse(await readFile(this.#file, 'utf8')) as Partial<Remembered> & { version?: number };
      if (value.version !== 1 || !Array.isArray(value.customers) || !Array.isArray(value.messages)) return null;
      return { customers: value.customers, messages: value.messages, webhook: value.webhook ?? null };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') this.#failed(error);
      return null;
    }
  }

  /** Something changed; it is on disk a moment later. */
  changed(): void {
    this.#timer ??= setTimeout(() => this.#save(), SAVE_AFTER_MS);
  }

  async close(): Promise<void> {
    if (this.#timer) this.#save();
    await this.#writing;
  }

  #save(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing = this.#writing.then(() => this.#write()).catch(this.#failed);
  }

  async #write(): Promise<void> {
    await mkdir(dirname(this.#file), { recursive: true });
    await writeFile(`${this.#file}.new`, JSON.stringify({ version: 1, ...this.#content() }), { mode: 0o600 });
    await rename(`${this.#file}.new`, this.#file);
  }
}
