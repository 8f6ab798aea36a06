import { shallowReactive } from 'vue';
import type { MediaView } from '../../../lib/center/media-contract.ts';
import type { MediaKind } from '../../../lib/domain/media-type.ts';
import type { DeskApi } from '../api/client.ts';
import { toDeskError, type DeskError } from '../api/desk-error.ts';
import { newId } from './ids.ts';
import { prepareFile, type FileProblem, type GivenFile } from './prepare-file.ts';

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
  /** @returns how many of them were too many */
  add(conversationId: string, files: readonly GivenFile[]): number;
  remove(id: string): void;
  /** Tries an upload again that failed. */
  retry(id: string): void;
  /** The line is up again: what did not get through goes on by itself. */
  resume(): void;
  /** Takes the files out, to be sent; only when all of them are ready. */
  take(conversationId: string): MediaView[];
  clear(): void;
}

export interface AttachmentsOptions {
  /** Addresses for thumbnails; stand-ins in tests. */
  urls?: Pick<typeof URL, 'createObjectURL' | 'revokeObjectURL'>;
}

export function createAttachments(api: DeskApi, { urls = URL }: AttachmentsOptions = {}): Attachments {
  const trays = shallowReactive(new Map<string, readonly AttachedFile[]>());
  const uploads = new Map<string, AbortController>();

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
    const prepared = await prepareFile(given);
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
      if (find(id)?.state !== 'failed') return;
      change(id, { state: 'waiting', error: null });
      next();
    },
    resume() {
      for (const { id, error } of all()) if (error?.passing === true) change(id, { state: 'waiting', error: null });
      next();
    },
    take(conversationId) {
      const files = of(conversationId);
      if (!areReady(files)) return [];
      trays.set(conversationId, []);
      files.forEach(letGo);
      return files.map(({ media }) => media!);
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
