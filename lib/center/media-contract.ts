import type { ErrorCode } from '../domain/errors.ts';
import type { MediaKind } from '../domain/media-type.ts';
import type { Contact } from '../domain/vcard.ts';
import type { Command } from './command.ts';

/**
 * Files, in both directions. Their bytes lie beside the store (`lib/store/media-folder.ts`) under random names; what is known of
 * them is kept here, and a row always comes before its file, so that no crash leaves a file nobody knows.
 */
export interface MediaCommands {
  /** The next customers' files to fetch, oldest first; marks them as being fetched. One over its customer's quota fails instead. */
  takeMedia: Command<{ accountId: string; limit: number }, MediaJob[]>;
  /** The file is on disk. `kept` is false when the message was erased meanwhile, and then the file is nobody's. */
  mediaStored: Command<{ mediaId: string } & StoredFile, { kept: boolean }>;
  /** It could not be had; `retryInMs` null: not by itself any more. */
  mediaFailed: Command<{ mediaId: string; code: ErrorCode; text: string; retryInMs: number | null }, null>;
  /** An agent asks to have a failed file fetched again. Throws `UNKNOWN_MEDIA`. */
  retryMedia: Command<{ mediaId: string; agentId: string }, MediaView>;
  /**
   * What was being fetched and is not any more is fetched again: of one account, or of all when a new process begins; then
   * what was being uploaded to the last one is gone.
   */
  resumeMedia: Command<{ accountId: string | null }, { resumed: number }>;

  /** An agent's file for a conversation of theirs. Throws as `reply` does. */
  beginUpload: Command<{ conversationId: string; agentId: string }, NewFile>;
  /** A file that a flow sends. */
  beginFile: Command<{ accountId: string }, NewFile>;
  finishFile: Command<{ mediaId: string } & StoredFile, MediaView>;
  /** A file that was begun and did not arrive, or may not be sent. */
  abandonFile: Command<{ mediaId: string }, null>;
  /** Takes back a file that is not part of a message; only its own agent may. Throws `UNKNOWN_MEDIA`. */
  dropFile: Command<{ mediaId: string; agentId: string | null }, null>;

  /** These are not on disk any more. */
  filesDeleted: Command<{ files: string[] }, null>;

  /** Twilio's list was compared with the store up to this moment, milliseconds; only ever forward. */
  caughtUp: Command<{ accountId: string; until: number }, null>;
}

export interface MediaQueries {
  /** A file that this agent may see. Throws `UNKNOWN_MEDIA`, `MEDIA_UNAVAILABLE` while it is not there. */
  media: Command<{ mediaId: string; agentId: string }, MediaFile>;
  /** A file that a flow wants to send, by its id. Throws `MEDIA_UNAVAILABLE`. */
  sendableFile: Command<{ mediaId: string }, { kind: MediaKind }>;
  /** A file of a message that leaves, for Twilio; null when there is none. */
  outgoingFile: Command<{ mediaId: string }, MediaFile | null>;
  /** When the next file is due to be fetched, milliseconds; null: none waits. */
  nextMediaAt: Command<{ accountId: string }, { at: number | null }>;
  /** Signs the addresses under which Twilio fetches files. */
  mediaKey: Command<Record<string, never>, { key: string }>;
  filesToDelete: Command<{ limit: number }, { files: string[] }>;
  /** Up to when Twilio's list was compared with the store; null: never, and only then `lastInboundAt` is looked for, which is where to begin. */
  caughtUpTo: Command<{ accountId: string }, { until: number | null; lastInboundAt: number | null }>;
  /** Which of these messages the store does not have. */
  unknownSids: Command<{ sids: string[] }, { sids: string[] }>;
}

/**
 * `waiting`: to be fetched, now or (with an error) again later; `fetching`: under way; `stored`: here; `failed`: not to be had;
 * `linked`: it lies at an address of its own and was never here.
 */
export type MediaState = 'waiting' | 'fetching' | 'stored' | 'failed' | 'linked';

/** A file as the desk shows it, on {@link MessageView.media}. Its content is at `GET /api/media/:id`. */
export interface MediaView {
  id: string;
  kind: MediaKind;
  /** By content once it is stored, until then as the sender said. */
  contentType: string;
  /** Bytes, once known. */
  size: number | null;
  /** Made by us for a customer's file; an agent's or a flow's keeps its own. */
  name: string;
  state: MediaState;
  /** Why it is not here; with `waiting`, why the last try failed. */
  error: { code: string; text: string } | null;
  /** Whether the page may show it; anything else is a download. */
  inline: boolean;
  /** How long a voice note plays, in milliseconds, once it is stored; null for other files and where its bytes do not say. */
  durationMs: number | null;
  /** What a shared contact says. */
  contacts?: Contact[];
}

/** What became of a file when its bytes were looked at. */
export interface StoredFile {
  kind: MediaKind;
  contentType: string;
  size: number;
  /** Empty: made of kind and id. */
  name: string;
  extension: string;
  contacts: Contact[];
  /** How long a voice note plays, in milliseconds; null for other files and where its bytes do not say. */
  durationMs: number | null;
}

/** A place for a file that is about to be written. */
export interface NewFile {
  mediaId: string;
  /** Its name in the media folder. */
  file: string;
}

/** A file to fetch from Twilio. */
export interface MediaJob extends NewFile {
  messageSid: string;
  url: string;
  contentType: string;
  /** How often it was tried before. */
  tries: number;
}

/** A file that may be given out. */
export interface MediaFile {
  mediaId: string;
  file: string;
  name: string;
  contentType: string;
  size: number;
}
