import { DeskError } from './desk-error.ts';
import type { FileSender } from './media-api.ts';

/** Milliseconds in which nothing of a file leaves before the upload counts as broken. */
const STALLED_MS = 30_000;

/** Posts a file and says how far it is: the one thing that `fetch` cannot tell. */
export const sendFile: FileSender = (url, file, headers, { onProgress, signal }) =>
  new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    let stalled: ReturnType<typeof setTimeout> | undefined;
    const watch = (): void => {
      clearTimeout(stalled);
      stalled = setTimeout(() => request.abort(), STALLED_MS);
    };
    const stop = (): void => request.abort();
    const failed = (): void => reject(new DeskError(0, 'OFFLINE', 'The file did not get through.'));
    request.upload.addEventListener('progress', (event) => {
      watch();
      if (event.lengthComputable && event.total > 0) onProgress(event.loaded / event.total);
    });
    request.addEventListener('load', () => resolve({ status: request.status, body: request.responseText }));
    request.addEventListener('error', failed);
    request.addEventListener('abort', failed);
    request.addEventListener('loadend', () => {
      clearTimeout(stalled);
      signal.removeEventListener('abort', stop);
    });
    signal.addEventListener('abort', stop);
    request.open('POST', url);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    watch();
    if (signal.aborted) failed();
    else request.send(file);
  });
