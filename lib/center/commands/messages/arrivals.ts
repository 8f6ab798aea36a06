import { prepared } from '../../../store/prepared.ts';
import type { Database } from '../../../store/schema.ts';
import type { ReceiveArgs } from '../../contract.ts';
import type { CommandFunction } from '../context.ts';
import { receive } from './receive.ts';

const insert = prepared((db, p: { accountId: string; arrival: string }) =>
  db.insertInto('arrivals').values({ account_id: p.accountId, arrival: p.arrival }),
);

const oldest = prepared((db, p: { most: number }) =>
  db.selectFrom('arrivals').select(['seq', 'arrival']).where('problem', 'is', null).orderBy('seq').limit(p.most),
);

const dropUpTo = prepared((db, p: { seq: number }) =>
  db.deleteFrom('arrivals').where('seq', '<=', p.seq).where('problem', 'is', null),
);

/** Nothing but the one row, so that as many messages as possible can be acknowledged while more come than can be entered. */
export const keepArrival: CommandFunction<'keepArrival'> = async (db, _context, { accountId, arrival }) => {
  await insert(db, { accountId, arrival });
  return null;
};

export const enterArrivals: CommandFunction<'enterArrivals'> = async (db, context, { most }) => {
  const rows = await oldest(db, { most });
  for (const { arrival } of rows) await receive(db, context, JSON.parse(arrival) as ReceiveArgs);
  const last = rows.at(-1);
  if (last !== undefined) await dropUpTo(db, { seq: last.seq });
  return { more: rows.length === most };
};

export const setArrivalAside: CommandFunction<'setArrivalAside'> = async (db, _context, { problem }) => {
  const [first] = await oldest(db, { most: 1 });
  if (first === undefined) return { messageId: null };
  await db.updateTable('arrivals').set({ problem }).where('seq', '=', first.seq).execute();
  return { messageId: (JSON.parse(first.arrival) as ReceiveArgs).message.id };
};

export const resumeArrivals: CommandFunction<'resumeArrivals'> = async (db) => {
  const aside = await db.updateTable('arrivals').set({ problem: null }).where('problem', 'is not', null).executeTakeFirst();
  const [first] = await oldest(db, { most: 1 });
  return { waiting: first !== undefined, again: Number(aside.numUpdatedRows) };
};

/** How many of an account's messages are to be entered into their conversations. */
export async function arrivalsWaiting(db: Database, accountId: string): Promise<number> {
  const { waiting } = await db
    .selectFrom('arrivals')
    .select((e) => e.fn.countAll<number>().as('waiting'))
    .where('account_id', '=', accountId)
    .where('problem', 'is', null)
    .executeTakeFirstOrThrow();
  return waiting;
}

/** Deletes what came from an address and could not be entered. */
export async function forgetArrivals(db: Database, address: string): Promise<void> {
  const aside = await db.selectFrom('arrivals').select(['seq', 'arrival']).where('problem', 'is not', null).execute();
  for (const { seq, arrival } of aside) {
    if ((JSON.parse(arrival) as ReceiveArgs).message.from !== address) continue;
    await db.deleteFrom('arrivals').where('seq', '=', seq).execute();
  }
}
