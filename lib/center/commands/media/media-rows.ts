import type { Selectable } from 'kysely';
import { linkKind, linkName } from '../../../domain/attachment.ts';
import { claimedKind, isInline, type MediaKind } from '../../../domain/media-type.ts';
import type { MediaItem, WhatsAppMessage } from '../../../domain/message.ts';
import type { Contact } from '../../../domain/vcard.ts';
import type { Database, MediaTable } from '../../../store/schema.ts';
import type { MediaView } from '../../media-contract.ts';
import { newId } from '../../ids.ts';

export type MediaRow = Selectable<MediaTable>;

/** Gives each of a customer's files an id of ours, before the message is kept. */
export function withMediaIds(message: WhatsAppMessage): WhatsAppMessage {
  if (message.media === undefined) return message;
  return { ...message, media: message.media.map((item) => ({ ...item, id: newId() })) };
}

/** What a file belongs to. */
export interface Belongs {
  conversationId: string;
  customerId: string;
  accountId: string;
}

/** Writes down a customer's files, to be fetched after the commit. One without an address cannot be. */
export async function expectMedia(db: Database, message: WhatsAppMessage, belongs: Belongs, now: number): Promise<void> {
  for (const [position, item] of (message.media ?? []).entries()) {
    const lost = item.url === '';
    await db
      .insertInto('media')
      .values({
        id: item.id!,
        message_id: message.id,
        position,
        conversation_id: belongs.conversationId,
        customer_id: belongs.customerId,
        account_id: belongs.accountId,
        direction: 'inbound',
        state: lost ? 'failed' : 'waiting',
        kind: claimedKind(item.contentType),
        content_type: item.contentType,
        url: item.url,
        due_at: lost ? null : now,
        created_at: now,
        ...(lost ? { error_code: 'MEDIA_UNAVAILABLE', error_text: 'Twilio named no address for this file.' } : {}),
      })
      .execute();
  }
}

/**
 * Makes a stored file part of an outgoing message. One that is part of another message already stays there, too.
 * @returns the file as it stands in the message
 */
export async function attachMedia(
  db: Database,
  row: MediaRow,
  messageId: string,
  belongs: Belongs,
  now: number,
): Promise<MediaItem> {
  const place = {
    message_id: messageId,
    conversation_id: belongs.conversationId,
    customer_id: belongs.customerId,
    account_id: belongs.accountId,
  };
  if (row.message_id === null) {
    await db.updateTable('media').set(place).where('id', '=', row.id).execute();
    return itemOf(row);
  }
  const copy: MediaRow = {
    ...row,
    ...place,
    id: newId(),
    position: 0,
    direction: 'outbound',
    uploaded_by: null,
    created_at: now,
  };
  await db.insertInto('media').values(copy).execute();
  return itemOf(copy);
}

/** A file that lies at an address of its own becomes part of an outgoing message. */
export async function attachLink(
  db: Database,
  link: { url: string; contentType: string },
  messageId: string,
  belongs: Belongs,
  now: number,
): Promise<{ item: MediaItem; kind: MediaKind }> {
  const kind = linkKind(link);
  const id = newId();
  await db
    .insertInto('media')
    .values({
      id,
      message_id: messageId,
      conversation_id: belongs.conversationId,
      customer_id: belongs.customerId,
      account_id: belongs.accountId,
      direction: 'outbound',
      state: 'linked',
      kind,
      content_type: link.contentType,
      name: linkName(link.url),
      url: link.url,
      created_at: now,
    })
    .execute();
  return { item: { id, url: link.url, contentType: link.contentType, sid: '' }, kind };
}

/** The file of a message, null when it has none. */
export async function fileOf(db: Database, messageId: string): Promise<MediaRow | null> {
  return (await db.selectFrom('media').selectAll().where('message_id', '=', messageId).executeTakeFirst()) ?? null;
}

/** A file of ours as it stands in `msg.whatsapp.media`. */
function itemOf(row: MediaRow): MediaItem {
  return {
    id: row.id,
    // A customer's file that is sent on is ours now; Twilio fetches it from us.
    url: row.state === 'linked' ? (row.url ?? '') : '',
    contentType: row.content_type,
    sid: '',
    ...(row.size === null ? {} : { size: row.size }),
  };
}

/** The files of messages, as the desk shows them, by message. */
export async function mediaViews(db: Database, messageIds: readonly string[]): Promise<Map<string, MediaView[]>> {
  const views = new Map<string, MediaView[]>();
  if (messageIds.length === 0) return views;
  const rows = await db
    .selectFrom('media')
    .selectAll()
    .where('message_id', 'in', messageIds)
    .orderBy('message_id')
    .orderBy('position')
    .execute();
  for (const row of rows) views.set(row.message_id!, [...(views.get(row.message_id!) ?? []), mediaView(row)]);
  return views;
}

export function mediaView(row: MediaRow): MediaView {
  return {
    id: row.id,
    kind: row.kind as MediaKind,
    contentType: row.content_type,
    size: row.size,
    name: row.name === '' ? row.kind : row.name,
    state: row.state,
    error: row.error_code === null ? null : { code: row.error_code, text: row.error_text ?? '' },
    inline: row.state === 'stored' && isInline(row.content_type),
    durationMs: row.duration_ms,
    ...(row.contacts === null ? {} : { contacts: JSON.parse(row.contacts) as Contact[] }),
  };
}

/** Forgets files: the rows at once, what is on disk after the commit. */
export async function forgetMedia(db: Database, rows: readonly Pick<MediaRow, 'id' | 'file'>[]): Promise<void> {
  for (const { id, file } of rows) {
    await db.deleteFrom('media').where('id', '=', id).execute();
    if (file === null) continue;
    const shared = await db.selectFrom('media').select('id').where('file', '=', file).limit(1).executeTakeFirst();
    if (shared === undefined) await deleteLater(db, file);
  }
}

async function deleteLater(db: Database, file: string): Promise<void> {
  await db
    .insertInto('files_to_delete')
    .values({ file })
    .onConflict((conflict) => conflict.column('file').doNothing())
    .execute();
}
