import { expect } from 'chai';
import fc from 'fast-check';
import {
  DELIVERY_STATUSES,
  isFailure,
  parseStatus,
  raiseStatus,
  statusRank,
  type DeliveryStatus,
} from '../../../lib/domain/delivery-status.ts';

const reports = fc.array(
  fc.constantFrom<DeliveryStatus>('queued', 'sending', 'sent', 'delivered', 'read', 'failed', 'undelivered'),
  {
    maxLength: 12,
  },
);

describe('the delivery status', () => {
  it('ends at the highest rank reported, in whatever order and however often the reports come', () => {
    fc.assert(
      fc.property(reports, (list) => {
        const end = list.reduce<DeliveryStatus>((status, report) => raiseStatus(status, report), 'submitting');
        const highest = Math.max(statusRank('submitting'), ...list.map(statusRank));
        expect(statusRank(end)).to.equal(highest);
      }),
    );
  });

  it('never turns what was delivered into a failure', () => {
    for (const failure of ['failed', 'undelivered', 'canceled'] as const) {
      expect(raiseStatus('delivered', failure)).to.equal('delivered');
      expect(raiseStatus('read', failure)).to.equal('read');
      expect(isFailure(failure)).to.equal(true);
    }
  });

  it('reads Twilio’s words, its aliases, and nothing else', () => {
    for (const status of DELIVERY_STATUSES) expect(parseStatus(status)).to.equal(status);
    expect(parseStatus('accepted')).to.equal('queued');
    expect(parseStatus('scheduled')).to.equal('queued');
    expect(parseStatus('Delivered')).to.equal('delivered');
    for (const unknown of ['huh', '', 'constructor', '__proto__', 'partially_delivered'])
      expect(parseStatus(unknown)).to.equal(undefined);
  });
});
