import type { MediaCommands, MediaQueries } from '../../media-contract.ts';
import type { CommandFunction, QueryFunction } from '../context.ts';
import { caughtUp, caughtUpTo, unknownSids } from './catching-up.ts';
import { mediaFailed, mediaStored, nextMediaAt, resumeMedia, retryMedia, takeMedia } from './fetching.ts';
import {
  abandonFile,
  beginFile,
  beginUpload,
  dropFile,
  filesDeleted,
  filesToDelete,
  finishFile,
  media,
  mediaKey,
  outgoingFile,
  sendableFile,
} from './files.ts';

export const mediaCommands: { [Name in keyof MediaCommands]: CommandFunction<Name> } = {
  takeMedia,
  mediaStored,
  mediaFailed,
  retryMedia,
  resumeMedia,
  beginUpload,
  beginFile,
  finishFile,
  abandonFile,
  dropFile,
  filesDeleted,
  caughtUp,
};

export const mediaQueries: { [Name in keyof MediaQueries]: QueryFunction<Name> } = {
  media,
  outgoingFile,
  sendableFile,
  nextMediaAt,
  mediaKey,
  filesToDelete,
  caughtUpTo,
  unknownSids,
};
