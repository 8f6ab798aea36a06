import type { Center } from '../../center/center.ts';
import { insideOf } from '../../center/inside-file.ts';
import type { MediaJob, StoredFile } from '../../center/media-contract.ts';
import { CenterError, isCenterError } from '../../domain/errors.ts';
import { identify, MAX_FILE } from '../../domain/media-type.ts';
import { FileTooLarge, MediaFolder } from '../../store/media-folder.ts';
import type { Account } from '../account.ts';
import { download, type DownloadOptions } from './download.ts';

export interface MediaFetcher {
  /** Resolves when nothing is under way and nothing is due. */
  idle(): Promise<void>;
  /** Breaks off what is under way; it is fetched again by the next one. */
  close(): Promise<void>;
}

export interface MediaFetcherOptions {
  center: Center;
  account: Account;
  log: { warn(text: string): void };
  download?: DownloadOptions;
  /** Pauses after a failure, by the center's clock; after the last one it is given up. */
  retryAfterMs?: readonly number[];
}

const MINUTE_MS = 60_000;
const RETRY_AFTER_MS = [30_000, 2 * MINUTE_MS, 10 * MINUTE_MS, 60 * MINUTE_MS, 6 * 60 * MINUTE_MS];

/** At once; Twilio's CDN is quick, and a disk has other things to do. */
const WIDTH = 3;
/** The center's clock can be moved, so a timer never sleeps longer than this. */
const LONGEST_SLEEP_MS = 30_000;

/** Fetches the files of an account's messages in the background, oldest first, across restarts. */
export function createMediaFetcher(options: MediaFetcherOptions): MediaFetcher {
  const { center, account, log, retryAfterMs = RETRY_AFTER_MS } = options;
  const folder = new MediaFolder(center.file);
  const stop = new AbortController();
  const running = new Set<Promise<void>>();
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> | null = null;
  let wanted = false;

  function wake(): void {
    wanted = true;
    if (looking !== null || stop.signal.aborted) return;
    looking = look()
      .catch((error: unknown) => log.warn(`Customers’ files cannot be fetched at the moment: ${String(error)}`))
      .finally(() => {
        looking = null;
        if (wanted) wake();
      });
  }

  async function look(): Promise<void> {
    clearTimeout(timer);
    wanted = false;
    const limit = WIDTH - running.size;
    if (limit > 0) {
      const jobs = await center.run('takeMedia', { accountId: account.id, limit });
      for (const job of jobs) start(job);
    }
    if (stop.signal.aborted || running.size >= WIDTH) return;
    const { at } = await center.query('nextMediaAt', { accountId: account.id });
    if (at === null || stop.signal.aborted) return;
    timer = setTimeout(wake, Math.min(Math.max(0, at - center.now()), LONGEST_SLEEP_MS));
  }

  function start(job: MediaJob): void {
    const work = fetchOne(job)
      .catch((error: unknown) => log.warn(`A customer’s file could not be kept: ${String(error)}`))
      .finally(() => {
        running.delete(work);
        wake();
      });
    running.add(work);
  }

  async function fetchOne(job: MediaJob): Promise<void> {
    let stored: StoredFile;
    try {
      stored = await receive(job);
    } catch (error) {
      // Broken off by us: the next process, or the next settings, begin anew.
      if (stop.signal.aborted) return;
      await fail(job, error);
      return;
    }
    const { kept } = await center.run('mediaStored', { mediaId: job.mediaId, ...stored });
    if (!kept) await folder.remove(job.file);
  }

  async function receive(job: MediaJob): Promise<StoredFile> {
    const limit = options.download?.limit ?? MAX_FILE;
    const { contentType, chunks } = await download(account, job.messageSid, job.url, {
      ...options.download,
      limit,
      signal: stop.signal,
    });
    const { size, head, tail } = await folder.write(job.file, chunks, limit);
    const known = identify(head, contentType || job.contentType, tail);
    const inside = await insideOf(folder.pathOf(job.file), known, size);
    return { kind: known.kind, contentType: known.contentType, extension: known.extension, size, name: '', ...inside };
  }

  async function fail(job: MediaJob, error: unknown): Promise<void> {
    const { code, message, details } = expected(error);
    const passing = details?.['passing'] === 1;
    const retryInMs = passing ? (retryAfterMs[job.tries] ?? null) : null;
    if (retryInMs === null) log.warn(`A customer’s file was not fetched: ${message}`);
    await center.run('mediaFailed', { mediaId: job.mediaId, code, text: message, retryInMs });
  }

  const unsubscribe = center.subscribe((events) => {
    const isOurs = events.some(
      ({ type, accountId, data }) =>
        accountId === account.id &&
        ((type === 'message.received' && data['media'] !== undefined) ||
          (type === 'media.changed' && data['state'] === 'waiting')),
    );
    if (isOurs) wake();
  });
  wake();

  return {
    async idle() {
      while (looking !== null || running.size > 0) await Promise.all([looking, ...running]);
    },
    async close() {
      unsubscribe();
      stop.abort();
      clearTimeout(timer);
      wanted = false;
      while (looking !== null || running.size > 0) await Promise.all([looking, ...running]);
      clearTimeout(timer);
      await center.run('resumeMedia', { accountId: account.id });
    },
  };
}

/** What went wrong with our own disk passes, too: it may be full. */
function expected(error: unknown): CenterError {
  if (isCenterError(error)) return error;
  if (error instanceof FileTooLarge) return new CenterError('MEDIA_TOO_LARGE', error.message);
  const reason = error instanceof Error ? error.message : String(error);
  return new CenterError('MEDIA_UNAVAILABLE', `The file could not be kept: ${reason}`, { details: { passing: 1 } });
}
