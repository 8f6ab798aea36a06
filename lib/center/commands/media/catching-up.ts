import { sql } from 'kysely';
import type { Database } from '../../../store/schema.ts';
import type { CommandFunction, QueryFunction } from '../context.ts';
import { setting, writeSetting } from '../settings.ts';

const keyOf = (accountId: string): string => `caught-up/${accountId}`;

export const caughtUp: CommandFunction<'caughtUp'> = async (db, _context, { accountId, until }) => {
  const before = await read(db, accountId);
  if (before !== null && before >= until) return null;
  await writeSetting(db, keyOf(accountId), String(until));
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
  const until = await setting(db, keyOf(accountId));
  return until === undefined ? null : Number(until);
}

export const unknownSids: QueryFunction<'unknownSids'> = async (db, _context, { sids }) => {
  if (sids.length === 0) return { sids: [] };
  const rows = await db.selectFrom('messages').select('id').where('id', 'in', sids).execute();
  const known = new Set(rows.map(({ id }) => id));
  return { sids: sids.filter((sid) => !known.has(sid)) };
};
