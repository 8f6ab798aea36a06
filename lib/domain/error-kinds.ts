/**
 * What an error of Twilio's calls for:
 * `busy` the call was not processed and may be repeated after a pause; `hiccup` a later message may get through;
 * `ambiguous` the message may or may not exist, so it is looked up and never simply repeated; `perhaps` a person decides whether
 * to try again; `template` only a template may be sent; `recipient`, `account`, `content`, `permission` something must be put
 * right first; `webhook` Twilio could not reach or understand us; `unknown` a number we do not know.
 */
export type ErrorKind =
  | 'busy'
  | 'hiccup'
  | 'ambiguous'
  | 'perhaps'
  | 'template'
  | 'recipient'
  | 'account'
  | 'content'
  | 'permission'
  | 'webhook'
  | 'unknown';

/** Twilio's numbers by what they call for. Twilio may change its texts; only the numbers decide. */
export const CODES_OF_KIND: Record<Exclude<ErrorKind, 'unknown'>, readonly number[]> = {
  busy: [20429, 21611],
  hiccup: [30001, 63009, 63010, 63012, 63017, 63018, 63029],
  ambiguous: [20500, 20503],
  perhaps: [30003, 30008, 30036, 63011, 63019, 63023, 63037],
  template: [63016],
  recipient: [21211, 21604, 21608, 21610, 21612, 21614, 30004, 30005, 30006, 63003, 63014, 63015, 63024, 63031, 63032, 63033],
  account: [
    14107, 20003, 20005, 20008, 20404, 21212, 21603, 21606, 21609, 21701, 21703, 21704, 30002, 63001, 63002, 63007, 63008, 63020,
    63022, 63038, 63051, 63062, 63112,
  ],
  content: [
    14103, 20422, 21602, 21617, 21619, 21620, 21623, 21654, 21655, 21656, 21658, 30007, 63005, 63006, 63013, 63021, 63025, 63026,
    63027, 63028, 63030, 63034, 63040, 63041, 63042, 63049, 92002, 92007,
  ],
  permission: [21408],
  webhook: [11200, 11205, 11210, 11215, 11220, 11237, 11750, 12100, 12300, 57012],
};

const KIND_OF_CODE = new Map<number, ErrorKind>();
for (const [kind, codes] of Object.entries(CODES_OF_KIND) as [ErrorKind, readonly number[]][])
  for (const code of codes) KIND_OF_CODE.set(code, kind);

/** What Twilio's number calls for; Twilio warns that the set of numbers changes, so any number has an answer. */
export function kindOfCode(twilioCode: number): ErrorKind {
  return KIND_OF_CODE.get(twilioCode) ?? 'unknown';
}

/** Twilio's word that the session window is over; it wins over our clock. */
export const OUTSIDE_WINDOW = 63016;

/**
 * Twilio's numbers by which a customer has opted out: 21610 after STOP, until START; 63014 and 63033 from WhatsApp itself
 * (blocked, or no consent), until the customer writes again.
 */
export const OPT_OUT_CODES: ReadonlyMap<number, 'stop' | 'blocked'> = new Map([
  [21610, 'stop'],
  [63014, 'blocked'],
  [63033, 'blocked'],
]);
