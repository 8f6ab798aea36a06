/** How long a text that Twilio could not be given is worth sending, in milliseconds: after half an hour people have moved on. */
const TEXT_PATIENCE_MS = 30 * 60_000;

/** The same for a template, which needs no open window: as long as Twilio itself queues a WhatsApp message. */
const TEMPLATE_PATIENCE_MS = 4 * 60 * 60_000;

/**
 * Until when a message waits for Twilio, milliseconds. The session window may end before that, and is judged at each attempt.
 * @param since when it could first not be given to Twilio, milliseconds
 */
export function waitsUntil(since: number, isTemplate: boolean): number {
  return since + (isTemplate ? TEMPLATE_PATIENCE_MS : TEXT_PATIENCE_MS);
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

/**
 * How long nobody calls after Twilio could not be reached, in milliseconds: doubling, and different each time, so that
 * several accounts and machines do not come back together.
 * @param times how often in a row, from 1
 * @param random from 0 to 1
 */
export function lostPauseMs(times: number, random: number): number {
  return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(times - 1, 16)) * (0.5 + random);
}
