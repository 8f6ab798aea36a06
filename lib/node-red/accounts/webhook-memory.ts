import { readFile, rm, writeFile } from 'node:fs/promises';
import type { Before } from '../../twilio/setup/setup.ts';

/**
 * What stood at an account's sender before our webhook addresses were written there, in a file beside the store: it must
 * outlive the dialog and restarts, and it is nobody else's business.
 */
export class WebhookMemory {
  readonly #file: string;

  constructor(storeFile: string, accountId: string) {
    this.#file = `${storeFile}.${accountId}.webhooks.json`;
  }

  async load(): Promise<Before[]> {
    try {
      const { version, before } = JSON.parse(await readFile(this.#file, 'utf8')) as { version?: number; before?: Before[] };
      return version === 1 && Array.isArray(before) ? before : [];
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT' || error instanceof SyntaxError) return [];
      throw error;
    }
  }

  /** What is remembered of a sender stays: it is from before the first time. */
  async add(before: Before[]): Promise<void> {
    const known = await this.load();
    const fresh = before.filter(({ sid }) => !known.some((one) => one.sid === sid));
    if (fresh.length === 0) return;
    await writeFile(this.#file, JSON.stringify({ version: 1, before: [...known, ...fresh] }), { mode: 0o600 });
  }

  async forget(): Promise<void> {
    await rm(this.#file, { force: true });
  }
}
