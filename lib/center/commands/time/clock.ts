import { CenterError } from '../../../domain/errors.ts';
import type { Database } from '../../../store/schema.ts';
import { SYSTEM, type CommandContext, type CommandFunction, type QueryFunction } from '../context.ts';
import { setting, writeSetting } from '../settings.ts';

const OFFSET = 'clock.offset';
const MOVED = 'clock.moved';
const NOTED = 'clock.noted';

/** Time is written down this often, in milliseconds, so that a machine which starts in the past is seen through. */
const NOTED_EVERY_MS = 60_000;

export const clock: QueryFunction<'clock'> = async (db) => ({
  offsetMs: Number((await setting(db, OFFSET)) ?? 0),
  moved: await wasClockMoved(db),
  latestAt: Math.max(
    Number((await setting(db, NOTED)) ?? 0),
    (await db.selectFrom('events').select('at').orderBy('seq', 'desc').limit(1).executeTakeFirst())?.at ?? 0,
  ),
});

/** Whether it was ever moved on purpose; then it is the machine's no more. */
export async function wasClockMoved(db: Database): Promise<boolean> {
  return (await setting(db, MOVED)) === '1';
}

/** Writes down what time it is, now and then. */
export async function noteTime(db: Database, context: CommandContext): Promise<void> {
  const noted = Number((await setting(db, NOTED)) ?? 0);
  if (context.now - noted >= NOTED_EVERY_MS) await writeSetting(db, NOTED, String(context.now));
}

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
  await writeSetting(db, OFFSET, String(offsetMs));
  await writeSetting(db, MOVED, '1');
  context.emit({ type: 'clock.moved', actor: SYSTEM, data: { offsetMs, byMs } });
  return { offsetMs };
};
