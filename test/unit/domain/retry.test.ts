import { expect } from 'chai';
import fc from 'fast-check';
import { DELIVERY_STATUSES } from '../../../lib/domain/delivery-status.ts';
import { CODES_OF_KIND } from '../../../lib/domain/error-kinds.ts';
import { retryOutlook } from '../../../lib/domain/retry.ts';

const failed = (twilioCode: number | null, code: string | null = 'TWILIO_REFUSED', isTemplate = false) =>
  retryOutlook({ status: 'failed', isTemplate, code, twilioCode });

describe('sending again', () => {
  it('is for failed messages, and for unknown ones when a person is sure', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...DELIVERY_STATUSES),
        fc.boolean(),
        fc.option(fc.constantFrom(...Object.values(CODES_OF_KIND).flat())),
        (status, isTemplate, twilioCode) => {
          const outlook = retryOutlook({ status, isTemplate, code: 'TWILIO_REFUSED', twilioCode });
          if (status === 'unknown') expect(outlook).to.equal('if-lost');
          else if (status !== 'failed' && status !== 'undelivered') expect(outlook).to.equal('never');
          else expect(outlook).to.be.oneOf(['now', 'when-open', 'never']);
        },
      ),
    );
  });

  it('follows the catalogue’s class', () => {
    expect([63009, 20429, 63019, 20003, 21408, 63038].map((code) => failed(code))).to.deep.equal(Array(6).fill('now'));
    expect([63005, 63003, 21211, 92007, 69_999].map((code) => failed(code))).to.deep.equal(Array(5).fill('never'));
    expect([21610, 63014, 63033].map((code) => failed(code))).to.deep.equal(Array(3).fill('now'));
    expect(failed(63016, 'SESSION_EXPIRED')).to.equal('when-open');
    expect(failed(63016, 'SESSION_EXPIRED', true)).to.equal('now');
  });

  it('without a number of Twilio’s goes by our own', () => {
    expect(failed(null, 'TWILIO_UNREACHABLE')).to.equal('now');
    expect(failed(null, 'SESSION_EXPIRED')).to.equal('when-open');
    expect(failed(null, 'INVALID_RECIPIENT')).to.equal('never');
    expect(failed(null, null)).to.equal('now');
  });
});
