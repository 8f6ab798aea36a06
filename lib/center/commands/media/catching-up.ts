import { sql } from 'kysely';
import type { Database } from '../../../store/schema.ts';
import type { CommandFunction, QueryFunction } from '../context.ts';

const keyOf = (accountId: string): string => `caught-up/${accountId}`;

export const caughtUp: CommandFunction<'caughtUp'> = async (db, _context, { accountId, until }) => {
  const before = await read(db, accountId);
  if (before !== null && before >= until) return null;
  const entry = { key: keyOf(accountId), value: String(until) };
  await db
    .insertInto('settings')
    .values(entry)
    .onConflict((conflict) => conflict.column('key').doUpdateSet({ value: entry.value }))
    .execute();
  return null;
};

export const caughtUpTo: QueryFunction<'caughtUpTo'> = async (db, _context, { accountId }) => {
  const until = await read(db, accountId);
  // Asked for once: it looks through all messages of other accounts that came since.
  if (until !== null) return { until, lastInboundAt: null };
  const last = await db
    .selectFrom('messages')
    .select('created_at')
    .where('account_id', '=', accountId)
    .where('direction', '=', sql.lit('inbound' as const))
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  return { until, lastInboundAt: last?.created_at ?? null };
};

async function read(db: Database, accountId: string): Promise<number | null> {
  const row = await db.selectFrom('settings').select('value').where('key', '=', keyOf(accountId)).executeTakeFirst();
  return row === undefined ? null : Number(row.value);
}

export const unknownSids: QueryFunction<'unknownSids'> = async (db, _context, { sids }) => {
  if (sids.length === 0) return { sids: [] };
  const rows = await db.selectFrom('messages').select('id').where('id', 'in', sids).execute();
  const known = new Set(rows.map(({ id }) => id));
  return { sids: sids.filter((sid) => !known.has(sid)) };
};
