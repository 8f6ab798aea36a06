import { sql } from 'kysely';
import { CenterError } from '../../../domain/errors.ts';
import { isSendableType, type MediaKind } from '../../../domain/media-type.ts';
import { HOUR_MS } from '../../../domain/session-window.ts';
import type { Database } from '../../../store/schema.ts';
import type { MediaFile, NewFile } from '../../media-contract.ts';
import { newId } from '../../ids.ts';
import type { CommandContext, CommandFunction, QueryFunction } from '../context.ts';
import { actingAgent } from '../conversations/actors.ts';
import { getConversation } from '../conversations/conversation-rows.ts';
import { requireActive, requireWriter } from '../sending/write.ts';
import { setting } from '../settings.ts';
import { findMedia, keepFile, newFileName, unknownMedia, visibleMedia } from './fetching.ts';
import { forgetMedia, mediaView, type MediaRow } from './media-rows.ts';

/** How long a file may wait for its message. */
const UNATTACHED_HOURS = 24;
const MOST_PER_SWEEP = 200;

export const beginUpload: CommandFunction<'beginUpload'> = async (db, context, { conversationId, agentId }) => {
  await actingAgent(db, agentId);
  const row = await getConversation(db, conversationId);
  await requireWriter(db, row, agentId);
  requireActive(row);
  return begin(db, context, { accountId: row.account_id, conversationId, customerId: row.customer_id, uploadedBy: agentId });
};

export const beginFile: CommandFunction<'beginFile'> = (db, context, { accountId }) =>
  begin(db, context, { accountId, conversationId: null, customerId: null, uploadedBy: null });

async function begin(
  db: Database,
  context: CommandContext,
  entry: { accountId: string; conversationId: string | null; customerId: string | null; uploadedBy: string | null },
): Promise<NewFile> {
  const id = newId();
  const file = newFileName();
  await db
    .insertInto('media')
    .values({
      id,
      account_id: entry.accountId,
      conversation_id: entry.conversationId,
      customer_id: entry.customerId,
      direction: 'outbound',
      state: 'fetching',
      kind: 'document',
      content_type: 'application/octet-stream',
      file,
      uploaded_by: entry.uploadedBy,
      created_at: context.now,
    })
    .execute();
  return { mediaId: id, file };
}

export const finishFile: CommandFunction<'finishFile'> = async (db, context, { mediaId, ...stored }) => {
  const row = await findMedia(db, mediaId);
  if (row === undefined || row.direction !== 'outbound' || row.state !== 'fetching') throw unknownMedia();
  await keepFile(db, context, row, stored);
  return mediaView((await findMedia(db, mediaId))!);
};

export const abandonFile: CommandFunction<'abandonFile'> = async (db, _context, { mediaId }) => {
  const row = await findMedia(db, mediaId);
  if (row !== undefined && row.direction === 'outbound' && row.state === 'fetching') await forgetMedia(db, [row]);
  return null;
};

export const dropFile: CommandFunction<'dropFile'> = async (db, _context, { mediaId, agentId }) => {
  const row = await findMedia(db, mediaId);
  if (row === undefined || row.direction !== 'outbound' || row.message_id !== null || row.uploaded_by !== agentId)
    throw unknownMedia();
  await forgetMedia(db, [row]);
  return null;
};

/** Files that no message has taken are let go after a day. */
export async function forgetUnattached(db: Database, context: CommandContext): Promise<boolean> {
  const rows = await db
    .selectFrom('media')
    .select(['id', 'file'])
    .where('message_id', 'is', sql.lit(null))
    .where('created_at', '<=', context.now - UNATTACHED_HOURS * HOUR_MS)
    .limit(MOST_PER_SWEEP)
    .execute();
  await forgetMedia(db, rows);
  return rows.length > 0;
}

/** Whether anything is left to delete from disk; a file that could not be deleted is tried again. */
export async function leavesFiles(db: Database): Promise<boolean> {
  return (await db.selectFrom('files_to_delete').select('file').limit(1).executeTakeFirst()) !== undefined;
}

export const filesToDelete: QueryFunction<'filesToDelete'> = async (db, _context, { limit }) => {
  const rows = await db.selectFrom('files_to_delete').select('file').limit(limit).execute();
  return { files: rows.map(({ file }) => file) };
};

export const filesDeleted: CommandFunction<'filesDeleted'> = async (db, _context, { files }) => {
  if (files.length > 0) await db.deleteFrom('files_to_delete').where('file', 'in', files).execute();
  return null;
};

export const media: QueryFunction<'media'> = async (db, _context, { mediaId, agentId }) => {
  const row = await visibleMedia(db, mediaId, agentId);
  const file = givenOut(row);
  if (file === null) throw new CenterError('MEDIA_UNAVAILABLE', row.error_text ?? 'This file is not here yet.');
  return file;
};

export const sendableFile: QueryFunction<'sendableFile'> = async (db, _context, { mediaId }) => {
  const row = await storedFile(db, mediaId);
  return { kind: row.kind as MediaKind };
};

/**
 * A file that is here and that WhatsApp takes; a customer's may be one that it does not take from us.
 * @throws CenterError `MEDIA_UNAVAILABLE`, `MEDIA_TYPE_REFUSED`
 */
export async function storedFile(db: Database, mediaId: string): Promise<MediaRow> {
  const row = await findMedia(db, mediaId);
  if (row === undefined || row.state !== 'stored') throw new CenterError('MEDIA_UNAVAILABLE', 'There is no such file to send.');
  if (!isSendableType(row.content_type)) {
    throw new CenterError('MEDIA_TYPE_REFUSED', 'WhatsApp does not take files of this kind from a business.');
  }
  return row;
}

export const outgoingFile: QueryFunction<'outgoingFile'> = async (db, _context, { mediaId }) => {
  const row = await findMedia(db, mediaId);
  return row === undefined || row.message_id === null ? null : givenOut(row);
};

function givenOut(row: MediaRow): MediaFile | null {
  if (row.state !== 'stored' || row.file === null || row.size === null) return null;
  return { mediaId: row.id, file: row.file, name: row.name, contentType: row.content_type, size: row.size };
}

export const mediaKey: QueryFunction<'mediaKey'> = async (db) => {
  return { key: (await setting(db, 'media-key'))! };
};
