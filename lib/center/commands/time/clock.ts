import { CenterError } from '../../../domain/errors.ts';
import type { Database } from '../../../store/schema.ts';
import { SYSTEM, type CommandFunction, type QueryFunction } from '../context.ts';

const OFFSET = 'clock.offset';
const MOVED = 'clock.moved';

export const clock: QueryFunction<'clock'> = async (db) => ({
  offsetMs: Number((await setting(db, OFFSET)) ?? 0),
  moved: (await setting(db, MOVED)) === '1',
});

export const skipClock: CommandFunction<'skipClock'> = async (db, context, { byMs, allSimulators }) => {
  if (!allSimulators) {
    throw new CenterError(
      'CLOCK_LOCKED',
      'The clock can be moved only while every account of the contact center is a simulator.',
    );
  }
  if (!Number.isInteger(byMs) || byMs <= 0)
    throw new CenterError('INVALID_REQUEST', 'The clock moves forward by a whole number of milliseconds.');
  const offsetMs = Number((await setting(db, OFFSET)) ?? 0) + byMs;
  for (const [key, value] of [
    [OFFSET, String(offsetMs)],
    [MOVED, '1'],
  ] as const) {
    await db
      .insertInto('settings')
      .values({ key, value })
      .onConflict((conflict) => conflict.column('key').doUpdateSet({ value }))
      .execute();
  }
  context.emit({ type: 'clock.moved', actor: SYSTEM, data: { offsetMs, byMs } });
  return { offsetMs };
};

async function setting(db: Database, key: string): Promise<string | undefined> {
  const row = await db.selectFrom('settings').select('value').where('key', '=', key).executeTakeFirst();
  return row?.value;
}
