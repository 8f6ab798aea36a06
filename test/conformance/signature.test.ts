import { expect } from 'chai';
import { decodeForm } from '../../lib/twilio/incoming/form.ts';
import { expectedSignature, isSigned } from '../../lib/twilio/incoming/signature.ts';
import { conformanceData, encodeForm } from './data.ts';

interface Vector {
  id: string;
  authToken: string;
  url: string;
  params?: Record<string, string | string[]>;
  body?: string;
  signature: string;
  expectValid: boolean;
  /** The signature was made for exactly this address. */
  exactUrlMatch: boolean;
  note?: string;
}

describe('conformance: signatures', () => {
  for (const vector of conformanceData<Vector[]>('signature-vectors')) {
    const { id, authToken, url, params, body, signature, expectValid, exactUrlMatch, note } = vector;
    it(`${id} is ${expectValid ? 'valid' : 'refused'}${note === undefined ? '' : `: ${note}`}`, () => {
      const form = params !== undefined;
      const rawBody = form ? encodeForm(params) : Buffer.from(body ?? '');
      const { pairs } = decodeForm(form ? rawBody : Buffer.alloc(0));
      const contentType = form ? 'application/x-www-form-urlencoded; charset=UTF-8' : 'application/json';
      expect(isSigned({ url, pairs, rawBody, contentType, signature, tokens: [authToken] })).to.equal(expectValid);
      if (exactUrlMatch) expect(expectedSignature(url, pairs, authToken)).to.equal(signature);
    });
  }
});
