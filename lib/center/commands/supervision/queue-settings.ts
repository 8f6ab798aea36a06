import type { Selectable } from 'kysely';
import { isOpen, problemOf as problemOfHours } from '../../../domain/business-hours.ts';
import { CenterError } from '../../../domain/errors.ts';
import { problemOf as problemOfTimeouts, type TimeoutRule } from '../../../domain/timeout-rules.ts';
import type { Database, QueuesTable } from '../../../store/schema.ts';
import type { QueueChange, QueueSettings } from '../../engine-contract.ts';
import type { DispositionCode } from '../../views.ts';
import type { CommandFunction, QueryFunction } from '../context.ts';
import { actingSupervisor, authorOf } from '../conversations/actors.ts';
import { recheckWork } from '../routing/presence.ts';
import { drainLines, parseHours } from '../routing/routing.ts';
import { withdrawFromOutsiders } from '../routing/withdrawn-offers.ts';

async function settingsOf(db: Database, row: Selectable<QueuesTable>, now: number): Promise<QueueSettings> {
  const members = await db.selectFrom('queue_members').select('agent_id').where('queue_id', '=', row.id).execute();
  const hours = parseHours(row.hours);
  return {
    id: row.id,
    name: row.name,
    served: row.node_id !== null,
    strategy: row.strategy,
    offerSeconds: row.offer_seconds,
    keepAgent: row.keep_agent === 1,
    everyone: row.everyone === 1,
    members: members.map((member) => member.agent_id),
    hours,
    isOpen: isOpen(hours, now),
    units: row.units,
    wrapUp: row.wrap_up === 'block' || row.wrap_up === 'free' ? row.wrap_up : Number(row.wrap_up),
    waitingCloseHours: row.waiting_close_hours,
    dispositions: JSON.parse(row.dispositions) as DispositionCode[],
    dispositionMandatory: row.disposition_mandatory === 1,
    timeouts: JSON.parse(row.timeouts) as TimeoutRule[],
    missedMakesInactive: row.missed_makes_inactive === 1,
    rejectMakesBusy: row.reject_makes_busy === 1,
  };
}

export const queueSettings: QueryFunction<'queueSettings'> = async (db, context, { actorId }) => {
  await actingSupervisor(db, actorId);
  const rows = await db.selectFrom('queues').selectAll().orderBy('name').execute();
  const all: QueueSettings[] = [];
  for (const row of rows) all.push(await settingsOf(db, row, context.now));
  return all;
};

export const changeQueue: CommandFunction<'changeQueue'> = async (db, context, { actorId, queueId, change }) => {
  const actor = await actingSupervisor(db, actorId);
  const queue = await db.selectFrom('queues').selectAll().where('id', '=', queueId).executeTakeFirst();
  if (queue === undefined) throw new CenterError('UNKNOWN_QUEUE', 'There is no such queue.');
  check(change);
  const flag = (value: boolean) => (value ? 1 : 0);
  const columns = {
    ...(change.everyone === undefined ? {} : { everyone: flag(change.everyone) }),
    ...(change.hours === undefined
      ? {}
      : {
          hours: change.hours === null ? null : JSON.stringify(change.hours),
          was_open: flag(isOpen(change.hours, context.now)),
        }),
    ...(change.units === undefined ? {} : { units: change.units }),
    ...(change.dispositions === undefined ? {} : { dispositions: JSON.stringify(change.dispositions) }),
    ...(change.dispositionMandatory === undefined ? {} : { disposition_mandatory: flag(change.dispositionMandatory) }),
    ...(change.timeouts === undefined ? {} : { timeouts: JSON.stringify(change.timeouts) }),
    ...(change.missedMakesInactive === undefined ? {} : { missed_makes_inactive: flag(change.missedMakesInactive) }),
    ...(change.rejectMakesBusy === undefined ? {} : { reject_makes_busy: flag(change.rejectMakesBusy) }),
  };
  if (Object.keys(columns).length > 0) await db.updateTable('queues').set(columns).where('id', '=', queueId).execute();
  if (change.members !== undefined) await setMembers(db, queueId, change.members);
  context.emit({
    type: 'queue.changed',
    actor: authorOf(actor),
    queueId,
    reason: 'settings',
    data: { changed: Object.keys(change) },
  });
  if (change.units !== undefined && change.units !== queue.units) await recheckWork(db, context, queueId);
  await withdrawFromOutsiders(db, context, queueId);
  await drainLines(db, context);
  const now = await db.selectFrom('queues').selectAll().where('id', '=', queueId).executeTakeFirstOrThrow();
  return settingsOf(db, now, context.now);
};

/** @throws CenterError `UNKNOWN_AGENT` when one of them is nobody */
async function setMembers(db: Database, queueId: string, members: string[]): Promise<void> {
  const ids = [...new Set(members)];
  const known = ids.length === 0 ? [] : await db.selectFrom('agents').select('id').where('id', 'in', ids).execute();
  if (known.length < ids.length) throw new CenterError('UNKNOWN_AGENT', 'One of the members does not exist any more.');
  await db.deleteFrom('queue_members').where('queue_id', '=', queueId).execute();
  if (ids.length > 0) {
    await db
      .insertInto('queue_members')
      .values(ids.map((agentId) => ({ queue_id: queueId, agent_id: agentId })))
      .execute();
  }
}

function check({ units, hours, timeouts, dispositions }: QueueChange): void {
  const problem =
    (units !== undefined && (!Number.isInteger(units) || units < 1 || units > 100)
      ? 'A conversation costs 1 to 100 units.'
      : null) ??
    (hours === undefined || hours === null ? null : problemOfHours(hours)) ??
    (timeouts === undefined ? null : problemOfTimeouts(timeouts)) ??
    (dispositions === undefined ? null : problemOfCodes(dispositions));
  if (problem !== null) throw new CenterError('INVALID_REQUEST', problem);
}

function problemOfCodes(codes: DispositionCode[]): string | null {
  if (codes.some(({ code, label }) => code.trim() === '' || label.trim() === '')) return 'Each code needs an id and a label.';
  return new Set(codes.map(({ code }) => code)).size === codes.length ? null : 'Two codes are the same.';
}
