import type { CommandFunction } from '../context.ts';

export const saveCursor: CommandFunction<'saveCursor'> = async (db, _context, { name, seq }) => {
  await db
    .insertInto('cursors')
    .values({ name, seq })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ seq }).where('cursors.seq', '<', seq))
    .execute();
  return null;
};
