import { expect } from 'chai';
import fc from 'fast-check';
import type { QueueSettings } from '../../../../lib/center/engine-contract.ts';
import { problemOf } from '../../../../lib/domain/business-hours.ts';
import {
  DAYS,
  endFromBox,
  nextSpan,
  spansOf,
  toBox,
  withDay,
  workingWeek,
  type Span,
} from '../../../../desk/web/team/queues/hours-form.ts';
import { changeOf, formOf, rebase } from '../../../../desk/web/team/queues/queue-form.ts';
import { keepUnsaved, resumed } from '../../../../desk/web/team/queues/unsaved-forms.ts';

const queue = (change: Partial<QueueSettings> = {}): QueueSettings => ({
  id: 'q1',
  name: 'Support',
  served: true,
  strategy: 'all',
  offerSeconds: 120,
  keepAgent: false,
  everyone: false,
  members: ['b', 'a'],
  hours: null,
  isOpen: true,
  units: 1,
  wrapUp: 'block',
  waitingCloseHours: 72,
  dispositions: [],
  dispositionMandatory: false,
  timeouts: [],
  missedMakesInactive: false,
  rejectMakesBusy: false,
  ...change,
});

describe('the form of a queue', () => {
  it('sends only what was changed, and the order of members is no change', () => {
    const baseline = formOf(queue());
    expect(changeOf(baseline, formOf(queue({ members: ['a', 'b'] })))).to.deep.equal({});
    expect(changeOf(baseline, { ...baseline, units: 3, everyone: true })).to.deep.equal({ units: 3, everyone: true });
  });

  it('takes over what somebody else saves, and keeps what is being edited here', () => {
    const baseline = formOf(queue());
    const mine = { ...baseline, units: 3 };
    const { form, conflicts } = rebase(baseline, mine, formOf(queue({ everyone: true })));
    expect([form.units, form.everyone, conflicts]).to.deep.equal([3, true, []]);
  });

  it('names what both have changed, and not what both have changed alike', () => {
    const baseline = formOf(queue());
    const mine = { ...baseline, units: 3, dispositionMandatory: true };
    const { form, conflicts } = rebase(baseline, mine, formOf(queue({ units: 5, dispositionMandatory: true })));
    expect([form.units, conflicts]).to.deep.equal([3, ['units']]);
  });

  it('is found again after looking something up elsewhere, until it is saved', () => {
    const baseline = formOf(queue());
    keepUnsaved('q1', baseline, { ...baseline, units: 7 });
    expect(resumed(queue({ everyone: true })).form).to.deep.include({ units: 7, everyone: true });
    keepUnsaved('q1', baseline, baseline);
    expect(resumed(queue()).form.units).to.equal(1);
  });
});

describe('business hours in the form', () => {
  it('change one day and leave the others', () => {
    const hours = workingWeek('Europe/Bucharest');
    const changed = withDay(hours, 6, [{ from: '10:00', to: '13:00' }]);
    expect(spansOf(changed, 6)).to.deep.equal([{ from: '10:00', to: '13:00' }]);
    for (const day of [1, 2, 3, 4, 5, 7]) expect(spansOf(changed, day)).to.deep.equal(spansOf(hours, day));
    expect(spansOf(withDay(changed, 1, []), 1)).to.deep.equal([]);
  });

  it('are ones that the center takes, however many times are added', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...DAYS), { maxLength: 40 }), (days) => {
        let hours = { ...workingWeek('UTC'), spans: [] as { day: number; from: string; to: string }[] };
        for (const day of days) {
          const spans = spansOf(hours, day);
          const further = nextSpan(spans);
          if (further !== null) hours = withDay(hours, day, [...spans, further]);
        }
        expect(problemOf(hours)).to.equal(null);
        for (const day of DAYS) {
          const spans: Span[] = spansOf(hours, day);
          for (let at = 1; at < spans.length; at++) expect(spans[at]!.from > spans[at - 1]!.to).to.equal(true);
        }
      }),
    );
  });

  it('end at midnight although a time box knows no 24:00', () => {
    expect([toBox('24:00'), endFromBox('00:00'), toBox('09:30'), endFromBox('17:00')]).to.deep.equal([
      '00:00',
      '24:00',
      '09:30',
      '17:00',
    ]);
  });
});
