import { CenterError } from '../../../domain/errors.ts';
import { BASE_PRESENCES } from '../../../domain/presence.ts';
import { newId } from '../../ids.ts';
import type { CommandFunction } from '../context.ts';
import { actingSupervisor, authorOf } from '../conversations/actors.ts';
import { forgetStatus } from '../routing/presence.ts';

const LONGEST_LABEL = 40;

export const saveStatus: CommandFunction<'saveStatus'> = async (db, context, args) => {
  const { actorId, id, label, base } = args;
  const actor = await actingSupervisor(db, actorId);
  const text = label.trim();
  if (text === '' || text.length > LONGEST_LABEL)
    throw new CenterError('INVALID_REQUEST', `A status has a label of 1 to ${LONGEST_LABEL} characters.`);
  if (!BASE_PRESENCES.includes(base)) throw new CenterError('INVALID_REQUEST', 'A status means one of the base ones.');
  const statusId = id ?? args.newId ?? newId();
  if (id === null) {
    const known = await db.selectFrom('statuses').selectAll().where('id', '=', statusId).executeTakeFirst();
    // Sent again because the answer was lost: that status is there.
    if (known?.label === text && known.base === base) return { id: statusId, label: text, base };
    if (known !== undefined) throw new CenterError('INVALID_REQUEST', 'This id is taken. Choose another one.');
    await db.insertInto('statuses').values({ id: statusId, label: text, base }).execute();
  } else {
    const changed = await db.updateTable('statuses').set({ label: text, base }).where('id', '=', id).executeTakeFirst();
    if (changed.numUpdatedRows === 0n) throw new CenterError('NOT_FOUND', 'There is no such status.');
  }
  context.emit({ type: 'statuses.changed', actor: authorOf(actor), data: { statusId } });
  return { id: statusId, label: text, base };
};

/** Agents who have chosen it keep its base status. */
export const removeStatus: CommandFunction<'removeStatus'> = async (db, context, { actorId, id }) => {
  const actor = await actingSupervisor(db, actorId);
  const removed = await db.deleteFrom('statuses').where('id', '=', id).executeTakeFirst();
  if (removed.numDeletedRows === 0n) throw new CenterError('NOT_FOUND', 'There is no such status.');
  await forgetStatus(db, context, id, authorOf(actor));
  context.emit({ type: 'statuses.changed', actor: authorOf(actor), data: { statusId: id } });
  return null;
};
