import { expect } from 'chai';
import { explain, isKnownCode } from '../../lib/twilio/error-catalogue.ts';
import { conformanceData } from './data.ts';

interface ErrorCode {
  code: number;
  meaning: string;
  /** `conditional`: only after a look-up, or when a person says so; that is not "retryable" for a machine. */
  retryable: boolean | 'conditional';
  surface: 'api' | 'callback' | 'webhook-fetch' | 'webhook-validation';
}

describe('conformance: error codes', () => {
  for (const { code, meaning, retryable, surface } of conformanceData<ErrorCode[]>('error-codes')) {
    it(`${code} is explained: ${meaning}`, () => {
      expect(isKnownCode(code)).to.equal(true);
      const { kind, ...explanation } = explain(code);
      expect(explanation.retryable).to.equal(retryable === true);
      if (retryable === 'conditional') expect(kind).to.be.oneOf(['ambiguous', 'perhaps']);
      if (surface === 'webhook-validation') expect(kind).to.equal('webhook');
    });
  }

  it('follows the protocol’s table of actions', () => {
    const table: Record<string, number[]> = {
      busy: [20429, 21611],
      hiccup: [63009, 63010, 63012, 63017, 63018, 63029, 30001],
      ambiguous: [20500, 20503],
      perhaps: [63011, 63019, 63023, 63037, 30003, 30008, 30036],
      template: [63016],
      recipient: [63003, 63014, 63015, 63024, 63032, 63033, 21610, 21211],
      account: [63001, 63002, 63007, 63020, 63038, 63051, 63112, 20003, 20005, 21606, 21703, 21704],
      content: [
        63005, 63006, 63013, 63021, 63026, 63027, 63028, 63034, 63040, 63041, 63042, 63049, 21602, 21617, 21620, 21655, 21656,
        21658,
      ],
      permission: [21408],
      webhook: [11200, 11205, 11210, 11215, 11220, 11237, 11750, 12100, 12300],
    };
    table.content!.push(92002, 92007);
    for (const [kind, codes] of Object.entries(table))
      for (const code of codes) expect(explain(code).kind, String(code)).to.equal(kind);
  });
});
