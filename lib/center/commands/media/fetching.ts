import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { CenterError } from '../../../domain/errors.ts';
import { HOUR_MS } from '../../../domain/session-window.ts';
import type { Database } from '../../../store/schema.ts';
import type { MediaJob, StoredFile } from '../../media-contract.ts';
import { SYSTEM, type CommandContext, type CommandFunction, type QueryFunction } from '../context.ts';
import { visibleConversation } from '../conversations/sight.ts';
import { forgetMedia, mediaView, type MediaRow } from './media-rows.ts';

/** What one customer's files may come to in a day before we stop fetching them by ourselves (threat T6). */
const QUOTA_BYTES = 200 * 1024 * 1024;
const QUOTA_FILES = 300;
const DAY_MS = 24 * HOUR_MS;

/** A name that says nothing and cannot be guessed. */
export function newFileName(): string {
  return randomBytes(16).toString('hex');
}

export const takeMedia: CommandFunction<'takeMedia'> = async (db, context, { accountId, limit }) => {
  const due = await db
    .selectFrom('media')
    .selectAll()
    .where('account_id', '=', accountId)
    .where('state', '=', sql.lit('waiting' as const))
    .where('due_at', '<=', context.now)
    .orderBy('due_at')
    .limit(limit)
    .execute();
  const jobs: MediaJob[] = [];
  for (const row of due) {
    if (await isOverQuota(db, context, row)) {
      await fail(db, context, row, 'MEDIA_QUOTA', 'This customer has sent too many files today; it was not fetched.', null);
      continue;
    }
    const file = row.file ?? newFileName();
    await db.updateTable('media').set({ state: 'fetching', file }).where('id', '=', row.id).execute();
    jobs.push({
      mediaId: row.id,
      messageSid: row.message_id!,
      url: row.url!,
      contentType: row.content_type,
      tries: row.tries,
      file,
    });
  }
  return jobs;
};

async function isOverQuota(db: Database, context: CommandContext, row: MediaRow): Promise<boolean> {
  const used = await db
    .selectFrom('media')
    .select((e) => [e.fn.sum<number | null>('size').as('bytes'), e.fn.countAll<number>().as('files')])
    .where('customer_id', '=', row.customer_id)
    .where('stored_at', '>', context.now - DAY_MS)
    .where('direction', '=', 'inbound')
    .executeTakeFirstOrThrow();
  return (used.bytes ?? 0) >= QUOTA_BYTES || used.files >= QUOTA_FILES;
}

export const mediaStored: CommandFunction<'mediaStored'> = async (db, context, { mediaId, ...stored }) => {
  const row = await findMedia(db, mediaId);
  if (row === undefined || row.state !== 'fetching') return { kept: false };
  await keepFile(db, context, row, stored);
  await tell(db, context, row, 'stored');
  return { kept: true };
};

/** Writes down what a file turned out to be. */
export async function keepFile(db: Database, context: CommandContext, row: MediaRow, stored: StoredFile): Promise<void> {
  await db
    .updateTable('media')
    .set({
      state: 'stored',
      kind: stored.kind,
      content_type: stored.contentType,
      size: stored.size,
      name: stored.name === '' ? `${stored.kind}-${row.id.slice(-6)}.${stored.extension}` : stored.name,
      contacts: stored.contacts.length === 0 ? null : JSON.stringify(stored.contacts),
      duration_ms: stored.durationMs,
      error_code: null,
      error_text: null,
      due_at: null,
      stored_at: context.now,
    })
    .where('id', '=', row.id)
    .execute();
}

export const mediaFailed: CommandFunction<'mediaFailed'> = async (db, context, { mediaId, code, text, retryInMs }) => {
  const row = await findMedia(db, mediaId);
  if (row !== undefined && row.state === 'fetching') await fail(db, context, row, code, text, retryInMs);
  return null;
};

async function fail(
  db: Database,
  context: CommandContext,
  row: MediaRow,
  code: string,
  text: string,
  retryInMs: number | null,
): Promise<void> {
  const state = retryInMs === null ? 'failed' : 'waiting';
  await db
    .updateTable('media')
    .set({
      state,
      error_code: code,
      error_text: text,
      tries: row.tries + 1,
      due_at: retryInMs === null ? null : context.now + retryInMs,
    })
    .where('id', '=', row.id)
    .execute();
  await tell(db, context, row, state);
}

export const retryMedia: CommandFunction<'retryMedia'> = async (db, context, { mediaId, agentId }) => {
  const row = await visibleMedia(db, mediaId, agentId);
  if (row.direction === 'inbound' && row.state !== 'stored' && row.state !== 'fetching' && row.url !== '') {
    await db.updateTable('media').set({ state: 'waiting', tries: 0, due_at: context.now }).where('id', '=', row.id).execute();
    await tell(db, context, row, 'waiting');
  }
  return mediaView((await findMedia(db, mediaId))!);
};

export const resumeMedia: CommandFunction<'resumeMedia'> = async (db, context, { accountId }) => {
  const underWay = await db
    .selectFrom('media')
    .select(['id', 'file', 'direction', 'account_id'])
    .where('state', '=', sql.lit('fetching' as const))
    .execute();
  const inbound = underWay.filter((row) => row.direction === 'inbound' && (accountId ?? row.account_id) === row.account_id);
  for (const { id } of inbound) {
    await db.updateTable('media').set({ state: 'waiting', due_at: context.now }).where('id', '=', id).execute();
  }
  if (accountId === null) {
    const uploads = underWay.filter(({ direction }) => direction === 'outbound');
    await forgetMedia(db, uploads);
  }
  return { resumed: inbound.length };
};

export const nextMediaAt: QueryFunction<'nextMediaAt'> = async (db, _context, { accountId }) => {
  const next = await db
    .selectFrom('media')
    .select((e) => e.fn.min('due_at').as('at'))
    .where('account_id', '=', accountId)
    .where('state', '=', sql.lit('waiting' as const))
    .executeTakeFirst();
  return { at: next?.at ?? null };
};

export async function findMedia(db: Database, id: string): Promise<MediaRow | undefined> {
  return db.selectFrom('media').selectAll().where('id', '=', id).executeTakeFirst();
}

/**
 * A file of a conversation that this agent may see. One answer for what is not there and what is not theirs.
 * @throws CenterError `UNKNOWN_MEDIA`
 */
export async function visibleMedia(db: Database, mediaId: string, agentId: string): Promise<MediaRow> {
  const row = await findMedia(db, mediaId);
  if (row === undefined || row.conversation_id === null) throw unknownMedia();
  try {
    await visibleConversation(db, row.conversation_id, agentId);
  } catch (error) {
    if (error instanceof CenterError && error.code === 'UNKNOWN_CONVERSATION') throw unknownMedia();
    throw error;
  }
  return row;
}

/**
 * A file that this agent has uploaded for this conversation and not sent yet.
 * @throws CenterError `UNKNOWN_MEDIA`
 */
export async function uploadedFile(db: Database, mediaId: string, conversationId: string, agentId: string): Promise<MediaRow> {
  const row = await findMedia(db, mediaId);
  const usable =
    row !== undefined &&
    row.state === 'stored' &&
    row.message_id === null &&
    row.conversation_id === conversationId &&
    row.uploaded_by === agentId;
  if (!usable) throw unknownMedia();
  return row;
}

export function unknownMedia(): CenterError {
  return new CenterError('UNKNOWN_MEDIA', 'There is no such file for you.');
}

/** Says that a message's file has changed, so that whoever shows it looks again. */
async function tell(db: Database, context: CommandContext, row: MediaRow, state: MediaRow['state']): Promise<void> {
  const conversation =
    row.conversation_id === null
      ? undefined
      : await db
          .selectFrom('conversations')
          .select(['queue_id', 'agent_id'])
          .where('id', '=', row.conversation_id)
          .executeTakeFirst();
  context.emit({
    type: 'media.changed',
    actor: SYSTEM,
    conversationId: row.conversation_id,
    messageId: row.message_id,
    accountId: row.account_id,
    queueId: conversation?.queue_id ?? null,
    agentId: conversation?.agent_id ?? null,
    data: { mediaId: row.id, state },
  });
}
