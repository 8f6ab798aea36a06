import { shallowReactive } from 'vue';
import type { MediaView } from '../../../lib/center/media-contract.ts';
import type { MediaKind } from '../../../lib/domain/media-type.ts';
import type { DeskApi } from '../api/client.ts';
import { toDeskError, type DeskError } from '../api/desk-error.ts';
import { newId } from './ids.ts';
import type { PlannedMessage } from './file-messages.ts';
import type { FileProblem, GivenFile, PreparedFile } from './prepare-file.ts';

/** So many files at once; the next one begins when one of them is through. */
const AT_ONCE = 2;
/** More in one message box is a mistake of the hand. */
export const MOST_FILES = 30;

/** A file in the message box. */
export interface AttachedFile {
  readonly id: string;
  readonly conversationId: string;
  readonly file: GivenFile;
  /**
   * `looking`: its bytes are being looked at; `refused`: WhatsApp would not take it, `problem` says why; `waiting` for its turn;
   * `uploading`; `failed`: it did not get to the server, `error` says why; `ready`.
   */
  state: 'looking' | 'refused' | 'waiting' | 'uploading' | 'failed' | 'ready';
  /** By its bytes, once they were looked at. */
  kind: MediaKind | null;
  problem: FileProblem | null;
  error: DeskError | null;
  /** A part of 1 that has left this machine. */
  progress: number;
  /** As the server has it. */
  media: MediaView | null;
  /** For a thumbnail; null for what is no picture. */
  preview: string | null;
}

/** The files in the message boxes, for as long as the page lives. They are uploaded at once, and sent with the answer. */
export interface Attachments {
  of(conversationId: string): readonly AttachedFile[];
  /** Whether there are any in any box. */
  any(): boolean;
  /** @returns how many of them were too many */
  add(conversationId: string, files: readonly GivenFile[]): number;
  remove(id: string): void;
  /** Tries an upload again that failed. */
  retry(id: string): void;
  /** The line is up again: what did not get through goes on by itself. */
  resume(): void;
  /** Takes the files out, as the messages that they and a text become; none while one of them is not ready. */
  take(conversationId: string, text: string): PlannedMessage[];
  clear(): void;
}

interface FileRules {
  prepareFile(file: GivenFile): Promise<PreparedFile>;
  messagesOf(text: string, files: readonly MediaView[]): PlannedMessage[];
}

export interface AttachmentsOptions {
  /** Addresses for thumbnails; stand-ins in tests. */
  urls?: Pick<typeof URL, 'createObjectURL' | 'revokeObjectURL'>;
}

export function createAttachments(api: DeskApi, { urls = URL }: AttachmentsOptions = {}): Attachments {
  const trays = shallowReactive(new Map<string, readonly AttachedFile[]>());
  const uploads = new Map<string, AbortController>();

  let rules: FileRules | null = null;

  /** Loaded with the first file: most conversations are texts. What is ready has been through here. */
  async function loadRules(): Promise<FileRules> {
    const [prepare, messages] = await Promise.all([import('./prepare-file.ts'), import('./file-messages.ts')]);
    rules = { prepareFile: prepare.prepareFile, messagesOf: messages.messagesOf };
    return rules;
  }

  const of = (conversationId: string): readonly AttachedFile[] => trays.get(conversationId) ?? [];
  const all = (): AttachedFile[] => [...trays.values()].flat();
  const find = (id: string): AttachedFile | undefined => all().find((one) => one.id === id);

  function change(id: string, changes: Partial<AttachedFile>): void {
    const found = find(id);
    if (found === undefined) return;
    const { conversationId } = found;
    trays.set(
      conversationId,
      of(conversationId).map((one) => (one.id === id ? { ...one, ...changes } : one)),
    );
  }

  async function look(id: string, given: GivenFile): Promise<void> {
    let prepared: PreparedFile;
    try {
      prepared = await (await loadRules()).prepareFile(given);
    } catch (thrown) {
      change(id, { state: 'failed', error: toDeskError(thrown) });
      return;
    }
    // Removed meanwhile.
    if (find(id) === undefined) return;
    const { file, problem } = prepared;
    if (problem !== null) {
      change(id, { file, problem, state: 'refused' });
      return;
    }
    const { kind } = prepared;
    const picture = kind === 'image' || kind === 'sticker';
    change(id, { file, kind, state: 'waiting', preview: picture ? urls.createObjectURL(file.content) : null });
    next();
  }

  function again({ id, file, kind }: AttachedFile): void {
    change(id, { state: kind === null ? 'looking' : 'waiting', error: null });
    if (kind === null) void look(id, file);
    else next();
  }

  function next(): void {
    while (uploads.size < AT_ONCE) {
      const one = all().find(({ state }) => state === 'waiting');
      if (one === undefined) return;
      void upload(one);
    }
  }

  async function upload({ id, conversationId, file }: AttachedFile): Promise<void> {
    const abort = new AbortController();
    uploads.set(id, abort);
    change(id, { state: 'uploading', progress: 0, error: null });
    try {
      const media = await api.upload(conversationId, file.content, file.name, {
        signal: abort.signal,
        onProgress: (progress) => change(id, { progress }),
      });
      if (find(id) === undefined) drop(media.id);
      else change(id, { state: 'ready', media, kind: media.kind, progress: 1 });
    } catch (thrown) {
      change(id, { state: 'failed', error: toDeskError(thrown) });
    } finally {
      uploads.delete(id);
      next();
    }
  }

  /** Should it not get through, the server lets go of the file by itself after a day. */
  function drop(mediaId: string): void {
    api.dropFile(mediaId).catch(() => undefined);
  }

  function letGo(one: AttachedFile): void {
    uploads.get(one.id)?.abort();
    if (one.preview !== null) urls.revokeObjectURL(one.preview);
  }

  return {
    of,
    any: () => all().length > 0,
    add(conversationId, files) {
      const free = Math.max(0, MOST_FILES - of(conversationId).length);
      const fresh = files.slice(0, free).map((file): AttachedFile => ({
        id: newId(),
        conversationId,
        file,
        state: 'looking',
        kind: null,
        problem: null,
        error: null,
        progress: 0,
        media: null,
        preview: null,
      }));
      trays.set(conversationId, [...of(conversationId), ...fresh]);
      for (const { id, file } of fresh) void look(id, file);
      return files.length - fresh.length;
    },
    remove(id) {
      const one = find(id);
      if (one === undefined) return;
      trays.set(
        one.conversationId,
        of(one.conversationId).filter((other) => other.id !== id),
      );
      letGo(one);
      if (one.media !== null) drop(one.media.id);
    },
    retry(id) {
      const one = find(id);
      if (one?.state === 'failed') again(one);
    },
    resume() {
      for (const one of all()) if (one.error?.passing === true) again(one);
    },
    take(conversationId, text) {
      const files = of(conversationId);
      if (!areReady(files)) return [];
      if (files.length === 0 || rules === null) return text === '' ? [] : [{ text, media: null }];
      trays.set(conversationId, []);
      files.forEach(letGo);
      return rules.messagesOf(
        text,
        files.map(({ media }) => media!),
      );
    },
    clear() {
      all().forEach(letGo);
      trays.clear();
    },
  };
}

/** True when there is nothing in the box that is not on the server yet. */
export function areReady(files: readonly AttachedFile[]): boolean {
  return files.every(({ state }) => state === 'ready');
}
