import { expect } from 'chai';
import fc from 'fast-check';
import { isOpen, opensAt, problemOf, type BusinessHours } from '../../../lib/domain/business-hours.ts';

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

describe('when business hours begin again', () => {
  const opens = (queue: BusinessHours | null, iso: string) => {
    const begins = opensAt(queue, at(iso));
    return begins === null ? null : new Date(begins).toISOString();
  };
  const office = hours('Europe/Bucharest', weekdays('09:00', '17:30'), ['2026-01-12']);

  it('is nothing to say while they last, or where there are none', () => {
    expect(opens(null, '2026-01-05T03:00:00Z')).to.equal(null);
    expect(opens(office, '2026-01-05T07:00:00Z')).to.equal(null);
  });

  it('is the same day, after the weekend, and after a day that is closed', () => {
    expect(opens(office, '2026-01-05T06:59:59Z')).to.equal('2026-01-05T07:00:00.000Z');
    expect(opens(office, '2026-01-05T15:30:00Z')).to.equal('2026-01-06T07:00:00.000Z');
    expect(opens(office, '2026-01-09T15:30:00Z'), 'closed on Monday').to.equal('2026-01-13T07:00:00.000Z');
  });

  it('is never where every day ahead is closed', () => {
    const days = Array.from({ length: 420 }, (_, n) => new Date(at('2026-01-01') + n * 86_400_000).toISOString().slice(0, 10));
    expect(opens(hours('UTC', [{ day: 1, from: '09:00', to: '17:00' }], days), '2026-01-02T00:00:00Z')).to.equal(null);
  });

  it('goes by the clocks of the place, which summer time moves', () => {
    expect(opens(office, '2026-03-27T20:00:00Z')).to.equal('2026-03-30T06:00:00.000Z');
    // On that Sunday the clocks jump from 03:00 to 04:00: half past three is not, and four is the first open minute.
    const night = hours('Europe/Bucharest', [{ day: 7, from: '03:30', to: '05:00' }]);
    expect(opens(night, '2026-03-28T22:00:00Z')).to.equal('2026-03-29T01:00:00.000Z');
    // In October the hour from 03:00 comes twice, and with it what is open in its first half.
    const early = hours('Europe/Bucharest', [{ day: 7, from: '02:00', to: '03:30' }]);
    expect(opens(early, '2026-10-25T00:30:00Z'), 'after the first half past three').to.equal('2026-10-25T01:00:00.000Z');
  });

  it('is the first open minute, wherever and whenever', () => {
    const zone = fc.constantFrom('Europe/Bucharest', 'America/New_York', 'Australia/Lord_Howe', 'Pacific/Apia', 'Asia/Kathmandu');
    const minute = fc
      .nat({ max: 1439 })
      .map((n) => `${String(Math.floor(n / 60)).padStart(2, '0')}:${String(n % 60).padStart(2, '0')}`);
    const span = fc
      .record({ day: fc.integer({ min: 1, max: 7 }), one: minute, other: minute })
      .filter(({ one, other }) => one !== other)
      .map(({ day, one, other }) => ({ day, from: one < other ? one : other, to: one < other ? other : one }));
    // Days around which clocks change, north and south.
    const start = fc
      .record({
        day: fc.constantFrom('2026-03-07', '2026-03-28', '2026-04-04', '2026-10-03', '2026-10-24', '2026-10-31'),
        n: fc.nat({ max: 2880 }),
      })
      .map(({ day, n }) => at(`${day}T00:00:00Z`) + n * MINUTE);
    fc.assert(
      fc.property(zone, fc.array(span, { minLength: 1, maxLength: 3 }), start, (timeZone, spans, now) => {
        const queue = hours(timeZone, spans);
        const begins = opensAt(queue, now);
        if (isOpen(queue, now)) {
          expect(begins).to.equal(null);
          return;
        }
        expect(begins).to.be.greaterThan(now);
        expect(isOpen(queue, begins!), 'open then').to.equal(true);
        // Every seventh minute is enough to find an earlier one, and the last one before in any case.
        expect(isOpen(queue, begins! - MINUTE), 'closed until then').to.equal(false);
        for (let one = now; one < begins!; one += 7 * MINUTE)
          expect(isOpen(queue, one), new Date(one).toISOString()).to.equal(false);
      }),
      { numRuns: 40 },
    );
  });
});
