import { indexTexts } from '../../../store/full-text.ts';
import type { CommandFunction } from '../context.ts';
import { forgetUnattached, leavesFiles } from '../media/files.ts';
import { expireOffers } from '../routing/declined-offers.ts';
import { actTimeouts } from './act-timeouts.ts';
import { noteTime } from './clock.ts';
import { closeForgotten } from './close-forgotten.ts';
import { forgetEarlyStatuses } from './forget-early-statuses.ts';
import { noticeHours, noticeTimedWrapUps } from './notice-work.ts';
import { releaseAbsent } from './release-absent.ts';
import { releaseContent } from './release-content.ts';
import { sayWindows } from './say-windows.ts';

/** Minutes before the end of a session window at which `session.closing` is said, unless the configuration says otherwise. */
const CLOSING_MINUTES = 60;

/** Minutes without a desk after which an agent's active conversations go back to their queue. */
const DISCONNECTED_MINUTES = 30;

/** What time brings. Called about once a second; each part looks through an index at what is due and does no more. */
export const sweep: CommandFunction<'sweep'> = async (db, context, args) => {
  const { closingMinutes = CLOSING_MINUTES, disconnectedMinutes = DISCONNECTED_MINUTES } = args;
  await noteTime(db, context);
  await forgetEarlyStatuses(db, context);
  await indexTexts(db);
  const changed = [
    await expireOffers(db, context),
    await sayWindows(db, context, closingMinutes),
    await releaseAbsent(db, context, disconnectedMinutes),
    await actTimeouts(db, context),
    await closeForgotten(db, context),
    await noticeHours(db, context),
    await noticeTimedWrapUps(db, context),
    await releaseContent(db, context),
    await forgetUnattached(db, context),
    await leavesFiles(db),
  ];
  return { changed: changed.includes(true) };
};
