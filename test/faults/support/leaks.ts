import { expect } from 'chai';
import { SUPERVISOR } from '../../support/demo.ts';
import { TOKEN } from '../../unit/twilio/fixture.ts';
import type { Victim } from './victim.ts';

/** What customers and agents write in these tests begins with these words, and customers are called that. */
export const MARKERS = { text: 'zebra-crossing-text', reply: 'yellow-submarine-reply', name: 'Quintessa Example' };

const SECRETS = [...Object.values(MARKERS), TOKEN, SUPERVISOR.password];

/** Everything the victim printed, at the most talkative level, holds no text, no name and no secret (I26). */
export function expectNoLeak(victim: Victim): void {
  for (const secret of SECRETS) {
    const line = victim.output.split('\n').find((one) => one.includes(secret));
    expect(line, 'a line of the log').to.equal(undefined);
  }
}
