import type { MediaView } from '../../../lib/center/media-contract.ts';
import type { MessageView } from '../../../lib/center/views.ts';

/** The part of the desk's API about files and about messages that failed. */
export interface MediaApi {
  /** Asks again for a customer's file that could not be fetched. */
  retryMedia(mediaId: string): Promise<MediaView>;
  /** Sends a file to the server, to be sent to the customer with `reply`. */
  upload(conversationId: string, file: Blob, name: string, progress: UploadProgress): Promise<MediaView>;
  /** Takes back an uploaded file that was not sent. */
  dropFile(mediaId: string): Promise<void>;
  /** Sends a failed message again under an id chosen here. `sureItIsLost` for one whose fate is not known. */
  retryMessage(messageId: string, newMessageId: string, sureItIsLost: boolean): Promise<MessageView>;
  /** A person says that a message whose fate was not known is with the customer. */
  confirmArrival(messageId: string): Promise<MessageView>;
}

export interface UploadProgress {
  /** A part of 1 that has left this machine. */
  onProgress(part: number): void;
  signal: AbortSignal;
}

/**
 * Posts a file.
 * @returns status and body of the answer, whatever they say
 * @throws DeskError `OFFLINE` when none came
 */
export type FileSender = (
  url: string,
  file: Blob,
  headers: Record<string, string>,
  progress: UploadProgress,
) => Promise<{ status: number; body: string }>;

/** Where a file's content is, for a picture, a player or a download. */
export function mediaUrl(mediaId: string): string {
  return `api/media/${encodeURIComponent(mediaId)}`;
}

type Call = <Result>(method: string, path: string, body?: unknown) => Promise<Result>;
type Send = <Result>(path: string, file: Blob, progress: UploadProgress) => Promise<Result>;

/**
 * @param call asks the server and throws a DeskError
 * @param send the same for a file
 */
export function createMediaApi(call: Call, send: Send): MediaApi {
  const message = (id: string, step: string): string => `api/messages/${encodeURIComponent(id)}/${step}`;
  return {
    retryMedia: (id) => call('POST', `${mediaUrl(id)}/retry`, {}),
    upload: (conversationId, file, name, progress) =>
      send(`api/conversations/${encodeURIComponent(conversationId)}/files?name=${encodeURIComponent(name)}`, file, progress),
    dropFile: (id) => call('DELETE', mediaUrl(id)),
    retryMessage: (id, newId, sureItIsLost) =>
      call('POST', message(id, 'retry'), { id: newId, ...(sureItIsLost ? { sureItIsLost } : {}) }),
    confirmArrival: (id) => call('POST', message(id, 'arrived'), {}),
  };
}
