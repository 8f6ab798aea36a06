import { sql } from 'kysely';
import type { CenterError } from '../../../domain/errors.ts';
import type { Author } from '../../../domain/message.ts';
import { isFailure, parseStatus, raiseStatus, type DeliveryStatus } from '../../../domain/delivery-status.ts';
import { OUTSIDE_WINDOW } from '../../../domain/error-kinds.ts';
import { LIMIT_TEXT } from '../../../domain/session-window.ts';
import type { Database } from '../../../store/schema.ts';
import { SYSTEM, type CommandContext, type CommandFunction } from '../context.ts';
import { noteOptOutCode } from '../sending/opt-out.ts';
import { takeUp } from './handover.ts';
import { findMessage, getOutbound, messageOf, viewWithMedia, type MessageRow } from './message-rows.ts';
import { about, sayStatus, whereabouts, type Failure } from './say-status.ts';

/** A delivery status, from a callback or a look-up, in whatever order they come. */
export const receiveStatus: CommandFunction<'receiveStatus'> = async (db, context, args) => {
  const row = await findByCallback(db, args.messageId, args.sid);
  if (row === undefined) {
    // It may be ahead of our own record of the create answer, or about a message that was sent by somebody else.
    await db
      .insertInto('early_statuses')
      .values({ sid: args.sid, status: args.status, error_code: args.errorCode, error_text: args.errorMessage, at: context.now })
      .onConflict((conflict) => conflict.columns(['sid', 'status']).doNothing())
      .execute();
    return { messageId: null, status: null, changed: false };
  }
  const before = row.status as DeliveryStatus;
  if (row.sid === null) await db.updateTable('messages').set({ sid: args.sid }).where('seq', '=', row.seq).execute();
  const reported = parseStatus(args.status);
  if (reported === undefined) return { messageId: row.id, status: before, changed: false };
  const failure = args.errorCode === null ? null : failureOf(args.errorCode, args.errorMessage);
  const status = await applyStatus(db, context, { ...row, sid: row.sid ?? args.sid }, reported, failure);
  return { messageId: row.id, status, changed: status !== before };
};

async function findByCallback(db: Database, messageId: string | null, sid: string): Promise<MessageRow | undefined> {
  const row = messageId === null ? undefined : await findMessage(db, messageId);
  if (row !== undefined && row.direction === 'outbound' && (row.sid === null || row.sid === sid)) return row;
  return db
    .selectFrom('messages')
    .selectAll()
    .where('sid', '=', sid)
    .where('direction', '=', sql.lit('outbound'))
    .executeTakeFirst();
}

function failureOf(twilioCode: number, text: string | null): Failure {
  if (twilioCode === OUTSIDE_WINDOW) return { code: 'SESSION_EXPIRED', text: LIMIT_TEXT, twilioCode };
  return { code: 'TWILIO_REFUSED', text: text ?? `Twilio reported error ${twilioCode}.`, twilioCode };
}

/** The one place where an outbound message's status changes once it was claimed. Returns what it is afterwards. */
export async function applyStatus(
  db: Database,
  context: CommandContext,
  row: MessageRow,
  reported: DeliveryStatus,
  failure: Failure | null,
  by: { actor?: Author; reason?: string } = {},
): Promise<DeliveryStatus> {
  const current = row.status as DeliveryStatus;
  const status = raiseStatus(current, reported);
  if (status === current) return current;
  const failed = isFailure(status);
  const unexplained = failed ? ({ code: 'TWILIO_REFUSED', text: 'Twilio gave no reason.', twilioCode: null } as const) : null;
  const error = failed || status === 'unknown' ? (failure ?? unexplained) : null;
  await db
    .updateTable('messages')
    .set({ status, error_code: error?.code ?? null, error_text: error?.text ?? null, twilio_code: error?.twilioCode ?? null })
    .where('seq', '=', row.seq)
    .execute();
  const windowClosed = error?.twilioCode === OUTSIDE_WINDOW && (await closeWindow(db, row));
  const where = await whereabouts(db, row);
  if (typeof error?.twilioCode === 'number') await noteOptOutCode(db, context, row, error.twilioCode, about(row, where));
  sayStatus(context, row, where, { status, ...by, error, windowClosed });
  if (failed) {
    context.emit({
      type: 'message.failed',
      actor: SYSTEM,
      ...about(row, where),
      reason: error!.code,
      data: { twilioCode: error!.twilioCode },
    });
  }
  return status;
}

/** The window counts as closed from when the refused message was sent, unless the customer has written since. Reports come late. */
async function closeWindow(db: Database, row: MessageRow): Promise<boolean> {
  if (row.customer_id === null) return false;
  const at = row.submitted_at ?? row.created_at;
  await db
    .updateTable('windows')
    .set({ refused_at: at })
    .where('customer_id', '=', row.customer_id)
    .where('sender', '=', messageOf(row).from)
    .where((e) => e.or([e('refused_at', 'is', null), e('refused_at', '<', at)]))
    .execute();
  return true;
}

export const recordSent: CommandFunction<'recordSent'> = async (db, context, { messageId, sid, status }) => {
  const row = await getOutbound(db, messageId);
  await db.updateTable('messages').set({ sid }).where('seq', '=', row.seq).execute();
  const current = { ...row, sid };
  const where = await whereabouts(db, row);
  current.status = await applyStatus(db, context, current, status, null);
  // With its SID known, a callback was quicker, or this was recorded by a commit that was reported as failed.
  if (row.sid !== sid || !(await isSaid(db, row))) {
    context.emit({
      type: 'message.sent',
      actor: { kind: row.author_kind as 'flow', id: row.author_id ?? undefined, name: row.author_name ?? undefined },
      ...about(row, where),
      data: { sid },
    });
  }
  // Callbacks that were quicker than the answer to our own call.
  const early = await db.selectFrom('early_statuses').selectAll().where('sid', '=', sid).orderBy('seq').execute();
  for (const report of early) {
    const reported = parseStatus(report.status);
    if (reported === undefined) continue;
    const failure = report.error_code === null ? null : failureOf(report.error_code, report.error_text);
    current.status = await applyStatus(db, context, current, reported, failure);
  }
  if (early.length > 0) await db.deleteFrom('early_statuses').where('sid', '=', sid).execute();
  return view(db, messageId);
};

/** Whether flows were told that it was sent. */
async function isSaid(db: Database, row: MessageRow): Promise<boolean> {
  const said = await db
    .selectFrom('events')
    .select('seq')
    .where('conversation_id', '=', row.conversation_id)
    .where('type', '=', 'message.sent')
    .where('message_id', '=', row.id)
    .executeTakeFirst();
  return said !== undefined;
}

export const recordFailed: CommandFunction<'recordFailed'> = async (db, context, { messageId, code, text, twilioCode }) => {
  const row = await getOutbound(db, messageId);
  await applyStatus(db, context, row, 'failed', { code, text, twilioCode: twilioCode ?? null });
  return view(db, messageId);
};

export const recordUnknown: CommandFunction<'recordUnknown'> = async (db, context, { messageId, text }) => {
  const row = await getOutbound(db, messageId);
  await applyStatus(db, context, row, 'unknown', { code: 'SEND_UNKNOWN', text, twilioCode: null });
  return view(db, messageId);
};

/** A message that was refused before anybody sent it is failed with the reason, so that its agent sees why. */
export async function failUnclaimed(db: Database, context: CommandContext, row: MessageRow, error: CenterError): Promise<void> {
  await applyStatus(db, context, row, 'failed', { code: error.code, text: error.message, twilioCode: error.twilioCode ?? null });
}

/** `session-guard` says no: only to a message that nobody has claimed yet. */
export const refuseOutbound: CommandFunction<'refuseOutbound'> = async (db, context, { messageId, code, text }) => {
  const row = await findMessage(db, messageId);
  if (row === undefined || row.direction !== 'outbound' || row.status !== 'pending') return { refused: false };
  await takeUp(db, row.id);
  await applyStatus(db, context, row, 'failed', { code, text, twilioCode: null });
  return { refused: true };
};

async function view(db: Database, messageId: string) {
  return viewWithMedia(db, (await findMessage(db, messageId))!, true, false);
}
