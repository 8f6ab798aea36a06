import { expect } from 'chai';
import fc from 'fast-check';
import { isOpen, problemOf, type BusinessHours } from '../../../lib/domain/business-hours.ts';

const MINUTE = 60_000;
const at = (iso: string) => Date.parse(iso);
const hours = (timeZone: string, spans: BusinessHours['spans'], closedOn: string[] = []): BusinessHours => ({
  timeZone,
  spans,
  closedOn,
});
const everyDay = (from: string, to: string) => [1, 2, 3, 4, 5, 6, 7].map((day) => ({ day, from, to }));
const weekdays = (from: string, to: string) => everyDay(from, to).slice(0, 5);

/** Open in every minute from `first` on and before `end`, and in neither neighbour. */
function isOpenExactly(queue: BusinessHours, first: string, end: string): void {
  expect(isOpen(queue, at(first) - 1), `just before ${first}`).to.equal(false);
  for (let now = at(first); now < at(end); now += MINUTE) expect(isOpen(queue, now), new Date(now).toISOString()).to.equal(true);
  expect(isOpen(queue, at(end) - 1), `just before ${end}`).to.equal(true);
  expect(isOpen(queue, at(end)), `at ${end}`).to.equal(false);
}

describe('business hours', () => {
  it('are always, where none are set', () => {
    expect(isOpen(null, 0)).to.equal(true);
    expect(isOpen(hours('Europe/Bucharest', []), 0)).to.equal(true);
  });

  it('begin with their first minute and end with the last one before', () => {
    // A Monday in winter, two hours ahead of UTC.
    isOpenExactly(hours('Europe/Bucharest', weekdays('09:00', '17:30')), '2026-01-05T07:00:00Z', '2026-01-05T15:30:00Z');
  });

  it('are of the days that are named, as the place counts them', () => {
    const monday = hours('Pacific/Apia', [{ day: 1, from: '00:00', to: '24:00' }]);
    // Apia is 13 hours ahead: its Monday is most of the Sunday in UTC.
    isOpenExactly(monday, '2026-01-04T11:00:00Z', '2026-01-05T11:00:00Z');
  });

  it('go over midnight with two spans', () => {
    const night = hours('America/St_Johns', [
      { day: 5, from: '22:00', to: '24:00' },
      { day: 6, from: '00:00', to: '02:00' },
    ]);
    // Half an hour off the full hour: Friday 22:00 is 01:30 UTC.
    isOpenExactly(night, '2026-01-10T01:30:00Z', '2026-01-10T05:30:00Z');
  });

  it('may have a break at noon', () => {
    const queue = hours('UTC', [
      { day: 1, from: '09:00', to: '12:00' },
      { day: 1, from: '13:00', to: '17:00' },
    ]);
    expect(['11:59', '12:00', '12:59', '13:00'].map((time) => isOpen(queue, at(`2026-01-05T${time}:00Z`)))).to.deep.equal([
      true,
      false,
      false,
      true,
    ]);
  });

  it('are not on the days that are closed, which begin and end at midnight there', () => {
    const queue = hours('Pacific/Apia', everyDay('00:00', '24:00'), ['2026-01-01']);
    const closed = ['2025-12-31T09:59:59.999Z', '2025-12-31T11:00:00Z', '2026-01-01T10:59:59.999Z', '2026-01-01T11:00:00Z'];
    expect(closed.map((iso) => isOpen(queue, at(iso)))).to.deep.equal([true, false, false, true]);
  });

  it('stay at the same time on the clock when summer time begins and ends', () => {
    const queue = hours('Europe/Bucharest', everyDay('09:00', '17:00'));
    isOpenExactly(queue, '2026-03-28T07:00:00Z', '2026-03-28T15:00:00Z');
    isOpenExactly(queue, '2026-03-29T06:00:00Z', '2026-03-29T14:00:00Z');
    isOpenExactly(queue, '2026-10-24T06:00:00Z', '2026-10-24T14:00:00Z');
    isOpenExactly(queue, '2026-10-25T07:00:00Z', '2026-10-25T15:00:00Z');
  });

  it('lose the hour that is skipped and have the one that comes twice', () => {
    // Bucharest goes from 03:00 to 04:00, and back from 04:00 to 03:00.
    const night = hours('Europe/Bucharest', everyDay('02:00', '05:00'));
    isOpenExactly(night, '2026-03-29T00:00:00Z', '2026-03-29T02:00:00Z');
    isOpenExactly(night, '2026-10-24T23:00:00Z', '2026-10-25T03:00:00Z');
    const skipped = hours('Europe/Bucharest', everyDay('03:00', '04:00'));
    for (let now = at('2026-03-28T22:00:00Z'); now < at('2026-03-29T21:00:00Z'); now += MINUTE) {
      expect(isOpen(skipped, now), new Date(now).toISOString()).to.equal(false);
    }
    isOpenExactly(skipped, '2026-10-25T00:00:00Z', '2026-10-25T02:00:00Z');
    // St. John’s: 02:00 to 03:00, three and a half hours behind and then two and a half.
    const atlantic = hours('America/St_Johns', everyDay('01:30', '03:30'));
    isOpenExactly(atlantic, '2026-03-08T05:00:00Z', '2026-03-08T06:00:00Z');
    // On the way back the clock shows 01:00 again, before the queue opens.
    isOpenExactly(atlantic, '2026-11-01T04:00:00Z', '2026-11-01T04:30:00Z');
    isOpenExactly(atlantic, '2026-11-01T05:00:00Z', '2026-11-01T07:00:00Z');
  });

  it('know the day that Apia skipped', () => {
    // Thursday 29 December 2011 was followed by Saturday the 31st.
    const friday = hours('Pacific/Apia', [{ day: 5, from: '00:00', to: '24:00' }]);
    for (let now = at('2011-12-29T10:00:00Z'); now < at('2011-12-31T10:00:00Z'); now += 7 * MINUTE) {
      expect(isOpen(friday, now), new Date(now).toISOString()).to.equal(false);
    }
    isOpenExactly(
      hours('Pacific/Apia', [{ day: 6, from: '00:00', to: '24:00' }]),
      '2011-12-30T10:00:00Z',
      '2011-12-31T10:00:00Z',
    );
  });

  it('are open as long as their spans say on any ordinary day', () => {
    const time = fc
      .nat({ max: 24 * 60 })
      .map((m) => `${String(Math.floor(m / 60)).padStart(2, '0')}:${String(m % 60).padStart(2, '0')}`);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 27 }), time, time, (day, one, other) => {
        const [from, to] = one < other ? [one, other] : [other, one];
        if (from === to) return;
        const queue = hours('UTC', everyDay(from, to));
        expect(problemOf(queue)).to.equal(null);
        const start = Date.UTC(2026, 1, 1 + day);
        let minutes = 0;
        for (let m = 0; m < 1440; m++) if (isOpen(queue, start + m * MINUTE)) minutes++;
        const length = (text: string) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
        expect(minutes).to.equal(length(to) - length(from));
      }),
      { numRuns: 25 },
    );
  });

  it('that cannot be kept are refused with the reason', () => {
    const wrong: BusinessHours[] = [
      hours('Middle/Earth', []),
      hours('UTC', [{ day: 0, from: '09:00', to: '17:00' }]),
      hours('UTC', [{ day: 8, from: '09:00', to: '17:00' }]),
      hours('UTC', [{ day: 1.5, from: '09:00', to: '17:00' }]),
      hours('UTC', [{ day: 1, from: '9:00', to: '17:00' }]),
      hours('UTC', [{ day: 1, from: '09:00', to: '24:01' }]),
      hours('UTC', [{ day: 1, from: '09:60', to: '17:00' }]),
      hours('UTC', [{ day: 1, from: '24:00', to: '24:00' }]),
      hours('UTC', [{ day: 1, from: '17:00', to: '09:00' }]),
      hours('UTC', [], ['01.01.2026']),
      hours('UTC', [], ['2026-02-30']),
      hours('UTC', [], ['2026-13-01']),
    ];
    for (const one of wrong) expect(problemOf(one), JSON.stringify(one)).to.be.a('string');
    const right = hours('America/St_Johns', [{ day: 7, from: '00:00', to: '24:00' }], ['2028-02-29']);
    expect(problemOf(right)).to.equal(null);
  });
});
